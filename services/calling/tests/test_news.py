"""Every shape in which the provider tells how a call went (providers.md 1.5, 1.6, 1.8 and Added)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from calling.domain.attempts import AttemptState
from calling.domain.news import CallNews, read_conversation, read_recipient, read_webhook
from calling.domain.transcript import SpokenTurn
from hypothesis import given
from hypothesis import strategies as st

CALL = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


def a_conversation(**changed: Any) -> dict[str, Any]:
    return {
        "agent_id": "agent_1",
        "conversation_id": "conv_1",
        "status": "done",
        "user_id": "7",
        "transcript": [
            {"role": "agent", "message": "Bună ziua", "time_in_call_secs": 0, "tool_calls": []},
            {"role": "agent", "message": None, "tool_calls": [{"name": "end_call"}]},
            {"role": "user", "message": "Da, vă ascult", "time_in_call_secs": 3},
            {"role": "agent", "message": "", "tool_results": []},
        ],
        "metadata": {
            "start_time_unix_secs": 1795000000,
            "call_duration_secs": 82,
            "phone_call": {
                "type": "twilio",
                "external_number": "+40700000011",
                "call_result": "answered",
                "call_sid": "CA1",
            },
            "batch_call": {"batch_call_id": "btcal_1", "batch_call_recipient_id": str(CALL)},
        },
        "analysis": {
            "call_successful": "success",
            "transcript_summary": "They spoke.",
            "call_summary_title": "Talk",
        },
        "conversation_initiation_client_data": {
            "user_id": "7",
            "dynamic_variables": {"call_id": str(CALL), "system__conversation_history": "secret"},
        },
        **changed,
    }


def webhook(kind: str, data: Any) -> dict[str, Any]:
    return {"type": kind, "event_timestamp": 1795000100, "data": data}


def news_of(body: Any) -> CallNews:
    news = read_webhook(body)
    assert news is not None
    return news


def test_a_post_call_transcription_is_read_whole() -> None:
    assert news_of(webhook("post_call_transcription", a_conversation())) == CallNews(
        state=AttemptState.COMPLETED,
        conversation_id="conv_1",
        call_id=CALL,
        keyed_by_us=True,
        call_sid="CA1",
        user_id="7",
        to_number="+40700000011",
        turns=(SpokenTurn("agent", "Bună ziua", 0), SpokenTurn("user", "Da, vă ascult", 3)),
        summary="They spoke.",
        summary_title="Talk",
        duration_seconds=82,
        started_at=datetime.fromtimestamp(1795000000, UTC),
        ended_at=datetime.fromtimestamp(1795000082, UTC),
        told_at=datetime.fromtimestamp(1795000100, UTC),
    )


def test_the_answer_to_get_reads_like_the_webhook() -> None:
    told = news_of(webhook("post_call_transcription", a_conversation()))
    assert read_conversation(a_conversation()) == replace(told, told_at=None)


def test_a_missing_transcript_is_not_an_empty_one() -> None:
    without = a_conversation()
    del without["transcript"]
    assert news_of(webhook("post_call_transcription", without)).turns is None
    assert news_of(webhook("post_call_transcription", a_conversation(transcript=[]))).turns == ()


@pytest.mark.parametrize("key", ["message", "content", "text"])
def test_a_turn_says_its_words_under_any_of_three_names(key: str) -> None:
    turns = [{"role": "user", key: "Da"}, "no turn", {"role": "tool", key: "x"}]
    assert news_of(webhook("post_call_transcription", a_conversation(transcript=turns))).turns == (
        SpokenTurn("user", "Da", 0),
    )


@pytest.mark.parametrize(
    ("status", "result", "state"),
    [
        ("done", "answered", AttemptState.COMPLETED),
        ("completed", None, AttemptState.COMPLETED),
        ("done", "voicemail", AttemptState.VOICEMAIL),
        ("done", "no_answer", AttemptState.NO_ANSWER),
        ("done", "failed", AttemptState.FAILED),
        ("failed", None, AttemptState.FAILED),
        ("failed", "busy", AttemptState.BUSY),
        ("failed", "no-answer", AttemptState.NO_ANSWER),
        ("no_answer", None, AttemptState.NO_ANSWER),
        ("processing", "answered", AttemptState.IN_PROGRESS),
        ("in-progress", None, AttemptState.IN_PROGRESS),
        ("in_progress", None, AttemptState.IN_PROGRESS),
        ("initiated", None, AttemptState.IN_PROGRESS),
        ("a new word", None, AttemptState.COMPLETED),
    ],
)
def test_statuses_and_call_results_map_to_states(
    status: str, result: str | None, state: AttemptState
) -> None:
    conversation = a_conversation(status=status)
    conversation["metadata"]["phone_call"]["call_result"] = result
    assert read_conversation(conversation).state is state


def test_an_unknown_status_without_transcript_is_waited_for() -> None:
    assert read_conversation(a_conversation(status="a new word", transcript=[])).state is (
        AttemptState.IN_PROGRESS
    )


TWILIO = {"type": "twilio", "body": {"CallSid": "CA9", "CallStatus": "busy", "To": "+40700000011"}}
SIP = {"type": "sip", "body": {"to_number": "+40700000011", "sip_status_code": 486, "call_sid": "S1"}}
FLAT = {"provider": "twilio", "call_sid": "CA9", "from_number": "+1", "to_number": "+40700000011"}


@pytest.mark.parametrize(
    ("data", "state", "sid"),
    [
        ({"conversation_id": "c", "failure_reason": "busy", "metadata": TWILIO}, AttemptState.BUSY, "CA9"),
        (
            {"conversation_id": "c", "failure_reason": "no-answer", "metadata": SIP},
            AttemptState.NO_ANSWER,
            "S1",
        ),
        ({"conversation_id": "c", "failure_reason": "unknown", "metadata": SIP}, AttemptState.BUSY, "S1"),
        ({"metadata": TWILIO}, AttemptState.BUSY, "CA9"),
        ({"failure_reason": "unknown", "metadata": FLAT}, AttemptState.FAILED, "CA9"),
        ({"failure_reason": 7, "metadata": {"body": "no object"}}, AttemptState.FAILED, None),
    ],
)
def test_an_initiation_failure_is_read_in_every_shape(
    data: dict[str, Any], state: AttemptState, sid: str | None
) -> None:
    news = news_of(webhook("call_initiation_failure", data))
    assert news.state is state
    assert news.call_sid == sid
    if sid:
        assert news.to_number == "+40700000011"


@pytest.mark.parametrize(
    ("stamp", "told"),
    [
        (1795000000, datetime.fromtimestamp(1795000000, UTC)),
        ("1795000000", datetime.fromtimestamp(1795000000, UTC)),
        ("2026-11-18T09:06:40Z", datetime(2026, 11, 18, 9, 6, 40, tzinfo=UTC)),
        ("2026-11-18T11:06:40.5+02:00", datetime(2026, 11, 18, 9, 6, 40, tzinfo=UTC)),
        ("2026-11-18T09:06:40", datetime(2026, 11, 18, 9, 6, 40, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        (1, None),
        (True, None),
        (None, None),
        ([], None),
    ],
)
def test_when_it_was_said_is_read_in_seconds_and_in_iso(stamp: Any, told: datetime | None) -> None:
    body = {"type": "call_initiation_failure", "event_timestamp": stamp, "data": {"failure_reason": "busy"}}
    assert news_of(body).told_at == told
    started = a_conversation(metadata={"start_time_unix_secs": stamp})
    assert read_conversation(started).started_at == told


def test_flat_bodies_are_read_where_data_is_absent() -> None:
    assert news_of(a_conversation()).conversation_id == "conv_1"
    assert news_of({"failure_reason": "busy", "to_number": "+40700000011"}).state is AttemptState.BUSY


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "text",
        {},
        {"type": "post_call_audio", "data": {"full_audio": "x"}},
        {"type": "answering_machine_detection", "data": {}},
        {"type": "something_new", "data": a_conversation()},
        {"type": "post_call_transcription", "data": None},
    ],
)
def test_what_says_nothing_about_the_end_of_a_call_is_none(body: Any) -> None:
    assert read_webhook(body) is None


def test_the_recipient_id_is_our_key_where_no_variable_came_back() -> None:
    bare = a_conversation()
    del bare["conversation_initiation_client_data"]
    news = read_conversation(bare)
    assert (news.call_id, news.keyed_by_us, news.user_id) == (CALL, False, "7")


def test_a_variable_that_is_no_key_of_ours_is_noticed() -> None:
    foreign = a_conversation(conversation_initiation_client_data={"dynamic_variables": {"call_id": "x-1"}})
    news = read_conversation(foreign)
    assert (news.call_id, news.keyed_by_us) == (None, True)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("pending", AttemptState.IN_PROGRESS),
        ("dispatched", AttemptState.IN_PROGRESS),
        ("initiated", AttemptState.IN_PROGRESS),
        ("completed", AttemptState.COMPLETED),
        ("failed", AttemptState.FAILED),
        ("cancelled", AttemptState.FAILED),
        ("voicemail", AttemptState.VOICEMAIL),
    ],
)
def test_a_recipient_of_a_batch_is_read(status: str, state: AttemptState) -> None:
    news = read_recipient({"id": str(CALL), "status": status, "phone_number": "+40700000011"})
    assert (news.state, news.call_id) == (state, CALL)


def test_text_that_no_database_takes_is_cleaned() -> None:
    turns = json.loads('[{"role": "user", "message": "a\\u0000b\\ud800c"}]')
    assert read_conversation(a_conversation(transcript=turns)).turns == (SpokenTurn("user", "abc", 0),)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["done", "failed", "busy", "agent", "user", str(CALL), "7"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "data",
                    "conversation_id",
                    "status",
                    "transcript",
                    "metadata",
                    "analysis",
                    "phone_call",
                    "batch_call",
                    "body",
                    "conversation_initiation_client_data",
                    "dynamic_variables",
                    "call_id",
                    "user_id",
                    "role",
                    "message",
                    "time_in_call_secs",
                    "start_time_unix_secs",
                    "call_duration_secs",
                    "failure_reason",
                    "CallStatus",
                    "To",
                    "sip_status_code",
                    "call_result",
                    "error",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=30,
)


@given(JSON, st.sampled_from(["post_call_transcription", "call_initiation_failure", None]))
def test_no_body_makes_reading_fail(data: Any, kind: str | None) -> None:
    news = read_webhook({"type": kind, "data": data} if kind else data)
    assert news is None or isinstance(news, CallNews)
