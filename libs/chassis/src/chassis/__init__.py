"""How a RecruitFlow service runs. No business word in here.

A service is put together from handlers and ports; the chassis brings transactions with inbox and outbox, the
relay, timers, consumers with growing delays and dead letters, commands, blobs, clock, settings, health and
telemetry.
"""

from chassis.clock import Clock
from chassis.handlers import Handlers
from chassis.tx import Begin, Tx

__all__ = ["Begin", "Clock", "Handlers", "Tx"]
