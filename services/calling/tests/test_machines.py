"""Answering machines: a detection without documented shape, weighed against the conversation itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from calling.domain.attempts import AttemptState
from calling.domain.machines import read_machine, weighed
from calling.domain.news import CallNews
from calling.domain.transcript import SpokenTurn
from calling.ports import TelephonyUnavailable
from contracts.calling import CallCompleted, CallNotAnswered

from .conftest import Office, a_conversation

KIND = "answering_machine_detection"
QUARTER = timedelta(minutes=15)
AGENT, PERSON = SpokenTurn("agent", "Bună ziua"), SpokenTurn("user", "Da, vă ascult")


@pytest.mark.parametrize(
    ("data", "machine"),
    [
        ({"answered_by": "machine_start"}, True),
        ({"AnsweredBy": "machine_end_beep"}, True),
        ({"metadata": {"body": {"AnsweredBy": "machine_end_other", "CallSid": "CA1"}}}, True),
        ({"result": "voicemail"}, True),
        ({"amd_result": "Answering Machine"}, True),
        ({"answered_by": "fax"}, True),
        ({"is_machine": True}, True),
        ({"answered_by": "human"}, False),
        ({"answered_by": "unknown"}, False),
        ({"answered_by": "machine_start", "result": "human"}, False),
        ({"answered_by": "machine_start", "is_machine": False}, False),
        ({"answered_by": ["machine_start"]}, False),
        ({"answered_by": True}, False),
        ({"conversation_id": "c"}, False),
        ({}, False),
    ],
)
def test_only_a_verdict_that_nothing_contradicts_counts(data: dict[str, Any], machine: bool) -> None:
    assert (read_machine({"type": KIND, "data": data}) is not None) is machine
    assert (read_machine(data) is not None) is machine


@pytest.mark.parametrize("body", [None, [], "x", {"data": None}, {"data": [{"is_machine": True}]}])
def test_what_is_no_detection_says_nothing(body: Any) -> None:
    assert read_machine(body) is None


@pytest.mark.parametrize(
    ("state", "turns", "last_word", "becomes"),
    [
        ("completed", (AGENT, PERSON), True, "completed"),
        ("completed", (AGENT,), True, "voicemail"),
        ("completed", (AGENT,), False, "voicemail"),
        ("completed", (), True, "voicemail"),
        ("completed", None, False, "completed"),
        ("completed", None, True, "voicemail"),
        ("failed", None, True, "voicemail"),
        ("failed", (AGENT, PERSON), True, "failed"),
        ("busy", None, True, "busy"),
        ("no_answer", None, True, "no_answer"),
        ("in_progress", None, True, "in_progress"),
    ],
)
def test_what_the_conversation_says_weighs_more(
    state: str, turns: tuple[SpokenTurn, ...] | None, last_word: bool, becomes: str
) -> None:
    news = CallNews(AttemptState(state), turns=turns)
    assert weighed(news, last_word=last_word).state == AttemptState(becomes)


async def test_a_machine_that_spoke_alone_is_a_voicemail(office: Office) -> None:
    call, _ = await office.placed()
    await office.hear({"conversation_id": f"conv_{call.call_id}", "answered_by": "machine_start"}, KIND)
    await office.hear({"user_id": "1", "answered_by": "machine_start"}, KIND)
    assert not await office.said(CallNotAnswered)
    talk = a_conversation(call.call_id, call.user_id)
    await office.hear({**talk, "transcript": talk["transcript"][:1]})
    assert [one.outcome for one in await office.said(CallNotAnswered)] == ["voicemail"]
    assert not await office.said(CallCompleted)


async def test_somebody_who_speaks_was_no_machine(office: Office) -> None:
    [call] = await office.placed(1)
    await office.hear({"call_sid": f"CA{call.call_id}", "answered_by": "machine_start"}, KIND)
    await office.hear(a_conversation(call.call_id, call.user_id))
    assert len(await office.said(CallCompleted)) == 1


async def test_a_machine_whose_conversation_the_provider_does_not_know_is_a_voicemail(
    office: Office,
) -> None:
    [call] = await office.placed(1)
    await office.hear({"conversation_id": f"conv_{call.call_id}", "answered_by": "machine_start"}, KIND)
    office.telephony.conversations.clear()
    office.telephony.blind.append(TelephonyUnavailable("503"))
    await office.wait(QUARTER)
    assert not await office.said(CallNotAnswered)
    await office.wait(QUARTER)
    assert [one.outcome for one in await office.said(CallNotAnswered)] == ["voicemail"]


async def test_a_detection_after_the_end_changes_nothing(office: Office) -> None:
    [call] = await office.placed(1)
    await office.hear(a_conversation(call.call_id, call.user_id))
    await office.hear({"conversation_id": f"conv_{call.call_id}", "answered_by": "machine_start"}, KIND)
    assert await office.states() == ["completed"]
    assert not await office.said(CallNotAnswered)


async def test_what_is_not_clear_or_nobodys_is_kept(office: Office) -> None:
    await office.placed()
    await office.hear({"conversation_id": "conv_x", "answered_by": "human"}, KIND)
    await office.hear({"conversation_id": "conv_x", "answered_by": "machine_start"}, KIND)
    assert await office.unbound() == ["not clear who picked up", "no attempt of ours fits"]
    assert await office.states() == ["submitted", "submitted"]
