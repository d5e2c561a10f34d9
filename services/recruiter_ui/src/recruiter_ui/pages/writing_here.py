"""Writing on an application's page: own words, a message by template, and where they are."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from contracts import Command
from contracts.messaging import Channel, MessageType, SendTemplate

from recruiter_ui.domain.choices import Unclear
from recruiter_ui.domain.moments import zone as zone_of
from recruiter_ui.domain.sendable import offers
from recruiter_ui.pages.writing_to import composer_to_candidate
from recruiter_ui.queries.detail import Application
from recruiter_ui.web import Visit


async def writing_here(visit: Visit, found: Application, *, to_confirm: bool, back: str) -> dict[str, Any]:
    row = found.row
    write = await composer_to_candidate(
        visit, row["candidate_id"], back=back, application_id=row["application_id"]
    )
    ways = write.ways if write else []
    return {
        "write": write,
        "sendable": offers(
            row["status"],
            ways,
            found.messages,
            to_confirm=to_confirm,
            position_closed=row["position_status"] == "closed",
        ),
        "their_zone": zone_of(row["time_zone"]),
        "here_again": back,
    }


async def template_by_hand(visit: Visit, application_id: int, command_id: UUID) -> Command:
    """Of the form's choice ``type``; on the channels ticked, or on the usual ones. Raises ``Unclear``."""
    kind = visit.field("type")
    if kind not in {one.value for one in MessageType if one is not MessageType.OTHER}:
        raise Unclear("Choose what is sent.")
    ticked = {str(value) for value in visit.form.getlist(f"on-{kind}")}
    channels = [channel for channel in Channel if channel.value in ticked]
    if not channels:
        raise Unclear("Choose at least one channel.")
    return SendTemplate(
        command_id=command_id,
        actor=visit.actor,
        application_id=application_id,
        message_type=MessageType(kind),
        channels=channels,
    )
