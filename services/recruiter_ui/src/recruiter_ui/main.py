"""recruiter_ui, put together: one projection, one feed of changes, the pages."""

from __future__ import annotations

from datetime import timedelta

from chassis import Begin, Clock
from chassis.blobs import Blobs
from chassis.commands import CommandClient
from chassis.periodic import Periodic
from chassis.service import Service, run
from fastapi import FastAPI

from recruiter_ui.adapters.read_model import PostgresReadModel, forget_old_changes
from recruiter_ui.handlers import handlers
from recruiter_ui.live import ChangesFeed
from recruiter_ui.pages.lost import add_lost_pages
from recruiter_ui.pages.routes import add_pages
from recruiter_ui.ports import ReadModel
from recruiter_ui.settings import Settings
from recruiter_ui.web import Pages, Ui


def build(settings: Settings) -> Service:
    feed = ChangesFeed(settings.database_url, settings.database_schema or "recruiter_ui")

    def pages(service: Service) -> FastAPI:
        app = FastAPI(title="recruiter_ui", docs_url=None, redoc_url=None, openapi_url=None)

        def ui() -> Ui:
            return Ui(
                settings=settings,
                begin=service.port(Begin),
                commands=service.port(CommandClient),
                blobs=service.port(Blobs),
                clock=service.port(Clock),
                feed=service.port(ChangesFeed),
            )

        add_pages(Pages(app.router, ui))
        add_lost_pages(app, ui)
        return app

    return Service(
        "recruiter_ui",
        settings,
        handlers,
        ports={ReadModel: PostgresReadModel(), ChangesFeed: feed},
        every=[Periodic("forget_old_changes", timedelta(minutes=10), forget_old_changes)],
        http=pages,
    )


def main() -> None:
    run(build(Settings()))


if __name__ == "__main__":
    main()
