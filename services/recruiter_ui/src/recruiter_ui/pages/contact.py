"""What a person asked us not to do, channel by channel, and their taking it back."""

from __future__ import annotations

from contracts import Refused
from contracts.intake import AllowContact, ContactChannel, ForbidContact
from starlette.responses import Response

from recruiter_ui.domain.reading import typed
from recruiter_ui.pages.candidate import show_person
from recruiter_ui.pages.refusals import trouble
from recruiter_ui.pages.settling import settled
from recruiter_ui.web import Visit

_STAND = (
    "SELECT count(*) = cardinality($2::text[]) FROM contact_bans "
    "WHERE candidate_id = $1 AND channel = ANY($2::text[]) AND forbidden = $3"
)


async def forbid(visit: Visit) -> Response:
    candidate_id, channels = visit.request.path_params["candidate_id"], _channels(visit)
    source, reason = typed(visit.field("source"))[:100], typed(visit.field("reason"))[:500]
    if not channels or not source or not reason:
        what = (
            "Choose on what they are not to be contacted." if not channels else "Say how and what they said."
        )
        return await show_person(visit, wrong={"forbid": what})
    command = ForbidContact(
        command_id=visit.command_id,
        actor=visit.actor,
        candidate_id=candidate_id,
        channels=channels,
        source=source,
        reason=reason,
    )
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        return await show_person(visit, wrong={"forbid": trouble(reply)}, command_id=command.command_id)
    await settled(visit, _STAND, candidate_id, [channel.value for channel in channels], True)
    return visit.go(f"/candidates/{candidate_id}?done=forbidden")


async def allow(visit: Visit) -> Response:
    candidate_id, channels = visit.request.path_params["candidate_id"], _channels(visit)
    reason = typed(visit.field("reason"))[:500]
    where = f"allow-{channels[0].value}" if len(channels) == 1 else "forbid"
    if not channels or not reason:
        return await show_person(visit, wrong={where: "Say on whose word it is allowed again."})
    command = AllowContact(
        command_id=visit.command_id,
        actor=visit.actor,
        candidate_id=candidate_id,
        channels=channels,
        reason=reason,
    )
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        return await show_person(visit, wrong={where: trouble(reply)}, command_id=command.command_id)
    await settled(visit, _STAND, candidate_id, [channel.value for channel in channels], False)
    return visit.go(f"/candidates/{candidate_id}?done=allowed")


def _channels(visit: Visit) -> list[ContactChannel]:
    given = {str(channel) for channel in visit.form.getlist("channel")}
    return [channel for channel in ContactChannel if channel.value in given]
