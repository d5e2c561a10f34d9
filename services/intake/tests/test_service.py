"""The whole service on real NATS and PostgreSQL: commands and facts in, decisions on the stream out."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID, uuid4

from chassis.testing import eventually
from contracts import Accepted, Event, Refused
from contracts.intake import (
    ApplicationOpened,
    ApplicationStatus,
    ApplicationStatusChanged,
    ImportLeads,
    LeadsImported,
    QueueCalls,
)
from contracts.scoring import Outcome
from intake_support.facts import Facts
from intake_support.files import a_meta_export, a_row
from intake_support.running import Running
from intake_support.stores import RECRUITER

Kind = TypeVar("Kind", bound=Event)
CALL = UUID(int=7)


async def test_an_export_becomes_applications_that_are_called_and_judged(running: Running) -> None:
    position_id = await running.open_position()
    file = await running.blobs.put("leads", a_meta_export([a_row(1), a_row(2)]), "text/csv")
    wish = ImportLeads(
        command_id=uuid4(), actor=RECRUITER, position_id=position_id, file=file, file_name="leads.csv"
    )
    assert isinstance(await running.ask(wish), Accepted)
    (done,) = await eventually(lambda: running.said(LeadsImported), what="the leads are imported")
    assert (done.candidates_created, done.applications_created) == (2, 2)
    first, second = (event.application_id for event in await running.said(ApplicationOpened))

    queue = QueueCalls(command_id=uuid4(), actor=RECRUITER, application_ids=[first, second])
    replies = [await running.ask(queue), await running.ask(queue)]
    assert [reply.result["queued"] for reply in replies if isinstance(reply, Accepted)] == [
        [first, second]
    ] * 2

    facts = Facts(1, first)
    story = [
        facts.placed(CALL),
        facts.completed(CALL),
        facts.evaluating(CALL),
        facts.evaluated(CALL, Outcome.NOT_QUALIFIED, score=20),
        facts.asked_for_cv(for_later=True),
    ]
    for event in story:
        await running.say(event)
    for event in story:
        await running.say(event)

    async def statuses() -> list[ApplicationStatus]:
        changes = await running.said(ApplicationStatusChanged)
        return [change.current for change in changes if change.application_id == first]

    await eventually(
        statuses, lambda seen: ApplicationStatus.AWAITING_CV_REJECTED in seen, what="the CV wait begins"
    )
    assert await statuses() == [
        ApplicationStatus.CALL_QUEUED,
        ApplicationStatus.CALL_IN_PROGRESS,
        ApplicationStatus.CALL_COMPLETED,
        ApplicationStatus.SCORING,
        ApplicationStatus.NOT_QUALIFIED,
        ApplicationStatus.AWAITING_CV_REJECTED,
    ]


async def test_a_pdf_named_csv_is_refused_over_the_bus(running: Running) -> None:
    position_id = await running.open_position()
    file = await running.blobs.put("leads", b"%PDF-1.7 ...", "text/csv")
    reply = await running.ask(
        ImportLeads(
            command_id=uuid4(), actor=RECRUITER, position_id=position_id, file=file, file_name="leads.csv"
        )
    )
    assert isinstance(reply, Refused)
    assert (reply.code, "PDF" in reply.message) == ("not_a_csv", True)
