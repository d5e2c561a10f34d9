"""Calls that were taken back, and of which the provider reports nevertheless."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from calling.ports import OutgoingCall
from contracts.calling import (
    CallCompleted,
    CallNotAnswered,
    CallOutcomeUnknown,
    CallPlaced,
    CallRefused,
    CallTakenBack,
)

from .conftest import Office, a_conversation
from .test_recalling import held, queue_states
from .test_stopping import resume, rung, stop


async def late_news(office: Office, **changed: Any) -> OutgoingCall:
    """A call was taken back, and the provider reports it nevertheless."""
    [row] = await office.rows(
        "SELECT call_id FROM attempts WHERE application_id = 1 ORDER BY created_at LIMIT 1"
    )
    await office.hear(a_conversation(row["call_id"], "1", **changed))
    return row["call_id"]


async def test_a_call_that_rang_after_all_counts_and_is_not_made_again(office: Office) -> None:
    await held(office, people=2)
    await office.ask(stop())
    call_id = await late_news(office)
    assert not await office.unbound()
    [completed] = await office.said(CallCompleted)
    assert completed.call_id == call_id
    placed = [one.after_all for one in await office.said(CallPlaced) if one.call_id == call_id]
    assert placed == [False, True]
    assert not await office.said(CallOutcomeUnknown)
    assert (await queue_states(office))[0] == "done"
    await office.ask(resume())
    await office.wait(timedelta(days=1))
    assert rung(office) == ["2"]


async def test_one_that_still_talks_keeps_its_line_and_is_settled_by_its_end(office: Office) -> None:
    await held(office, people=2)
    await office.ask(stop())
    await late_news(office, status="in-progress")
    assert (await queue_states(office))[0] == "dialling"
    await office.ask(resume())
    assert rung(office) == ["2"]
    await late_news(office)
    assert len(await office.said(CallCompleted)) == 1


async def test_one_that_rang_after_all_is_asked_after_when_nothing_more_is_heard(office: Office) -> None:
    await held(office, people=2)
    await office.ask(stop())
    call_id = await late_news(office, status="in-progress")
    office.telephony.conversations[f"conv_{call_id}"] = a_conversation(call_id)
    await office.wait(timedelta(minutes=20))
    assert [one.call_id for one in await office.said(CallCompleted)] == [call_id]


async def test_one_that_was_not_answered_after_all_counts_as_a_try(office: Office) -> None:
    await held(office, people=2, call_retry_max=1)
    await office.ask(stop())
    phone = {"call_result": "no_answer"}
    await late_news(office, status="failed", metadata={"phone_call": phone}, transcript=[])
    [failed] = await office.said(CallNotAnswered)
    assert (failed.application_id, failed.retry_at) == (1, None)
    await office.ask(resume())
    assert rung(office) == ["2"]


async def test_what_was_made_in_its_place_is_called_off_and_the_round_ends(office: Office) -> None:
    await held(office, people=2)
    await office.ask(stop())
    office.telephony.holding = True
    await office.ask(resume())
    await late_news(office)
    assert office.telephony.cancelled == ["btcal_1", "btcal_2"]
    [completed] = await office.said(CallCompleted)
    numbers = await office.rows("SELECT attempt_number FROM attempts WHERE state <> 'withdrawn'")
    assert len(numbers) == len({row["attempt_number"] for row in numbers})
    office.telephony.holding = False
    await office.wait(timedelta(days=1))
    assert rung(office) == ["2"]
    assert completed.application_id == 1
    taken = [one.application_id for one in await office.said(CallTakenBack)]
    assert taken == [1, 2, 1, 2]
    [refused] = await office.said(CallRefused)
    assert (refused.application_id, refused.code, refused.queued_by) == (1, "earlier_call_rang", None)


async def test_while_it_is_not_over_a_person_hears_that_two_calls_were_made(office: Office) -> None:
    """Its end may never be heard of, and nobody would look at the application again."""
    await held(office, people=2)
    await office.ask(stop())
    office.telephony.holding = True
    await office.ask(resume())
    call_id = await late_news(office, status="in-progress")
    [unknown] = await office.said(CallOutcomeUnknown)
    assert (unknown.call_id, unknown.application_id) == (call_id, 1)
    await late_news(office)
    assert [one.call_id for one in await office.said(CallCompleted)] == [call_id]
