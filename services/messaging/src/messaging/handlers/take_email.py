"""One email on its way in: its files stored, written down and made known; a report on one of ours applied.

A crash anywhere in between does it again and finds it known: files stored before are stored over, not twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog
from chassis import Begin, Tx
from chassis.blobs import Blobs
from contracts import BlobRef
from contracts.messaging import Attachment

from messaging.domain.automatic import DeliveryReport
from messaging.domain.cv_requests import MessageStatus
from messaging.domain.emails import NOBODY, Email
from messaging.domain.letters import Channel
from messaging.domain.whapi_inbox import Report
from messaging.handlers.arrivals import announce, find_writer, take_in
from messaging.handlers.reports import apply_report
from messaging.ports import Inbound, Inbounds, Inbox, Messages, Objections, Pipeline
from messaging.ports.mailbox import EmailGone, Outline, SentMail, Stumbled

log = structlog.get_logger(__name__)

MACHINE = "a mail system's own message; no candidate wrote it"


class ReportTooEarly(Stumbled):
    """Our own email is not settled yet: what became of it is taken in when it is."""


@dataclass(slots=True)
class EmailTaker:
    inbounds: Inbounds
    pipeline: Pipeline
    objections: Objections
    messages: Messages
    sent_mail: SentMail
    blobs: Blobs

    async def knows(self, begin: Begin, external_id: str) -> bool:
        async with begin() as tx:
            return await self.inbounds.knows(tx, Channel.EMAIL, external_id)

    async def take(self, begin: Begin, email: Email) -> None:
        if email.report is not None and await self._apply(begin, email, email.report):
            return
        notes = [MACHINE, *email.notes] if email.report else list(email.notes)
        message_id = message_id_of(email.external_id)
        files = [(file.file_name, file.content_type, file.data) for file in email.files]
        attachments = await self._store(message_id, files)
        async with begin() as tx:
            inbound = await self._inbound(tx, email)
            await self._announce(tx, inbound, attachments, notes, typed=not email.automatic)

    async def give_up(self, begin: Begin, inbox: Inbox, external_id: str, problem: str) -> None:
        """It is made known with what is known of it, and kept as it came; unless it was taken already."""
        if await self.knows(begin, external_id):
            return
        outline, raw = await _best_known(inbox, external_id)
        files = [("message.eml", "message/rfc822", raw)] if raw else []
        # Under a name of its own: whoever can read it at the same moment has its files under the other.
        attachments = await self._store(message_id_of(external_id), files, "as_it_came/")
        where = "it is attached as it came" if raw else "it is still in Gmail"
        note = f"this email could not be read ({problem}); {where}"
        async with begin() as tx:
            email = Email(external_id, outline.sender, None, outline.subject, "", [], outline.received_at)
            inbound = await self._inbound(tx, email)
            await self._announce(tx, inbound, attachments, [note], typed=False)

    async def _inbound(self, tx: Tx, email: Email) -> Inbound:
        return Inbound(
            message_id=message_id_of(email.external_id),
            channel=Channel.EMAIL,
            external_id=email.external_id,
            sender=email.sender,
            sender_name=email.sender_name,
            writer=await find_writer(tx, Channel.EMAIL, email.sender, self.pipeline),
            subject=email.subject,
            body=email.body,
            received_at=min(email.received_at or tx.now, tx.now),
            thread_id=email.thread_id,
        )

    async def _announce(
        self, tx: Tx, inbound: Inbound, attachments: list[Attachment], notes: Sequence[str], *, typed: bool
    ) -> None:
        """What no person typed is not taken for anybody's wish."""
        kept = [attachment.model_dump(mode="json") for attachment in attachments]
        if typed:
            new = await take_in(tx, inbound, kept, self.inbounds, self.pipeline, self.objections)
        else:
            new = await self.inbounds.add(tx, inbound, kept)
        if new:
            await announce(tx, inbound, attachments, self.blobs, "; ".join(notes) or None)

    async def _store(
        self, message_id: UUID, files: Sequence[tuple[str, str, bytes]], within: str = ""
    ) -> list[Attachment]:
        attachments = []
        for number, (name, kind, data) in enumerate(files):
            stored: BlobRef = await self.blobs.put(f"inbound/{message_id}/{within}{number}", data, kind)
            attachments.append(Attachment(file=stored, file_name=name, content_type=kind))
        return attachments

    async def _apply(self, begin: Begin, email: Email, report: DeliveryReport) -> bool:
        """Whether it is about a message of ours; one that is only late is tried on by the mail system."""
        async with begin() as tx:
            ours = await self.sent_mail.find(tx, report.message_ids, email.thread_id, report.recipient)
            if ours is None:
                return False
            if not report.final:
                log.info("email_is_late", message_id=str(ours.message_id))
                return True
            if ours.external_id is None:
                if ours.status in (MessageStatus.PENDING, MessageStatus.UNKNOWN):
                    raise ReportTooEarly("a report on an email that is not settled")
                return True
            at = min(email.received_at or tx.now, tx.now)
            await apply_report(
                tx, Report(ours.external_id, "failed", at, report.reason), self.messages, self.pipeline
            )
        return True


async def _best_known(inbox: Inbox, external_id: str) -> tuple[Outline, bytes | None]:
    try:
        outline = await inbox.outline(external_id)
    except Exception as failure:
        log.warning("email_without_outline", external_id=external_id, failure=type(failure).__name__)
        outline = Outline(NOBODY, "", None)
    try:
        raw = await inbox.raw(external_id)
    except EmailGone:
        raw = None
    except Exception as failure:
        log.warning("email_without_content", external_id=external_id, failure=type(failure).__name__)
        raw = None
    return outline, raw


def message_id_of(external_id: str) -> UUID:
    """Always the same for the same email."""
    return uuid5(NAMESPACE_URL, f"gmail:{external_id}")
