"""How a RecruitFlow service runs. No business word in here.

A service is put together from handlers and ports; the chassis brings transactions with inbox and outbox, the
relay, timers, consumers with growing delays and dead letters, commands, blobs, clock, settings, health and
telemetry.
"""

from chassis.blobs import Blobs
from chassis.clock import Clock
from chassis.commands import CommandClient
from chassis.handlers import Handlers
from chassis.periodic import Periodic
from chassis.retries import TryLater
from chassis.service import Service, run
from chassis.settings import ServiceSettings
from chassis.tx import Begin, Tx

__all__ = [
    "Begin",
    "Blobs",
    "Clock",
    "CommandClient",
    "Handlers",
    "Periodic",
    "Service",
    "ServiceSettings",
    "TryLater",
    "Tx",
    "run",
]
