"""Calling as a process: settings, ports and what fills them."""

from __future__ import annotations

from datetime import timedelta

from chassis.periodic import Periodic
from chassis.service import Service, run

from calling.adapters.elevenlabs import ElevenLabs
from calling.adapters.postgres_attempts import PostgresAttempts
from calling.adapters.postgres_callbacks import PostgresCallbacks
from calling.adapters.postgres_callees import PostgresCallees
from calling.adapters.postgres_lines import PostgresLines
from calling.adapters.postgres_queue import PostgresQueue
from calling.adapters.postgres_recalls import PostgresRecalls
from calling.adapters.postgres_recordings import PostgresRecordings
from calling.adapters.postgres_replica import PostgresReplica, PostgresUnboundWebhooks
from calling.adapters.postgres_stops import PostgresStops
from calling.adapters.postgres_verdicts import PostgresVerdicts
from calling.adapters.public_holidays import PublicHolidays
from calling.handlers import handlers
from calling.handlers.recording import forget_unclaimed_recordings
from calling.ports import (
    Attempts,
    Callbacks,
    CallingPolicy,
    Gate,
    Queue,
    Recordings,
    Replica,
    Switchboard,
    Telephony,
    UnboundWebhooks,
)
from calling.settings import Settings


def build(settings: Settings) -> Service:
    telephony = ElevenLabs(
        api_key=settings.elevenlabs_api_key.get_secret_value(),
        agent_id=settings.elevenlabs_agent_id,
        phone_number_id=settings.elevenlabs_phone_number_id,
        base_url=settings.elevenlabs_base_url,
        timeout_seconds=settings.request_seconds,
        target_concurrency=settings.call_target_concurrency,
    )
    return Service(
        "calling",
        settings,
        handlers,
        ports={
            Replica: PostgresReplica(),
            Queue: PostgresQueue(),
            Attempts: PostgresAttempts(),
            Recordings: PostgresRecordings(),
            UnboundWebhooks: PostgresUnboundWebhooks(),
            Callbacks: PostgresCallbacks(),
            Gate: Gate(PostgresCallees(), PostgresVerdicts(), PublicHolidays(), settings.cooldown),
            Switchboard: Switchboard(
                PostgresStops(),
                PostgresLines(),
                PostgresRecalls(),
                settings.caps,
                settings.breaker,
                settings.closing_margin,
            ),
            Telephony: telephony,
            CallingPolicy: settings.policy,
        },
        every=[
            Periodic("forget_unclaimed_recordings", timedelta(hours=1), forget_unclaimed_recordings),
        ],
    )


def main() -> None:
    run(build(Settings()))


if __name__ == "__main__":
    main()
