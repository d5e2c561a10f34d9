"""The gateway as a process: settings, the door, and the log behind it. It reacts to no event."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from datetime import timedelta

from chassis import Begin, Clock, Tx
from chassis.blobs import ObjectBlobs
from chassis.periodic import Periodic
from chassis.service import Service, run
from fastapi import APIRouter

from gateway.adapters.postgres import PostgresDeliveries
from gateway.handlers import handlers
from gateway.log import DeliveryLog
from gateway.ports import Deliveries
from gateway.routes import Door, say_what_is_missing, webhook_routes
from gateway.settings import Settings


def build(settings: Settings) -> Service:
    deliveries = PostgresDeliveries()

    def begin() -> AbstractAsyncContextManager[Tx]:
        return service.begin()

    log = DeliveryLog(begin, deliveries)

    def routes(served: Service) -> APIRouter:
        say_what_is_missing(settings)
        return webhook_routes(Door(settings, served.clock, ObjectBlobs(settings.blobs_url), log))

    async def forget_old_bodies(begin: Begin, clock: Clock, kept: Deliveries) -> None:
        before = clock.now() - timedelta(days=settings.webhook_body_retention_days)
        async with begin() as tx:
            await kept.forget_bodies(tx, before)

    service = Service(
        "gateway",
        settings,
        handlers,
        ports={Deliveries: deliveries, DeliveryLog: log},
        every=[Periodic("forget_old_bodies", timedelta(days=1), forget_old_bodies)],
        http=routes,
    )
    return service


def main() -> None:
    run(build(Settings()))


if __name__ == "__main__":
    main()
