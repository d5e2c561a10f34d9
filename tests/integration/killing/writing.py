"""The town in which people are written to and write: intake, gateway, cv_matching, and messaging (killed).

Nobody is called: a verdict is set by hand. From there on it is the pipeline's: the request for a CV on both
channels, the reminders, what people answer, and the CV that ends it.
"""

from __future__ import annotations

from random import Random
from typing import Any
from uuid import uuid4

from contracts.intake import ApplicationStatus, OverrideStatus, PositionDetails
from ops.bus import OPERATOR

from .moments import Moment
from .town import Plan, Town, phone_of

FAST = 1440.0
"""A day in a minute: a CV comes hours after it was asked for, a reminder after six hours."""
PATIENCE = "3.0"
"""Real seconds for a provider to answer. With less, on a machine with a lot else to do, none ever did: all
was asked again and again, and nothing else went on."""
AT_REST = {"cv_received", "cv_received_rejected", "closed", "needs_human"}

MOMENTS = (
    Moment("a verdict falls", latest=0.6),
    Moment("WhatsApp took a message, and its answer hangs", latest=0.1, sight="message", hangs="whapi"),
    Moment("Gmail took an email, and its answer hangs", latest=0.1, sight="message", hangs="gmail"),
    Moment("a provider took a message and answers", latest=0.03, sight="message"),
    Moment("somebody writes", latest=0.7, sight="inbound"),
    Moment("WhatsApp delivers", latest=0.06, sight="webhook", whoever=True),
    Moment("messaging has just said something", latest=0.02, sight="outbox"),
    Moment("any time", latest=0.8, whoever=True),
)


def _environment(sandbox: str) -> dict[str, str]:
    return {
        "WHAPI_API_URL": f"{sandbox}/whapi",
        "WHAPI_TOKEN": "sandbox-whapi-token",
        "WHAPI_WEBHOOK_SECRET": "sandbox-whapi-secret",
        "WHAPI_TIMEOUT_SECONDS": PATIENCE,
        "GMAIL_BASE_URL": f"{sandbox}/gmail",
        "GMAIL_TIMEOUT_SECONDS": PATIENCE,
        "GMAIL_POLL_MINUTES": "60",
        # Runs begin at any hour of the day, and nights would only be waited for.
        "QUIET_HOURS": "",
        "EFFECT_GRACE_SECONDS": "8.0",
        "RETRY_DELAY_MAX_SECONDS": "2.0",
        "GOOGLE_TOKEN_URI": f"{sandbox}/google-token/token",
        "GOOGLE_CLIENT_ID": "sandbox-client-id",
        "GOOGLE_CLIENT_SECRET": "sandbox-client-secret",
        "GOOGLE_REFRESH_TOKEN": "sandbox-refresh-token",
        "ANTHROPIC_BASE_URL": f"{sandbox}/anthropic",
        "ANTHROPIC_API_KEY": "sandbox-anthropic-key",
    }


WRITING = Plan(
    services=("messaging", "gateway", "intake", "cv_matching"),
    pace=FAST,
    position=PositionDetails(
        title="Sales Representative", follow_up_interval_hours=6, rejected_cv_timeout_days=1
    ),
    environment=_environment,
    sandbox={"WHAPI_CALLBACK_BACKOFF_MS": "50", "WHAPI_MAX_CALLBACK_BACKOFF_MS": "500"},
)


def email_of(number: int) -> str:
    return f"ana.exemplu{number}@example.com"


async def judge(here: Town, application_id: int, *, fits: bool) -> None:
    status = ApplicationStatus.QUALIFIED if fits else ApplicationStatus.NOT_QUALIFIED
    command = OverrideStatus(
        command_id=uuid4(),
        actor=OPERATOR,
        application_id=application_id,
        status=status,
        reason="Spoke with them",
    )
    await here.operator.ask(command)


async def send_cv(here: Town, dice: Random, number: int) -> None:
    """Somebody sends their CV now, asked for or not."""
    file: dict[str, Any] = {"file_name": "cv.pdf"}
    if dice.random() < 0.5:
        way, body = "whatsapp", {"phone": phone_of(number), "text": "Bună ziua", "file": file}
    else:
        way, body = "mail", {"address": email_of(number), "subject": "CV", "text": "Bună ziua", "file": file}
    (await here.control.post(f"/act/{way}", json=body)).raise_for_status()
