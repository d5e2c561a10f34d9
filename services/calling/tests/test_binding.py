"""By conversation, else by our key, else by user_id or number where only one attempt can be meant."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

from calling.adapters.postgres_attempts import PostgresAttempts
from calling.domain.news import read_conversation
from chassis.ids import new_id
from chassis.testing import eventually
from contracts.calling import CallCompleted, CallNotAnswered
from contracts.gateway import ElevenLabsWebhookReceived

from .conftest import MORNING, Office, a_conversation


async def test_by_recipient_id_where_no_variables_came_back(office: Office) -> None:
    _, call = await office.placed()
    body = a_conversation(None, "no number", conversation_id="conv_x")
    body["metadata"]["batch_call"] = {"batch_call_recipient_id": str(call.call_id)}
    await office.hear(body)
    assert [one.application_id for one in await office.said(CallCompleted)] == [2]


async def test_by_user_id_with_the_one_unbound_attempt(office: Office) -> None:
    await office.placed()
    await office.hear(a_conversation(None, "2", conversation_id="conv_x"))
    assert [one.application_id for one in await office.said(CallCompleted)] == [2]


async def test_by_the_number_that_was_called(office: Office) -> None:
    _, call = await office.placed()
    number = call.to_number.replace("+40", "+40 ")
    failure = {"failure_reason": "busy", "metadata": {"body": {"To": number}}}
    await office.hear(failure, "call_initiation_failure")
    assert [one.application_id for one in await office.said(CallNotAnswered)] == [2]


async def test_by_the_carriers_call_id(office: Office) -> None:
    [call] = await office.placed(1)
    failure = {"failure_reason": "busy", "metadata": {"call_sid": f"CA{call.call_id}"}}
    await office.hear(failure, "call_initiation_failure")
    assert [one.application_id for one in await office.said(CallNotAnswered)] == [1]


async def test_a_bound_attempt_is_not_bound_again_by_user_id(office: Office) -> None:
    call, _ = await office.placed()
    await office.hear(a_conversation(call.call_id, "1", status="processing"))
    await office.hear(a_conversation(None, "1", conversation_id="conv_other"))
    assert not await office.said(CallCompleted)
    assert await office.unbound() == ["no attempt of ours fits"]


async def test_an_older_conversation_of_the_same_person_is_not_taken_for_the_new_call(
    office: Office,
) -> None:
    await office.placed()
    old = a_conversation(None, "1", conversation_id="conv_old")
    old["metadata"]["start_time_unix_secs"] = int((MORNING - timedelta(days=1)).timestamp())
    await office.hear(old)
    assert not await office.said(CallCompleted)


async def test_a_call_of_another_installation_is_not_ours_though_its_user_id_fits(
    office: Office,
) -> None:
    await office.placed()
    await office.hear(a_conversation(uuid4(), "1", conversation_id="conv_theirs"))
    assert not await office.said(CallCompleted)
    assert await office.unbound() == ["no attempt of ours fits"]


async def test_old_news_is_not_taken_for_a_call_that_was_written_down_later(office: Office) -> None:
    """A failure without any key comes a day late, while the next attempt rings."""
    await office.placed(2)
    _, call = office.telephony.rings
    failure = {"failure_reason": "busy", "metadata": {"body": {"To": call.to_number}}}
    body = {"type": "call_initiation_failure", "data": failure}
    for stamp in (int((MORNING - timedelta(days=1)).timestamp()), "2026-11-17T09:00:00Z"):
        await office.tell(
            ElevenLabsWebhookReceived(
                delivery_id=new_id(),
                kind="call_initiation_failure",
                body=json.dumps({**body, "event_timestamp": stamp}),
                received_at=MORNING,
            )
        )
    assert not await office.said(CallNotAnswered)
    assert await office.unbound() == ["no attempt of ours fits"] * 2


async def test_what_fits_nothing_is_kept(office: Office) -> None:
    await office.placed()
    for body in ("{", "[]", json.dumps({"type": "new"}), json.dumps({"type": "new", "data": {}})):
        await office.tell(
            ElevenLabsWebhookReceived(delivery_id=new_id(), kind="new", body=body, received_at=MORNING)
        )
    kept = await office.rows("SELECT body FROM unbound_webhooks ORDER BY delivery_id")
    assert [row["body"] for row in kept] == ["{", "[]", '{"type": "new"}', '{"type": "new", "data": {}}']


async def test_the_second_of_two_deliveries_waits_for_the_first_and_finds_the_attempt_taken(
    office: Office,
) -> None:
    """Both see the one unbound attempt of the person; the first is still in its transaction."""
    await office.placed(2)
    attempts = PostgresAttempts()
    first = read_conversation(a_conversation(None, "1", conversation_id="conv_first"))
    async with office.transactions.begin() as tx:
        attempt = await attempts.find_for(tx, first)
        assert attempt is not None
        bound = a_conversation(None, "1", conversation_id="conv_second")
        second = asyncio.create_task(office.tell_now(bound))

        async def waits() -> bool:
            return bool(await office.rows("SELECT 1 FROM pg_locks WHERE NOT granted"))

        await eventually(waits, what="the second delivery waits for the row")
        await attempts.bind(tx, attempt, "conv_first", None)
    await second
    rows = await office.rows("SELECT conversation_id FROM attempts ORDER BY application_id")
    assert [row["conversation_id"] for row in rows] == ["conv_first", None]
    assert await office.unbound() == ["no attempt of ours fits"]
    assert not await office.said(CallCompleted)


async def test_webhooks_racing_for_one_attempt_bind_once(office: Office) -> None:
    await office.placed(10)
    bodies = [
        a_conversation(None, str(number), conversation_id=f"conv_{number}_{side}")
        for number in range(1, 11)
        for side in range(4)
    ]
    await asyncio.gather(*(office.tell_now(body) for body in bodies))
    completed = await office.said(CallCompleted)
    assert sorted(one.application_id for one in completed) == list(range(1, 11))
    assert len(await office.unbound()) == 30
