"""How the mailbox is read: from a cursor, everything at first, and nothing lost whatever dies or fails."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from chassis import Tx
from chassis.testing_rooms import Killed
from chassis.tx import Begin
from contracts import Actor, BlobRef
from contracts.messaging import Channel as SaidChannel
from contracts.messaging import ChannelConnected, ChannelLost, MessageSendDue
from messaging.domain.channel_state import LOOK_AGAIN
from messaging.domain.letters import Channel
from messaging.handlers.channel_states import note_refusal
from messaging.handlers.connections import send_what_waited
from messaging.handlers.poll_inbox import LONGEST_TROUBLE, MOST_TRIES
from messaging.handlers.take_email import message_id_of
from messaging.ports import Disconnected, ProviderAway
from messaging.ports.mailbox import Stumbled

from .office import Office
from .test_receiving import an_email, received


@pytest.fixture
def office(office: Office) -> Office:
    """Asks the history, and lists everything every quarter of an hour."""
    office.list_every = timedelta(minutes=15)
    return office


def arrives(office: Office, *names: str) -> None:
    for name in names:
        office.mailbox.emails[name] = an_email(name)


async def test_everything_is_listed_at_first_and_only_what_is_new_afterwards(office: Office) -> None:
    arrives(office, "m1", "m2")
    await office.polls()
    assert "waiting" in office.mailbox.asked
    office.mailbox.asked.clear()
    arrives(office, "m3")
    await office.polls()
    assert len(await received(office)) == 3
    assert "waiting" not in office.mailbox.asked
    assert office.mailbox.asked.count("read") == 1


async def test_a_mailbox_in_which_nothing_happened_costs_one_question(office: Office) -> None:
    await office.polls()
    office.mailbox.asked.clear()
    await office.polls()
    assert office.mailbox.asked == ["account"]


async def test_the_label_is_listed_again_after_a_while_whatever_the_history_says(office: Office) -> None:
    await office.polls()
    office.waits(minutes=16)
    office.mailbox.asked.clear()
    await office.polls()
    assert "waiting" in office.mailbox.asked


async def test_a_history_that_was_forgotten_is_made_good_by_a_full_listing(office: Office) -> None:
    arrives(office, "m1")
    await office.polls()
    office.mailbox.forgets = True
    arrives(office, "m2", "m3")
    await office.polls()
    assert len(await received(office)) == 3
    assert office.mailbox.processed == ["m1", "m2", "m3"]


async def test_another_account_begins_with_a_listing_of_its_own(office: Office) -> None:
    arrives(office, "m1")
    await office.polls()
    office.mailbox.address = "other@example.com"
    office.mailbox.asked.clear()
    await office.polls()
    assert "waiting" in office.mailbox.asked


@pytest.mark.parametrize("call", ["account", "since", "read", "mark_processed"])
@pytest.mark.parametrize("trouble", [ProviderAway("HTTP 429"), Stumbled("HTTP 503"), Disconnected("no")])
async def test_after_a_day_without_gmail_nothing_is_lost(
    office: Office, call: str, trouble: ProviderAway
) -> None:
    await office.polls()
    arrives(office, *(f"m{number}" for number in range(7)))
    office.mailbox.trouble[call] = trouble
    for _ in range(24):
        office.waits(minutes=30)
        await office.polls()
    office.mailbox.trouble.clear()
    for _ in range(3):
        await office.polls()
    assert len(await received(office)) == 7
    assert not [said for said in await received(office) if "could not be read" in said.body]
    assert sorted(office.mailbox.processed) == [f"m{number}" for number in range(7)]


async def test_an_email_that_can_never_be_read_is_shown_with_its_bytes_and_blocks_nobody(
    office: Office,
) -> None:
    arrives(office, "bad", "good")
    office.mailbox.trouble["read bad"] = ValueError("not base64url")
    office.mailbox.raws["bad"] = b"From: x\r\n\r\nraw"
    for _ in range(MOST_TRIES - 1):
        await office.polls()
    assert [message.external_id for message in await received(office)] == ["good"]
    await office.polls()
    [_, shown] = await received(office)
    assert shown.external_id == "bad"
    assert shown.body == ("[this email could not be read (ValueError); it is attached as it came]")
    [kept] = shown.attachments
    assert (kept.file_name, await office.blobs.get(kept.file)) == ("message.eml", b"From: x\r\n\r\nraw")
    assert "bad" in office.mailbox.processed
    office.mailbox.asked.clear()
    await office.polls()
    assert len(await received(office)) == 2
    assert "read" not in office.mailbox.asked


async def test_an_email_for_which_gmail_alone_fails_is_given_up_after_a_day_only(office: Office) -> None:
    arrives(office, "bad", "good")
    office.mailbox.trouble["read bad"] = Stumbled("HTTP 500")
    for _ in range(MOST_TRIES + 3):
        await office.polls()
    assert [message.external_id for message in await received(office)] == ["good"]
    office.waits(hours=LONGEST_TROUBLE.total_seconds() / 3600)
    await office.polls()
    assert len(await received(office)) == 2


async def test_emails_for_which_gmail_alone_fails_do_not_make_the_mailbox_look_away(office: Office) -> None:
    """And none of them keeps the others from being tried again."""
    await office.polls()
    names = [f"bad{number}" for number in range(6)]
    arrives(office, *names)
    for name in names:
        office.mailbox.trouble[f"read {name}"] = Stumbled("HTTP 500")
    for _ in range(4):
        await office.polls()
    async with office.room.begin() as tx:
        state = await office.desk.channels.find(tx, Channel.EMAIL)
        cursor = await office.desk.book.cursor(tx, office.mailbox.address)
    assert state is not None
    assert state.state == "connected"
    assert cursor is not None
    assert cursor.history_id == 106, "the cursor moves past what is written down as troubled"
    del office.mailbox.trouble["read bad5"]
    for _ in range(2):
        await office.polls()
    assert [message.external_id for message in await received(office)] == ["bad5"]


async def test_an_email_that_can_not_even_be_given_up_blocks_no_other(office: Office) -> None:
    arrives(office, "bad", "worse")
    for name in ("bad", "worse"):
        office.mailbox.trouble[f"read {name}"] = ValueError("not base64url")
    put = office.blobs.put

    async def full(key: str, *rest: object) -> BlobRef:
        if key.startswith(f"inbound/{message_id_of('bad')}"):
            raise OSError("too large for the store")
        return await put(key, *rest)  # type: ignore[arg-type]

    office.blobs.put = full  # type: ignore[method-assign, assignment]
    for _ in range(MOST_TRIES + 1):
        await office.polls()
    assert [message.external_id for message in await received(office)] == ["worse"]


async def test_an_email_that_was_deleted_meanwhile_is_no_trouble(office: Office) -> None:
    arrives(office, "m1", "m2")
    listed = list(office.mailbox.emails)
    del office.mailbox.emails["m1"]
    office.mailbox.emails = {"m2": office.mailbox.emails["m2"]}

    async def waiting() -> list[str]:
        return listed

    office.mailbox.waiting = waiting  # type: ignore[method-assign]
    await office.polls()
    assert len(await received(office)) == 1


async def test_trouble_of_our_own_stores_is_not_held_against_the_email(office: Office) -> None:
    arrives(office, "m1")
    put = office.blobs.put

    async def full(*_: object) -> None:
        raise OSError("no space left")

    office.blobs.put = full  # type: ignore[method-assign,assignment]
    for _ in range(MOST_TRIES + 2):
        await office.polls()
    assert await received(office) == []
    office.blobs.put = put  # type: ignore[method-assign]
    await office.polls()
    [message] = await received(office)
    assert len(message.attachments) == 2


class Deadline:
    """Dies at a moment counted over every transaction's edges and every call of the mailbox and the store."""

    def __init__(self, moment: int) -> None:
        self.left = moment

    def reach(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Killed

    def begin(self, begin: Begin) -> Begin:
        @asynccontextmanager
        async def dying() -> AsyncIterator[Tx]:
            self.reach()
            async with begin() as tx:
                yield tx
                self.reach()
            self.reach()

        return dying


async def test_killed_at_every_await_each_email_is_taken_once_and_marked(on_postgres: Office) -> None:
    """Until a whole poll goes through without reaching its moment."""
    office, survived, moment = on_postgres, False, 0
    office.list_every = timedelta(minutes=15)
    await office.polls()
    put: Callable[..., object] = office.blobs.put
    while not survived:
        arrives(office, f"m{moment}a", f"m{moment}b")
        deadline = Deadline(moment)
        office.mailbox.before = deadline.reach

        async def dying_put(*args: object, _deadline: Deadline = deadline) -> object:
            _deadline.reach()
            return await put(*args)  # type: ignore[misc]

        office.blobs.put = dying_put  # type: ignore[method-assign,assignment]
        try:
            await office.polls(deadline.begin(office.room.begin))
            survived = True
        except Killed:
            pass
        office.mailbox.before = lambda: None
        office.blobs.put = put  # type: ignore[method-assign,assignment]
        await office.polls()
        said = [message.external_id for message in await received(office)]
        assert sorted(said) == sorted(office.mailbox.emails), f"killed at {moment}"
        assert sorted(office.mailbox.processed) == sorted(office.mailbox.emails)
        moment += 1
    assert moment > 30


async def test_a_lost_access_is_said_once_rests_and_is_tried_again_hourly(office: Office) -> None:
    await office.polls()
    assert len(await office.room.said(ChannelConnected)) == 1
    await loses(office)
    await loses(office)
    assert len(await office.room.said(ChannelLost)) == 1
    office.mailbox.asked.clear()
    await office.polls()
    assert office.mailbox.asked == []
    office.waits(hours=LOOK_AGAIN.total_seconds() / 3600)
    await office.polls()
    assert "account" in office.mailbox.asked
    assert len(await office.room.said(ChannelConnected)) == 2


async def loses(office: Office) -> None:
    async with office.room.begin() as tx:
        await note_refusal(
            tx, office.desk.channels, Channel.EMAIL, "environment", "environment", "revoked", "again"
        )


async def test_what_waited_is_offered_at_once_when_the_channel_works_again(on_postgres: Office) -> None:
    office = on_postgres
    await office.has_a_qualified_candidate()
    await office.room.pool.execute("UPDATE messages SET tries = 3 WHERE channel = 'email'")  # type: ignore[attr-defined]
    connected = ChannelConnected(channel=SaidChannel.EMAIL, account="a@example.com", actor=Actor.system())
    async with office.room.begin() as tx:
        await send_what_waited(connected, tx, office.desk.channels)
    due = [timer for timer in await office.room.timers() if isinstance(timer.event, MessageSendDue)]
    assert [timer.at for timer in due] == [office.room.clock.now()]
