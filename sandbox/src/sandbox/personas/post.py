"""How a candidate's mail is made: an RFC 2822 message with the files that go with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from sandbox.personas.cv import Cv


def compose_mail(
    sender: Address,
    to: str,
    subject: str,
    text: str,
    at: datetime,
    message_id: str,
    files: Sequence[Cv] = (),
    answers: dict[str, str] | None = None,
) -> bytes:
    """``answers`` holds the headers of the mail that this one replies to."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id
    if answers and (key := answers.get("message-id", "").strip()):
        mail["In-Reply-To"] = key
        mail["References"] = f"{answers.get('references', '').strip()} {key}".strip()
    mail.set_content(text)
    for file in files:
        main, _, sub = file.content_type.partition("/")
        mail.add_attachment(file.content, maintype=main, subtype=sub, filename=file.file_name)
    return bytes(mail)


def sender_of(name: str | None, address: str) -> Address:
    return Address(display_name=name or "", addr_spec=address)
