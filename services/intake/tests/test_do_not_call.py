"""Who says in a call that they are not to be called again; in memory and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from chassis.testing import NOON
from contracts import Accepted, Actor
from contracts.intake import AllowContact, ContactAllowed, ContactForbidden, QueueCalls
from contracts.scoring import Outcome
from intake.domain.status_machine import Status
from intake_support.desk import Desk, somebody

CALL, LATER_CALL = UUID(int=7), UUID(int=8)
FIRST = UUID(int=101)
WORDS = "Nu mă mai sunați, vă rog"


async def hears_a_wish(desk: Desk, outcome: Outcome = Outcome.NOT_QUALIFIED, **fields: Any) -> Desk:
    said = {"do_not_call": True, "do_not_call_words": WORDS} | fields
    call = said.pop("call", CALL)
    return await desk.hears(desk.facts.evaluated(call, outcome, said.pop("callback_at", None), **said))


async def test_the_wish_is_kept_with_the_words_and_counts_at_once(desk: Desk) -> None:
    await desk.has(Status.SCORING, calls=(CALL,))
    await hears_a_wish(desk)
    (forbidden,) = await desk.said(ContactForbidden)
    assert (forbidden.channel.value, forbidden.source) == ("call", "evaluation")
    assert forbidden.reason == "Said in a call: \u201cNu mă mai sunați, vă rog\u201d"
    assert (forbidden.actor, forbidden.same_as) == (Actor.system(), None)
    assert await desk.status() is Status.NOT_QUALIFIED


@pytest.mark.parametrize("words", [None, " ", "x" * 5_000, "a\x00b"])
async def test_the_reason_fits_whatever_the_words_are(desk: Desk, words: str | None) -> None:
    await desk.has(Status.SCORING, calls=(CALL,))
    await hears_a_wish(desk, do_not_call_words=words)
    (forbidden,) = await desk.said(ContactForbidden)
    assert 0 < len(forbidden.reason) <= 500
    assert "\x00" not in forbidden.reason


async def test_whoever_shares_the_number_is_not_called_either(desk: Desk) -> None:
    await desk.has(Status.SCORING, calls=(CALL,))
    async with desk.begin() as tx:
        (other,) = await desk.store.add(tx, somebody()._replace(lead_key="other"))
    await hears_a_wish(desk)
    own, shared = await desk.said(ContactForbidden)
    assert (shared.candidate_id, shared.same_as) == (other, own.candidate_id)


async def test_said_again_in_the_same_call_it_is_not_said_again(desk: Desk) -> None:
    await desk.has(Status.SCORING, calls=(CALL,))
    await hears_a_wish(desk)
    await hears_a_wish(desk, former_id=FIRST)
    assert len(await desk.said(ContactForbidden)) == 1


async def test_what_only_a_second_look_hears_counts_as_well(desk: Desk) -> None:
    await desk.has(Status.NOT_QUALIFIED, calls=(CALL,))
    await desk.hears(desk.facts.evaluated(CALL, Outcome.NOT_QUALIFIED))
    assert await desk.said(ContactForbidden) == []
    await hears_a_wish(desk, former_id=FIRST)
    assert len(await desk.said(ContactForbidden)) == 1


async def test_only_a_person_lifts_it_and_the_same_old_words_do_not_bring_it_back(desk: Desk) -> None:
    await desk.has(Status.SCORING, calls=(CALL,))
    await hears_a_wish(desk)
    await desk.hears(desk.facts.evaluated(CALL, Outcome.QUALIFIED, former_id=FIRST, do_not_call=False))
    assert await desk.said(ContactAllowed) == []
    candidate_id = (await desk.now()).candidate_id
    allowed = await desk.asks(AllowContact, candidate_id=candidate_id, channels=["call"])
    assert isinstance(allowed, Accepted)
    await hears_a_wish(desk, former_id=FIRST)
    assert len(await desk.said(ContactForbidden)) == 1
    await hears_a_wish(desk, call=LATER_CALL)  # said anew
    assert len(await desk.said(ContactForbidden)) == 2


async def test_a_callback_of_one_who_is_not_to_be_called_waits_for_a_person_and_calls_nobody(
    desk: Desk,
) -> None:
    await desk.has(Status.SCORING, calls=(CALL,))
    tomorrow = NOON + timedelta(days=1)
    await hears_a_wish(
        desk, Outcome.CALLBACK_REQUESTED, callback_at=tomorrow, callback_notes="tomorrow, or never"
    )
    then = await desk.now()
    assert (then.status, await desk.timers()) == (Status.NEEDS_HUMAN, {})
    assert "not to be called again: tomorrow, or never" in (then.needs_human_reason or "")
    answer = await desk.asks(QueueCalls, application_ids=[desk.application_id])
    assert isinstance(answer, Accepted)
    assert [refused["code"] for refused in answer.result["refused"]] == ["do_not_contact"]


async def test_a_wish_of_nobody_known_is_no_reason_to_stop(desk: Desk) -> None:
    await desk.has(Status.SCORING, calls=(CALL,))
    await hears_a_wish(desk, candidate_id=999)
    assert await desk.said(ContactForbidden) == []
