"""What machines write: mails that come back, and replies that nobody typed."""

from __future__ import annotations

import pytest
from contracts.messaging import ContactObjected, MessageFailed, MessageReceived
from messaging.domain.emails import AUTOMATIC

from .office import Office
from .raw_mails import a_mail, read
from .test_receiving import an_email


def a_bounce(key: str, *, action: str = "failed", code: str = "5.1.1") -> bytes:
    """As Google's own mailer-daemon writes them."""
    return "\r\n".join(
        [
            "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
            "Subject: Delivery Status Notification (Failure)",
            "Auto-Submitted: auto-replied",
            "X-Failed-Recipients: ana.proba@example.com",
            'Content-Type: multipart/report; boundary="b"; report-type=delivery-status',
            "",
            "--b",
            "Content-Type: text/plain",
            "",
            "Address not found",
            "--b",
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; googlemail.com",
            "",
            "Final-Recipient: rfc822; ana.proba@example.com",
            f"Action: {action}",
            f"Status: {code}",
            f"Diagnostic-Code: smtp; 550-{code} no such",
            " user here",
            "",
            "--b",
            "Content-Type: text/rfc822-headers",
            "",
            f"Message-ID: <{key}@recruitflow>",
            "Subject: CV",
            "",
            "--b--",
            "",
        ]
    ).encode()


@pytest.mark.parametrize(
    ("headers", "automatic"),
    [
        ({"Auto_Submitted": "auto-replied"}, True),
        ({"X_Autoreply": "yes"}, True),
        ({"Precedence": "auto_reply"}, True),
        ({"Subject": "Automatic reply: CV"}, True),
        ({"Subject": "Răspuns automat: CV"}, True),
        ({"Auto_Submitted": "no"}, False),
        ({"Precedence": "bulk"}, False),
        ({"Subject": "Re: out of office hours?"}, False),
    ],
)
def test_a_reply_that_nobody_typed_is_marked(headers: dict[str, str], automatic: bool) -> None:
    email = read(a_mail("Sunt în concediu", **headers))
    assert email.automatic is automatic
    assert (AUTOMATIC in email.notes) is automatic


@pytest.mark.parametrize(
    ("code", "words"),
    [("5.1.1", "does not exist"), ("5.2.2", "full"), ("5.7.1", "unwanted"), ("5.4.4", "can't be reached")],
)
def test_a_report_names_our_mail_and_the_reason(code: str, words: str) -> None:
    key = "0198c0de-0000-7000-8000-000000000001"
    report = read(a_bounce(key, code=code)).report
    assert report is not None
    assert [str(found) for found in report.message_ids] == [key]
    assert report.final
    assert words in report.reason
    assert report.recipient == "ana.proba@example.com"


async def test_a_bounce_of_our_mail_fails_it_and_is_nobodys_reply(office: Office) -> None:
    await office.has_asked()
    [letter] = office.mail.sent
    office.mailbox.emails["b1"] = read(a_bounce(str(letter.message_id)), id="b1")
    await office.polls()
    await office.polls()
    [failed] = await office.room.said(MessageFailed)
    assert failed.message_id == letter.message_id
    assert failed.reason == "it came back: the address does not exist or takes no mail (5.1.1)"
    assert await office.room.said(MessageReceived) == []
    assert office.mailbox.processed == ["b1"]


async def test_a_mail_that_is_only_late_has_not_failed(office: Office) -> None:
    await office.has_asked()
    [letter] = office.mail.sent
    late = read(a_bounce(str(letter.message_id), action="delayed", code="4.4.1"), id="b1")
    office.mailbox.emails["b1"] = late
    await office.polls()
    assert await office.room.said(MessageFailed) == []
    assert await office.room.said(MessageReceived) == []


async def test_a_bounce_of_somebody_elses_mail_is_shown_and_marked(office: Office) -> None:
    office.mailbox.emails["b1"] = read(a_bounce("0198c0de-0000-7000-8000-00000000ffff"), id="b1")
    await office.polls()
    [shown] = await office.room.said(MessageReceived)
    assert "no candidate wrote it" in shown.body
    assert await office.room.said(MessageFailed) == []


async def test_a_candidate_who_quotes_our_key_has_not_made_it_fail(office: Office) -> None:
    await office.has_asked()
    [letter] = office.mail.sent
    quoting = read(a_mail(f"Re: <{letter.message_id}@recruitflow> Status: 5.1.1 failed"), id="m1")
    office.mailbox.emails["m1"] = quoting
    await office.polls()
    assert await office.room.said(MessageFailed) == []
    assert len(await office.room.said(MessageReceived)) == 1


async def test_an_automatic_reply_is_shown_marked_and_is_no_wish(office: Office) -> None:
    await office.opens()
    away = an_email("m1", body="STOP", notes=[AUTOMATIC], automatic=True, files=[])
    office.mailbox.emails["m1"] = away
    await office.polls()
    [shown] = await office.room.said(MessageReceived)
    assert shown.body == f"STOP\n\n[{AUTOMATIC}]"
    assert shown.candidate_id == 10
    assert await office.room.said(ContactObjected) == []
