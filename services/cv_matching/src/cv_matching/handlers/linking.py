"""A recruiter says whose an address or number is, or takes that back: what came from there is looked at anew.

A file that nobody could be named for may be theirs now. One that was theirs by that word alone goes back to
where it was: no application keeps a CV because of a slip of the hand. What somebody has decided stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chassis import Handlers, Tx
from contracts import Actor
from contracts.cv_matching import ItemReopened, MatchMethod, MatchRequested
from contracts.messaging import Channel, SenderLinked, SenderUnlinked
from people import fold_email

from cv_matching.decision_ports import Decisions
from cv_matching.handlers.deciding import detach
from cv_matching.handlers.evidence import by_address, sender_phones
from cv_matching.ports import Directory, Items, ItemState, SenderLink

handlers = Handlers("cv_matching")

_BY_ADDRESS = (MatchMethod.EXACT_EMAIL, MatchMethod.EXACT_PHONE)


@handlers.on(SenderLinked, consumer="follow_intake")
async def know_sender(event: SenderLinked, tx: Tx, directory: Directory, items: Items) -> None:
    """Whose address or number it is counts for what comes from there, and for what waits for a person."""
    if event.candidate_id is None:
        return
    if event.channel is Channel.EMAIL:
        link = SenderLink(event.link_id, event.candidate_id, "email", fold_email(event.sender))
        await directory.keep_link(tx, link)
    elif numbers := sender_phones(event.sender, event.channel):
        await directory.keep_link(tx, SenderLink(event.link_id, event.candidate_id, "phone", numbers[0]))
    await _match_again(tx, event.message_ids, items)


@handlers.on(SenderUnlinked, consumer="follow_intake")
async def forget_sender(
    event: SenderUnlinked, tx: Tx, directory: Directory, items: Items, decisions: Decisions
) -> None:
    """What was theirs by that word alone is nobody's again; what a recruiter has decided about stands."""
    await directory.forget_link(tx, event.link_id)
    still_theirs = await by_address(tx, event.sender, event.channel, directory)
    item_ids = await decisions.matched_with(tx, event.message_ids)
    attached = [one for item_id in item_ids for one in await decisions.attachments(tx, item_id)]
    # All at once and in one order: whoever gives one of them a CV meanwhile waits, and nobody for each other.
    await decisions.lock_cvs_of(tx, [one.application_id for one in attached if one.attached])
    for item_id in item_ids:
        await _take_back_match(tx, item_id, event.actor, still_theirs, directory, decisions)
    await _match_again(tx, event.message_ids, items)


async def _match_again(tx: Tx, message_ids: Sequence[UUID], items: Items) -> None:
    for item_id in await items.wait_again(tx, message_ids):
        tx.publish(MatchRequested(item_id=item_id))


async def _take_back_match(
    tx: Tx,
    item_id: UUID,
    actor: Actor,
    still_theirs: Sequence[int],
    directory: Directory,
    decisions: Decisions,
) -> None:
    file = await decisions.file(tx, item_id)
    if file is None or file.state is not ItemState.MATCHED or await decisions.last(tx, item_id) is not None:
        return
    present = [one for one in await decisions.attachments(tx, item_id) if one.attached]
    theirs = [one.application_id for one in present]
    by_the_sender = all(one.said.method in _BY_ADDRESS for one in present)
    if not by_the_sender or set(await directory.of_applications(tx, theirs)) <= set(still_theirs):
        return
    for one in present:
        await detach(tx, one, "undone", actor, decisions)
    await decisions.settle(tx, item_id, ItemState.UNMATCHED, "The sender is not who they were said to be.")
    tx.publish(ItemReopened(item_id=item_id, actor=actor))
