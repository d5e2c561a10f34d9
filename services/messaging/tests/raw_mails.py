"""Raw mails, and how they read once Gmail has answered them."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from messaging.domain.emails import Email, parts_of, read_email
from sandbox.gmail.parts import payload as gmail_payload


def read(raw: bytes | EmailMessage, **more: Any) -> Email:
    """As Gmail would answer it, with everything inside."""
    content = raw if isinstance(raw, bytes) else raw.as_bytes()
    tree = gmail_payload(content, lambda part: f"A{part}")
    parts = [part if part.data is not None else part.with_data(b"large") for part in parts_of(tree)]
    return read_email({"id": "m1", "threadId": "t1", "payload": tree, **more}, parts)


def a_mail(text: str = "Bună ziua", **headers: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "Ana Probă <ana@example.com>"
    mail["Subject"] = "CV"
    mail.set_content(text)
    for name, value in headers.items():
        name = name.replace("_", "-")
        del mail[name]
        mail[name] = value
    return mail
