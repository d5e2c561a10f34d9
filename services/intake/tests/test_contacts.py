"""Do-not-contact as it is kept: in memory and on PostgreSQL alike."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from chassis import Tx
from intake.domain.contact import ContactChannel, Wish, missing, spoken
from intake.domain.profiles import Profile
from intake.ports import Ban
from intake_support.stores import RECRUITER, PostgresStore, Store

CALL, WHATSAPP, EMAIL = ContactChannel.CALL, ContactChannel.WHATSAPP, ContactChannel.EMAIL
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def someone(number: int, **changes: Any) -> Profile:
    profile = Profile(
        f"Ana Pop{number}", "Ana", f"Pop{number}", f"ana pop{number}", f"+4071200{number:04}", None,
        f"ana{number}@example.com", None, "ro", None, "manual", None, None, None, None, None, (),
    )  # fmt: skip
    return profile._replace(**changes)


def a_ban(candidate_id: int, channel: ContactChannel = CALL, since: datetime = LONG_AGO) -> Ban:
    return Ban(Wish(candidate_id, channel, since, "phone", "asked for it"), RECRUITER)


def said(bans: Sequence[Ban]) -> list[tuple[int, ContactChannel, int | None]]:
    return [(ban.wish.candidate_id, ban.wish.channel, ban.wish.same_as) for ban in bans]


async def people(store: Store, tx: Tx, *profiles: Profile) -> list[int]:
    return await store.add(tx, *profiles)


async def test_a_wish_is_kept_as_it_was_said_and_only_once(store: Store) -> None:
    async with store.begin() as tx:
        (ana,) = await people(store, tx, someone(1))
        assert await store.contacts.of(tx, ana) == []
        assert await store.contacts.forbid(tx, [a_ban(ana), a_ban(ana, EMAIL)]) == [
            a_ban(ana),
            a_ban(ana, EMAIL),
        ]
        assert await store.contacts.forbid(tx, [a_ban(ana, since=tx.now)]) == []
        assert await store.contacts.of(tx, ana) == [a_ban(ana), a_ban(ana, EMAIL)]


@pytest.mark.parametrize(
    "shared",
    [
        {"phone": "+40712000001"},
        {"email": "ana1@example.com"},
        {"whatsapp_number": "+40712000001"},
        {"phone": "+40712000099"},
    ],
)
async def test_a_wish_is_taken_over_by_whoever_shares_a_number_or_an_address(
    store: Store, shared: dict[str, Any]
) -> None:
    async with store.begin() as tx:
        ana, same, other = await people(
            store, tx, someone(1, whatsapp_number="+40712000099"), someone(2, **shared), someone(3)
        )
        assert await store.contacts.inherit(tx, [same, other]) == []
        await store.contacts.forbid(tx, [a_ban(ana), a_ban(ana, WHATSAPP)])
        assert await store.contacts.sharing(tx, [ana]) == [same]
        taken = await store.contacts.inherit(tx, [same, other])
        assert said(taken) == [(same, CALL, ana), (same, WHATSAPP, ana)]
        assert (taken[0].wish.since, taken[0].wish.reason) == (LONG_AGO, "asked for it")
        assert await store.contacts.inherit(tx, [same, other, ana]) == []
        assert await store.contacts.inherit(tx, []) == []


async def test_who_takes_a_wish_over_from_a_follower_has_it_from_the_one_who_said_it(store: Store) -> None:
    async with store.begin() as tx:
        ana, same, third = await people(
            store,
            tx,
            someone(1),
            someone(2, phone="+40712000001"),
            someone(3, email="ana2@example.com"),
        )
        await store.contacts.forbid(tx, [a_ban(ana)])
        await store.contacts.inherit(tx, [same])
        assert said(await store.contacts.inherit(tx, [third])) == [(third, CALL, ana)]


async def test_a_follower_who_says_it_too_has_a_wish_of_their_own(store: Store) -> None:
    async with store.begin() as tx:
        ana, same = await people(store, tx, someone(1), someone(2, phone="+40712000001"))
        await store.contacts.forbid(tx, [a_ban(ana)])
        await store.contacts.inherit(tx, [same])
        assert await store.contacts.forbid(tx, [a_ban(same)]) == [a_ban(same)]
        assert await store.contacts.forbid(tx, [a_ban(same)]) == []
        assert said(await store.contacts.allow(tx, ana, [CALL])) == [(ana, CALL, None)]
        assert said(await store.contacts.of(tx, same)) == [(same, CALL, None)]


async def test_a_wish_that_is_taken_back_counts_no_more_for_its_followers(store: Store) -> None:
    async with store.begin() as tx:
        ana, same = await people(store, tx, someone(1), someone(2, phone="+40712000001"))
        await store.contacts.forbid(tx, [a_ban(ana), a_ban(ana, EMAIL)])
        await store.contacts.inherit(tx, [same])
        lifted = await store.contacts.allow(tx, ana, [CALL])
        assert said(lifted) == [(ana, CALL, None), (same, CALL, ana)]
        assert await store.contacts.inherit(tx, [ana, same]) == []
        assert said(await store.contacts.of(tx, same)) == [(same, EMAIL, ana)]
        assert await store.contacts.allow(tx, ana, [CALL]) == []


async def test_taken_back_at_a_follower_it_stays_with_who_said_it_and_is_not_taken_over_again(
    store: Store,
) -> None:
    async with store.begin() as tx:
        ana, same = await people(store, tx, someone(1), someone(2, phone="+40712000001"))
        await store.contacts.forbid(tx, [a_ban(ana)])
        await store.contacts.inherit(tx, [same])
        assert said(await store.contacts.allow(tx, same, [CALL])) == [(same, CALL, ana)]
        assert await store.contacts.inherit(tx, [same]) == []
        assert said(await store.contacts.of(tx, ana)) == [(ana, CALL, None)]


async def test_a_wish_that_is_said_anew_is_taken_over_anew(store: Store) -> None:
    async with store.begin() as tx:
        ana, same = await people(store, tx, someone(1), someone(2, phone="+40712000001"))
        await store.contacts.forbid(tx, [a_ban(ana)])
        await store.contacts.inherit(tx, [same])
        await store.contacts.allow(tx, ana, [CALL])
        later = a_ban(ana, since=tx.now + timedelta(hours=1))
        assert await store.contacts.forbid(tx, [later]) == [later]
        assert said(await store.contacts.inherit(tx, [same])) == [(same, CALL, ana)]


async def test_no_wish_slips_between_somebody_who_is_being_added_and_one_being_said(
    postgres: PostgresStore,
) -> None:
    async with postgres.begin() as tx:
        (ana,) = await people(postgres, tx, someone(1))

    async def forbid() -> list[int]:
        async with postgres.begin() as tx:
            await postgres.contacts.forbid(tx, [a_ban(ana)])
            return await postgres.contacts.sharing(tx, [ana])

    async with postgres.begin() as tx:
        (same,) = await people(postgres, tx, someone(2, phone="+40712000001"))
        assert await postgres.contacts.inherit(tx, [same]) == []
        saying = asyncio.create_task(forbid())
        done, _ = await asyncio.wait([saying], timeout=0.2)
        assert not done
    assert await saying == [same]


def test_channels_are_read_out_in_one_order() -> None:
    assert spoken([EMAIL, CALL, WHATSAPP]) == "calls, WhatsApp and email"
    assert spoken([WHATSAPP]) == "WhatsApp"
    assert missing([EMAIL, CALL, EMAIL], {CALL}) == [EMAIL]
