"""The town in which people are rung: intake, gateway and calling, which is killed.

Scoring is not there: a completed call is where an application comes to rest.
"""

from __future__ import annotations

from uuid import uuid4

from contracts.intake import PositionDetails, QueueCalls
from contracts.intake.positions import RetryRule, RetryRules
from ops.bus import OPERATOR

from .moments import Moment
from .town import Plan, Town

FAST = 240.0
"""A call is over in a second, and a day, after which a call without news is left to a person, in six minutes:
on a busy machine 200 kills take longer than that."""
SECRET = "wsec_sandbox"

POSITION = PositionDetails(
    title="Sales Representative",
    employer="Exemplu SRL",
    system_prompt="You call {candidate_name} about {position_title}.",
    first_message="Aveți un minut?",
    calling_hour_start=0,
    calling_hour_end=24,
    calling_days=[0, 1, 2, 3, 4, 5, 6],
    call_retry_max=3,
    call_retry_interval_minutes=30,
    retry_rules=RetryRules(busy=RetryRule(), voicemail=RetryRule()),
)

MOMENTS = (
    QUEUE := Moment("calls were asked for", latest=0.6),
    SUBMIT := Moment(
        "the provider took calls, and its answer hangs", latest=0.1, sight="call", hangs="elevenlabs"
    ),
    Moment("the provider took calls and answers", latest=0.03, sight="call"),
    Moment("the provider reports a call", latest=0.06, sight="webhook", whoever=True),
    Moment("calling has just said something", latest=0.02, sight="outbox"),
    Moment("any time", latest=0.8, whoever=True),
)


def _environment(sandbox: str) -> dict[str, str]:
    return {
        "ELEVENLABS_TIMEOUT_SECONDS": "1.0",
        "CALL_BATCH_SIZE": "3",
        # The breaker would rightly stop a position at which everything goes wrong.
        "CALL_BREAKER_FAILURES": "1000000",
        "ELEVENLABS_API_KEY": "sandbox-elevenlabs-key",
        "ELEVENLABS_AGENT_ID": "agent_sandbox",
        "ELEVENLABS_PHONE_NUMBER_ID": "phnum_sandbox",
        "ELEVENLABS_WEBHOOK_SECRET": SECRET,
        "ELEVENLABS_BASE_URL": f"{sandbox}/elevenlabs",
    }


RINGING = Plan(
    services=("calling", "gateway", "intake"),
    pace=FAST,
    position=POSITION,
    environment=_environment,
    sandbox={"ELEVENLABS_POST_CALL_AUDIO": "true"},
)


async def trigger(here: Town, applications: list[int]) -> None:
    command = QueueCalls(command_id=uuid4(), actor=OPERATOR, application_ids=applications)
    assert (await here.operator.ask(command))["queued"] == applications
