"""What no mail may do: take an address no index holds, bring files without end, pass for a bounce."""

from __future__ import annotations

import random

from chassis.ids import new_id
from contracts.messaging import Channel, LinkSender, MessageFailed, MessageReceived, SenderLinked
from messaging.domain.emails import LONGEST_ADDRESS, MOST_FILES, NOBODY
from messaging.domain.whapi_inbox import Media

from .conversation_desk import IRINA, STRANGER, Desk, refused
from .office import Office, a_document, a_post
from .raw_mails import a_mail, read
from .test_receiving import an_email


async def test_an_address_that_is_longer_than_any_is_cut_and_the_mail_is_taken(on_postgres: Office) -> None:
    """A key that is too long for an index would keep the mail out for good."""
    letters = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=9_000))
    raw = f"From: {letters}@example.com\r\nSubject: CV\r\n\r\nhello".encode()
    on_postgres.mailbox.emails["m1"] = read(raw, id="m1")
    await on_postgres.polls()
    [shown] = await on_postgres.room.said(MessageReceived)
    assert len(shown.sender) == LONGEST_ADDRESS
    assert on_postgres.mailbox.processed == ["m1"]


async def test_a_candidate_who_sends_us_the_bounce_of_their_reply_is_heard_with_the_file(
    office: Office,
) -> None:
    """Their reply names our mail, and so does what came back to them: ours arrived all the same."""
    await office.has_asked()
    [letter] = office.mail.sent
    office.mailbox.emails["m1"] = read(_with_a_report(str(letter.message_id)), id="m1")
    await office.polls()
    assert await office.room.said(MessageFailed) == []
    [heard] = await office.room.said(MessageReceived)
    assert "cv.pdf" in [file.file_name for file in heard.attachments]
    assert "no candidate wrote it" not in heard.body


def _with_a_report(key: str) -> bytes:
    """As Gmail shows it: what a forwarded mail holds stands among the parts."""
    parts = [
        "Content-Type: text/plain\r\n\r\nMy reply came back, so here it is again.",
        'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="cv.pdf"\r\n\r\n%PDF-1.4',
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; example.com\r\n\r\n"
        "Final-Recipient: rfc822; hr@example.com\r\nAction: failed\r\nStatus: 5.2.3",
    ]
    head = f"From: Ana <ana@example.com>\r\nIn-Reply-To: <{key}@recruitflow>\r\nSubject: Re: CV\r\n"
    kind = 'Content-Type: multipart/mixed; boundary="o"\r\n\r\n'
    return (head + kind + "".join(f"--o\r\n{part}\r\n" for part in parts) + "--o--\r\n").encode()


async def test_mails_without_a_sender_are_given_to_nobody(on_postgres: Office) -> None:
    """They have nothing in common: one link would give a person the CVs of all the others."""
    await on_postgres.opens()
    on_postgres.mailbox.emails["m1"] = an_email("m1", sender=NOBODY)
    await on_postgres.polls()
    command = LinkSender(
        command_id=new_id(), actor=IRINA, channel=Channel.EMAIL, sender=NOBODY, candidate_id=10
    )
    assert refused(await Desk(on_postgres).does(command)) == "no_address"


async def test_a_sender_who_is_linked_while_their_file_is_fetched_is_not_left_behind(
    on_postgres: Office,
) -> None:
    office, desk = on_postgres, Desk(on_postgres)
    await office.opens()
    document = a_document() | {"from": STRANGER[1:], "chat_id": f"{STRANGER[1:]}@s.whatsapp.net"}
    await office.whapi_says(a_post(document))

    class Slow:
        async def fetch(self, media: Media, limit: int) -> bytes:
            await desk.links()
            return b"%PDF-1.4"

    office.whatsapp = Slow()  # type: ignore[assignment]
    await office.fetches()
    assert len(await office.room.said(SenderLinked)) == 1
    assert (await desk.last()).candidate_id == 10


async def test_a_mail_within_a_mail_brings_no_more_files_than_a_mail_may(office: Office) -> None:
    """What all of them are called would be too much for one event, and each is looked at."""
    inner = a_mail("see the files")
    for number in range(60):
        inner.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename=f"{number}.pdf")
    outer = a_mail("forwarded")
    outer.add_attachment(inner)
    outer.add_attachment(inner)
    office.mailbox.emails["m1"] = read(outer, id="m1")
    await office.polls()
    [heard] = await office.room.said(MessageReceived)
    assert len(heard.attachments) == MOST_FILES
    assert f"120 files came along and the first {MOST_FILES} were taken: open it in Gmail" in heard.body
