"""What people asked us not to do, as recruiters write it down, and how it follows number and address."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from chassis import Handlers, Tx
from contracts import Accepted, Refused
from contracts.intake import AllowContact, ContactAllowed, ContactForbidden, ForbidContact
from contracts.intake import ContactChannel as Channel

from intake.domain.contact import ContactChannel, Wish, missing, spoken
from intake.ports import Ban, Candidates, Contacts

handlers = Handlers("intake")


@handlers.answers(ForbidContact)
async def forbid_contact(
    command: ForbidContact, tx: Tx, candidates: Candidates, contacts: Contacts
) -> Accepted | Refused:
    """At once for everybody who shares a number or an address with the person, however they came in."""
    if await candidates.get(tx, command.candidate_id) is None:
        return Refused(code="not_found", message="There is no such candidate.")
    source, reason = command.source.strip(), command.reason.strip()
    if not source or not reason:
        return Refused(code="no_reason", message="Write down how the person said so, and what they said.")
    bans = [
        Ban(Wish(command.candidate_id, channel, tx.now, source, reason), command.actor)
        for channel in missing(_channels(command.channels), [])
    ]
    new = await forbid(tx, contacts, command.candidate_id, bans)
    return Accepted(result={"forbidden": [ban.wish.channel.value for ban in new]})


async def forbid(tx: Tx, contacts: Contacts, candidate_id: int, bans: Sequence[Ban]) -> list[Ban]:
    """What is new of a person's wishes, said for them and for whoever shares a number or an address."""
    new = await contacts.forbid(tx, bans)
    tell_forbidden(tx, new)
    if new:
        await take_over(tx, contacts, await contacts.sharing(tx, [candidate_id]))
    return new


@handlers.answers(AllowContact)
async def allow_contact(
    command: AllowContact, tx: Tx, candidates: Candidates, contacts: Contacts
) -> Accepted | Refused:
    """Where the wish was said it is lifted for all who took it over; at one of those, for that one alone.

    It counts for every record of the person. Whoever took the wish over stays forbidden as long as somebody
    else with the same number or address has said it too.
    """
    person = await candidates.get(tx, command.candidate_id)
    if person is None:
        return Refused(code="not_found", message="There is no such candidate.")
    reason = command.reason.strip()
    if not reason:
        return Refused(code="no_reason", message="Write down on whose word it is allowed again.")
    lifted = await contacts.allow(tx, command.candidate_id, _channels(command.channels))
    if not lifted:
        channels = spoken(_channels(command.channels))
        return Refused(code="not_forbidden", message=f"Nothing is forbidden here on {channels}.")
    kept = person.merged_into or person.candidate_id
    theirs = {kept, *(alias.candidate_id for alias in await candidates.aliases(tx, kept))}
    others = {ban.wish.candidate_id for ban in lifted} - theirs
    still = await take_over(tx, contacts, sorted(others), but=theirs)
    again = {(ban.wish.candidate_id, ban.wish.channel) for ban in still}
    lifted = [ban for ban in lifted if (ban.wish.candidate_id, ban.wish.channel) not in again]
    for ban in lifted:
        tx.publish(
            ContactAllowed(
                candidate_id=ban.wish.candidate_id,
                channel=Channel(ban.wish.channel),
                reason=reason,
                actor=command.actor,
            )
        )
    return Accepted(result={"allowed_for": sorted({ban.wish.candidate_id for ban in lifted})})


async def take_over(
    tx: Tx, contacts: Contacts, candidate_ids: Sequence[int], *, but: Collection[int] = ()
) -> list[Ban]:
    """For people who are new or have changed, as the last step of a transaction: says what they took over.

    So does whoever shares a number or an address with one of those, and so on, save those in ``but``.
    """
    every: list[Ban] = []
    reached = list(candidate_ids)
    while taken := await contacts.inherit(tx, reached):
        every += taken
        following = await contacts.sharing(tx, sorted({ban.wish.candidate_id for ban in taken}))
        reached = [candidate_id for candidate_id in following if candidate_id not in but]
    tell_forbidden(tx, every)
    return every


def tell_forbidden(tx: Tx, bans: Sequence[Ban]) -> None:
    for ban in bans:
        wish = ban.wish
        tx.publish(
            ContactForbidden(
                candidate_id=wish.candidate_id,
                channel=Channel(wish.channel),
                since=wish.since,
                source=wish.source,
                reason=wish.reason,
                actor=ban.actor,
                same_as=wish.same_as,
            )
        )


def _channels(channels: Sequence[Channel]) -> list[ContactChannel]:
    return [ContactChannel(channel) for channel in channels]
