"""The whole service on real NATS and PostgreSQL: commands and facts in, decisions on the stream out."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID, uuid4

from chassis.testing import eventually
from contracts import Accepted, Event, Refused
from contracts.intake import (
    AddCandidate,
    AdoptEvaluation,
    ApplicationOpened,
    ApplicationStatus,
    ApplicationStatusChanged,
    CandidateFields,
    ContactForbidden,
    ImportLeads,
    LeadsImported,
    PositionRevised,
    QueueCalls,
)
from contracts.scoring import Outcome, PromptSection, SectionGenerated
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


async def test_what_is_heard_over_the_bus_is_remembered_adopted_and_saved(running: Running) -> None:
    """The two consumers beside the pipeline, with the rights and subjects that they really have."""
    position_id = await running.open_position()
    added = await running.ask(
        AddCandidate(
            command_id=uuid4(),
            actor=RECRUITER,
            fields=CandidateFields(full_name="Ana Exemplu", phone="+40712000001"),
            position_id=position_id,
        )
    )
    assert isinstance(added, Accepted), added
    (opened,) = await eventually(lambda: running.said(ApplicationOpened))
    queue = QueueCalls(command_id=uuid4(), actor=RECRUITER, application_ids=[opened.application_id])
    assert isinstance(await running.ask(queue), Accepted)
    facts, again = Facts(opened.candidate_id, opened.application_id), UUID(int=102)
    thin = facts.evaluated(CALL, Outcome.NOT_QUALIFIED, None, None, needs_review=True, do_not_call=True)
    better = facts.evaluated(
        CALL, Outcome.QUALIFIED, score=85, evaluation_id=again, former_id=thin.evaluation_id
    )
    for event in (facts.placed(CALL), facts.completed(CALL), facts.evaluating(CALL), thin, better):
        await running.say(event)
    (forbidden,) = await eventually(lambda: running.said(ContactForbidden), what="the wish is kept")
    assert forbidden.source == "evaluation"

    async def adopt() -> Accepted | Refused:
        command = AdoptEvaluation(
            command_id=uuid4(), actor=RECRUITER, application_id=opened.application_id, evaluation_id=again
        )
        return await running.ask(command)

    await eventually(adopt, lambda answer: isinstance(answer, Accepted), what="it is known and adopted")
    *_, proposed, adopted = await eventually(
        lambda: running.said(ApplicationStatusChanged), lambda said: said[-1].by_hand, what="it counts"
    )
    assert (proposed.current.value, proposed.proposed, proposed.score) == ("not_qualified", True, None)
    assert (adopted.current.value, adopted.proposed, adopted.score) == ("qualified", False, 85)

    await running.say(
        SectionGenerated(
            generation_id=uuid4(),
            section=PromptSection.QUALIFICATION_PROMPT,
            position_id=position_id,
            text="Looks for drivers.",
            template_id=1,
            template_version=1,
            model="a-model",
            actor=RECRUITER,
        )
    )
    (revised,) = await eventually(lambda: running.said(PositionRevised), what="the text is saved")
    assert (revised.details.qualification_prompt, revised.reason) == ("Looks for drivers.", "generated")


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
