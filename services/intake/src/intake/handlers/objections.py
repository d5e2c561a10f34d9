"""Who writes that they want no more of us is not called, written to or mailed: the same wish as any other.

Messaging keeps to it from the moment it reads the message; here it is written down with the words, for every
channel, taken over by whoever shares a number or an address, and lifted by a recruiter alone.
"""

from __future__ import annotations

import structlog
from chassis import Handlers, Tx
from contracts import Actor
from contracts.messaging import ContactObjected

from intake.domain.contact import ContactChannel, Wish, objected
from intake.handlers.contact import forbid
from intake.ports import Ban, Candidates, Contacts

handlers = Handlers("intake")
_log = structlog.get_logger(__name__)

MESSAGE = "message"
"""The source of such a wish."""


@handlers.on(ContactObjected)
async def forbid_who_objected(
    event: ContactObjected, tx: Tx, candidates: Candidates, contacts: Contacts
) -> None:
    if event.candidate_id is None or await candidates.get(tx, event.candidate_id) is None:
        _log.warning("objection_of_nobody_known", message_id=str(event.message_id))
        return
    reason = objected(event.channel.value, event.words)
    bans = [
        Ban(Wish(event.candidate_id, channel, tx.now, MESSAGE, reason), Actor.system())
        for channel in ContactChannel
    ]
    await forbid(tx, contacts, event.candidate_id, bans)
