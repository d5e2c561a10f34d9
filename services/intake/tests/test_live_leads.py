"""Live leads over a real PostgreSQL: once each, in the pipeline or held with a reason, never lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from contracts import Accepted, Refused
from contracts.intake import (
    ApplicationOpened,
    ApplicationStatusChanged,
    BindLeadForm,
    CandidateProfileRevised,
    CandidateReturned,
    ContactForbidden,
    LeadsImported,
    LiveLeadBroughtIn,
    LiveLeadFetchDue,
    LiveLeadHeld,
    OpenPosition,
    PositionDetails,
    PositionRevised,
    PositionStatus,
    RetryLiveLeads,
    RevisePosition,
    SetPositionStatus,
)
from intake.domain.contact import ContactChannel, Wish
from intake.handlers.lead_forms import release_live_leads
from intake.ports import Ban, NoAccess, NotNow, Unusable
from intake_support.facts import NOON
from intake_support.files import a_meta_export, a_row
from intake_support.live import LiveDesk, an_answer
from intake_support.stores import RECRUITER, PostgresStore

FORM = "120213"


@pytest.fixture
def desk(postgres: PostgresStore) -> LiveDesk:
    return LiveDesk(postgres)


async def test_a_lead_of_a_positions_form_is_in_its_pipeline(desk: LiveDesk) -> None:
    position_id = await desk.position(FORM, language="en")
    leadgen_id = await desk.comes(an_answer())
    [person] = await desk.people()
    assert (person["full_name"], person["phone"], person["lead_key"]) == (
        "Ana Maria Pop1",
        "+40712000001",
        leadgen_id,
    )
    [opened] = await desk.said(ApplicationOpened)
    assert (opened.via, opened.position_id, opened.import_id) == ("live_lead", position_id, None)
    assert (opened.profile.language, opened.profile.email) == ("en", "ana1@example.com")
    assert opened.profile.form_answers[0].label == "Ai experiență în vânzări?"
    [brought] = await desk.said(LiveLeadBroughtIn)
    assert (brought.candidate_id, brought.application_id) == (opened.candidate_id, opened.application_id)
    assert (brought.form_id, brought.created) == (FORM, True)


async def test_announced_again_or_looked_at_again_it_stays_one_person(desk: LiveDesk) -> None:
    await desk.position(FORM)
    leadgen_id = await desk.comes(an_answer())
    before = await desk.store.published()
    await asyncio.gather(desk.looks(leadgen_id), desk.hears(leadgen_id), desk.looks(leadgen_id))
    assert await desk.store.published() == before
    assert desk.meta.asked == [leadgen_id]


async def test_two_looks_at_the_same_moment_bring_in_one(desk: LiveDesk) -> None:
    await desk.position(FORM)
    desk.meta.known["1"] = an_answer() | {"id": "1"}
    await desk.hears("1")
    await asyncio.gather(*(desk.looks("1") for _ in range(4)))
    assert len(await desk.people()) == len(await desk.said(LiveLeadBroughtIn)) == 1


async def test_a_crash_between_asking_and_writing_only_asks_again(desk: LiveDesk) -> None:
    await desk.position(FORM)
    desk.meta.known["1"] = an_answer() | {"id": "1"}
    await desk.hears("1")
    save, desk.live.save = desk.live.save, None  # type: ignore[method-assign, assignment]
    with pytest.raises(TypeError):
        await desk.looks("1")
    desk.live.save = save  # type: ignore[method-assign]
    assert not await desk.people()
    await desk.looks("1")
    assert len(await desk.people()) == 1


async def test_the_same_lead_by_a_later_file_is_the_same_unchanged_person(desk: LiveDesk) -> None:
    position_id = await desk.position(FORM)
    await desk.comes(an_answer(1))
    done = await desk.store.bring_in(a_meta_export([a_row(1), a_row(2)]), position_id)
    assert isinstance(done, LeadsImported)
    assert (done.candidates_created, done.candidates_updated, done.candidates_unchanged) == (1, 0, 1)
    assert done.applications_created == 1
    assert len(await desk.people()) == 2
    assert not await desk.said(CandidateProfileRevised)


async def test_a_live_lead_of_somebody_who_came_by_file_adds_nobody(desk: LiveDesk) -> None:
    position_id = await desk.position(FORM)
    await desk.store.bring_in(a_meta_export([a_row(1)]), position_id)
    await desk.comes(an_answer(1))
    assert len(await desk.people()) == 1
    [brought] = await desk.said(LiveLeadBroughtIn)
    assert (brought.created, brought.application_id) == (False, (await desk.people())[0]["application_id"])
    assert not await desk.said(CandidateProfileRevised)


async def test_what_the_lead_says_anew_is_a_revision_with_what_was_before(desk: LiveDesk) -> None:
    position_id = await desk.position(FORM)
    await desk.store.bring_in(a_meta_export([a_row(1, phone_number="p:")]), position_id)
    await desk.comes(an_answer(1))
    [revised] = await desk.said(CandidateProfileRevised)
    assert (revised.cause, revised.revision) == ("live_lead", 1)
    assert revised.before is not None
    assert (revised.before.phone, revised.profile.phone) == (None, "+40712000001")


async def test_who_left_with_an_undone_import_returns_live(desk: LiveDesk) -> None:
    position_id = await desk.position(FORM)
    done = await desk.store.bring_in(a_meta_export([a_row(1)]), position_id)
    await desk.undo(done.import_id)
    await desk.comes(an_answer(1))
    [returned] = await desk.said(CandidateReturned)
    [brought] = await desk.said(LiveLeadBroughtIn)
    assert (returned.candidate_id, brought.created) == (brought.candidate_id, False)
    changes = [
        (event.previous.value, event.current.value) for event in await desk.said(ApplicationStatusChanged)
    ]
    assert changes == [("pending_call", "closed"), ("closed", "pending_call")]
    assert len(await desk.people()) == 1


async def test_an_import_that_is_undone_leaves_who_came_live_as_well(desk: LiveDesk) -> None:
    position_id = await desk.position(FORM)
    done = await desk.store.bring_in(a_meta_export([a_row(1), a_row(2)]), position_id)
    await desk.comes(an_answer(1))
    undone = await desk.undo(done.import_id)
    assert (undone.candidates_withdrawn, undone.kept_count) == (1, 1)
    assert [kept.reason for kept in undone.kept] == ["the same lead came live"]


async def test_a_lead_of_somebody_who_was_merged_is_the_kept_persons(desk: LiveDesk) -> None:
    position_id = await desk.position(FORM)
    await desk.store.bring_in(a_meta_export([a_row(1), a_row(2)]), position_id)
    await desk.store.pool.execute("UPDATE candidates SET merged_into = 1 WHERE candidate_id = 2")
    await desk.comes(an_answer(2, full_name="Ana Maria Popescu"))
    [brought] = await desk.said(LiveLeadBroughtIn)
    assert (brought.candidate_id, brought.application_id, brought.created) == (1, 1, False)
    revised = await desk.said(CandidateProfileRevised)
    assert [(event.candidate_id, event.profile.full_name) for event in revised] == [
        (1, "Ana Maria Popescu"),
        (2, "Ana Maria Popescu"),
    ]
    assert [event.profile.meta_lead_id for event in revised] == ["l:1990233898500001", "l:1990233898500002"]


async def test_somebody_known_for_another_position_gets_a_further_application(desk: LiveDesk) -> None:
    other = await desk.position()
    await desk.store.bring_in(a_meta_export([a_row(1)]), other)
    mine = await desk.position(FORM)
    await desk.comes(an_answer(1))
    assert [row["position_id"] for row in await desk.people()] == [other, mine]


async def test_who_adds_the_same_lead_at_the_same_moment_makes_us_try_again(desk: LiveDesk) -> None:
    position_id = await desk.position(FORM)
    desk.meta.known["1990233898500001"] = an_answer(1) | {"id": "1990233898500001"}
    await desk.hears("1990233898500001")
    profile = (await _profile_of_a_file(desk, position_id))._replace(lead_key="1990233898500001")
    async with desk.store.begin() as tx:
        (candidate_id,) = await desk.store.candidates.new_ids(tx, 1)
        await desk.store.candidates.add(tx, {candidate_id: profile})
        late = asyncio.create_task(desk.looks("1990233898500001"))
        done, _ = await asyncio.wait([late], timeout=0.3)
        assert not done, "it waits for whoever was first"
    with pytest.raises(asyncpg.UniqueViolationError):
        await late
    await desk.looks("1990233898500001")
    [brought] = await desk.said(LiveLeadBroughtIn)
    assert (brought.candidate_id, brought.created) == (candidate_id, False)


async def _profile_of_a_file(desk: LiveDesk, position_id: int) -> Any:
    await desk.store.bring_in(a_meta_export([a_row(9)]), position_id)
    async with desk.store.begin() as tx:
        [(_, profile)] = (await desk.store.candidates.with_lead_keys(tx, ["1990233898500009"])).values()
    return profile


async def test_who_asked_not_to_be_called_is_not_called_under_a_new_lead_either(desk: LiveDesk) -> None:
    position_id = await desk.position(FORM)
    await desk.store.bring_in(a_meta_export([a_row(1)]), position_id)
    async with desk.store.begin() as tx:
        wish = Wish(1, ContactChannel.CALL, NOON, "phone", "said so")
        await desk.store.contacts.forbid(tx, [Ban(wish, RECRUITER)])
    await desk.comes(an_answer(2, phone_number="+40712000001"))
    [forbidden] = await desk.said(ContactForbidden)
    assert (forbidden.candidate_id, forbidden.same_as) == (2, 1)


async def test_a_lead_of_an_unknown_form_waits_and_goes_on_when_its_form_is_bound(desk: LiveDesk) -> None:
    leadgen_id = await desk.comes(an_answer())
    [held] = await desk.said(LiveLeadHeld)
    assert (held.code, held.form_id, held.form_name) == ("no_position", FORM, f"form {FORM}")
    await desk.looks(leadgen_id)
    assert len(desk.meta.asked) == len(await desk.said(LiveLeadHeld)) == 1
    position_id = await desk.position()
    reply = await desk.asks(BindLeadForm, form_id=f"f:{FORM}", position_id=position_id)
    assert reply == Accepted(result={"released": 1})
    [revised] = await desk.said(PositionRevised)
    assert (revised.details.lead_form_ids, revised.revision) == ([FORM], 2)
    assert [event.leadgen_id for event in await desk.said(LiveLeadFetchDue)] == [leadgen_id]
    desk.meta.troubles = [NoAccess("gone meanwhile")]
    await desk.looks(leadgen_id)
    assert len(await desk.said(LiveLeadBroughtIn)) == 1
    assert len(desk.meta.asked) == 1, "what was given once is kept while it waits"
    kept = await desk.store.pool.fetchval("SELECT given FROM live_leads")
    assert kept is None


async def test_opening_a_position_with_the_form_releases_as_well(desk: LiveDesk) -> None:
    leadgen_id = await desk.comes(an_answer())
    await desk.position(FORM)
    await released(desk)
    await desk.looks(leadgen_id)
    assert len(await desk.said(LiveLeadBroughtIn)) == 1


async def test_a_closed_position_holds_its_leads_until_it_is_open_again(desk: LiveDesk) -> None:
    position_id = await desk.position(FORM)
    await desk.asks(SetPositionStatus, position_id=position_id, status=PositionStatus.CLOSED)
    leadgen_id = await desk.comes(an_answer())
    [held] = await desk.said(LiveLeadHeld)
    assert held.code == "position_closed"
    await desk.asks(SetPositionStatus, position_id=position_id, status=PositionStatus.OPEN)
    await released(desk)
    await desk.looks(leadgen_id)
    assert len(await desk.said(LiveLeadBroughtIn)) == 1


async def released(desk: LiveDesk) -> None:
    """What was said of positions goes round."""
    for event in await desk.store.published():
        if event.type().startswith("intake.position."):
            async with desk.store.begin() as tx:
                await release_live_leads(event, tx, desk.forms, desk.live)  # type: ignore[arg-type]


async def test_a_paused_position_takes_leads_in(desk: LiveDesk) -> None:
    position_id = await desk.position(FORM)
    await desk.asks(SetPositionStatus, position_id=position_id, status=PositionStatus.PAUSED)
    await desk.comes(an_answer())
    assert len(await desk.said(LiveLeadBroughtIn)) == 1


async def test_a_form_belongs_to_one_position(desk: LiveDesk) -> None:
    first = await desk.position(FORM)
    second = await desk.position()
    wanted = PositionDetails(title="Driver", lead_form_ids=[FORM])
    for reply in (
        await desk.asks(OpenPosition, details=wanted),
        await desk.asks(RevisePosition, position_id=second, details=wanted),
        await desk.asks(BindLeadForm, position_id=second, form_id=FORM),
    ):
        assert isinstance(reply, Refused)
        assert (reply.code, "'Sales'" in reply.message) == ("form_taken", True)
    await desk.asks(SetPositionStatus, position_id=first, status=PositionStatus.CLOSED)
    assert isinstance(await desk.asks(BindLeadForm, position_id=second, form_id=FORM), Accepted)
    left = [event for event in await desk.said(PositionRevised) if event.position_id == first][-1]
    assert (left.details.lead_form_ids, left.reason) == ([], f"form {FORM} went to another position")
    await desk.comes(an_answer())
    assert [event.position_id for event in await desk.said(LiveLeadBroughtIn)] == [second]


async def test_a_form_that_is_taken_out_of_its_position_is_free(desk: LiveDesk) -> None:
    first = await desk.position(FORM)
    await desk.asks(RevisePosition, position_id=first, details=PositionDetails(title="Sales"))
    assert await desk.position(FORM) == first + 1


@pytest.mark.parametrize(
    ("form_id", "position_id", "code"),
    [(FORM, 99, "not_found"), ("my form", 1, "bad_form_id"), (FORM, 2, "position_closed")],
)
async def test_a_binding_that_can_not_be_says_why(
    desk: LiveDesk, form_id: str, position_id: int, code: str
) -> None:
    await desk.position()
    await desk.position(status=PositionStatus.CLOSED)
    reply = await desk.asks(BindLeadForm, form_id=form_id, position_id=position_id)
    assert isinstance(reply, Refused)
    assert reply.code == code


async def test_a_lead_that_waits_for_its_position_at_the_moment_of_binding_is_released(
    desk: LiveDesk,
) -> None:
    """The lead has found its form unbound and is not committed yet; whoever binds waits for it."""
    position_id = await desk.position()
    await desk.hears("1")
    async with desk.store.begin() as tx:
        assert await desk.forms.position_of(tx, FORM) is None
        binding = asyncio.create_task(desk.asks(BindLeadForm, form_id=FORM, position_id=position_id))
        done, _ = await asyncio.wait([binding], timeout=0.3)
        assert not done
        await tx.db.execute("UPDATE live_leads SET state = 'held', code = 'no_position', form_id = $1", FORM)
    assert await binding == Accepted(result={"released": 1})


async def test_without_access_a_lead_is_held_once_and_tried_every_hour(desk: LiveDesk) -> None:
    await desk.position(FORM)
    desk.meta.troubles = [NoAccess("Meta answers error 190.")] * 2
    leadgen_id = await desk.comes(an_answer())
    await desk.looks(leadgen_id)
    [held] = await desk.said(LiveLeadHeld)
    assert (held.code, held.message.startswith("Meta answers error 190. Renew")) == ("no_access", True)
    assert list(await desk.timers()) == [leadgen_id]
    assert timedelta(minutes=59) < (await desk.timers())[leadgen_id] < timedelta(minutes=61)
    assert await desk.asks(RetryLiveLeads) == Accepted(result={"released": 1})
    assert not await desk.timers(), "a look by command takes the place of the one by timer"
    await desk.looks(leadgen_id)
    assert len(await desk.said(LiveLeadBroughtIn)) == 1


async def test_a_lead_that_is_held_for_want_of_access_comes_in_by_its_timer(desk: LiveDesk) -> None:
    await desk.position(FORM)
    desk.meta.troubles = [NoAccess("Meta answers error 190.")]
    leadgen_id = await desk.comes(an_answer())
    await desk.looks(leadgen_id)
    assert len(await desk.said(LiveLeadBroughtIn)) == 1
    assert not await desk.timers()


async def test_while_meta_is_ill_the_looks_grow_rarer_and_nothing_is_said(desk: LiveDesk) -> None:
    await desk.position(FORM)
    desk.meta.troubles = [NotNow("HTTP status 503")] * 3 + [NotNow("error 4", too_often=True)]
    leadgen_id = await desk.comes(an_answer())
    waits = [round((await desk.timers())[leadgen_id].total_seconds())]
    for _ in range(3):
        await desk.looks(leadgen_id)
        waits.append(round((await desk.timers())[leadgen_id].total_seconds()))
    assert waits == [2, 4, 8, 60]
    await desk.looks(leadgen_id)
    assert len(await desk.said(LiveLeadBroughtIn)) == 1
    assert not await desk.said(LiveLeadHeld)


async def test_a_lead_whose_answer_stays_unusable_is_held_and_comes_in_by_a_retry(desk: LiveDesk) -> None:
    await desk.position(FORM)
    desk.meta.troubles = [Unusable("Meta answers with another lead.")] * 6
    leadgen_id = await desk.comes(an_answer())
    for _ in range(8):
        await desk.looks(leadgen_id)
    [held] = await desk.said(LiveLeadHeld)
    assert (held.code, len(desk.meta.asked)) == ("unreadable", 6)
    assert held.message.startswith("Meta answers with another lead. It was asked for 6 times")
    assert await desk.asks(RetryLiveLeads) == Accepted(result={"released": 1})
    await desk.looks(leadgen_id)
    assert len(await desk.said(LiveLeadBroughtIn)) == 1


async def test_while_meta_stays_away_it_is_said_once_and_asked_every_hour(desk: LiveDesk) -> None:
    await desk.position(FORM)
    desk.meta.troubles = [NotNow("Meta can't be reached (ConnectError).")] * 15
    leadgen_id = await desk.comes(an_answer())
    for _ in range(14):
        await desk.looks(leadgen_id)
    [held] = await desk.said(LiveLeadHeld)
    assert (held.code, "every hour" in held.message) == ("unreachable", True)
    assert timedelta(minutes=59) < (await desk.timers())[leadgen_id] < timedelta(minutes=61)
    await desk.looks(leadgen_id)
    assert len(await desk.said(LiveLeadBroughtIn)) == 1, "nobody had to do anything"
    assert not await desk.timers()


async def test_access_that_is_missing_once_meta_is_back_is_said_too(desk: LiveDesk) -> None:
    await desk.position(FORM)
    desk.meta.troubles = [NotNow("away"), *[NotNow("away")] * 11, NoAccess("error 190.")]
    leadgen_id = await desk.comes(an_answer())
    for _ in range(12):
        await desk.looks(leadgen_id)
    assert [held.code for held in await desk.said(LiveLeadHeld)] == ["unreachable", "no_access"]


async def test_an_id_that_meta_does_not_know_is_held_as_gone_after_some_looks(desk: LiveDesk) -> None:
    await desk.hears("404")
    for _ in range(8):
        await desk.looks("404")
    [held] = await desk.said(LiveLeadHeld)
    assert (held.code, len(desk.meta.asked)) == ("gone", 6)
    desk.meta.known["404"] = an_answer() | {"id": "404"}
    await desk.position(FORM)
    assert await desk.asks(RetryLiveLeads, form_id=FORM) == Accepted(result={"released": 1})
    await desk.looks("404")
    assert len(await desk.said(LiveLeadBroughtIn)) == 1


async def test_a_test_lead_is_held_by_name_and_never_retried(desk: LiveDesk) -> None:
    await desk.position(FORM)
    await desk.comes(an_answer(full_name="<test lead: dummy data for full_name>"))
    [held] = await desk.said(LiveLeadHeld)
    assert held.code == "test_lead"
    reply = await desk.asks(RetryLiveLeads)
    assert isinstance(reply, Refused)
    assert reply.code == "nothing_held"
    assert not await desk.people()


async def test_a_lead_that_can_not_be_read_is_held_without_a_word_of_the_person(desk: LiveDesk) -> None:
    await desk.position(FORM)
    await desk.comes(an_answer(phone_number="", email="Ana at home"))
    [held] = await desk.said(LiveLeadHeld)
    assert held.code == "unreadable"
    assert "Ana" not in held.message
    assert await desk.store.pool.fetchval("SELECT given FROM live_leads") is None


async def test_a_lead_of_no_form_waits_for_nobody_in_particular(desk: LiveDesk) -> None:
    await desk.hears(body={"entry": [{"changes": [{"field": "leadgen", "value": {"leadgen_id": 1}}]}]})
    desk.meta.known["1"] = an_answer(form_id=None)
    await desk.looks("1")
    [held] = await desk.said(LiveLeadHeld)
    assert (held.code, held.form_id) == ("no_position", None)


async def test_only_leads_of_the_named_form_are_retried(desk: LiveDesk) -> None:
    for number, form_id in ((1, "1"), (2, "2"), (3, "2")):
        await desk.comes(an_answer(number, form_id=form_id))
    assert await desk.asks(RetryLiveLeads, form_id="2") == Accepted(result={"released": 2})
    assert await desk.asks(RetryLiveLeads) == Accepted(result={"released": 1})
