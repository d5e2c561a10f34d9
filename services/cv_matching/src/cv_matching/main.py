"""cv_matching, put together: settings, the ports and what fills them, the handlers."""

from __future__ import annotations

from chassis.service import Service, run

from cv_matching.adapters.claude import ClaudeReading
from cv_matching.adapters.decisions import PostgresDecisions
from cv_matching.adapters.directory import PostgresDirectory
from cv_matching.adapters.documents import ReadInChild
from cv_matching.adapters.files import PostgresCvs, PostgresItems
from cv_matching.adapters.merges import PostgresMerges
from cv_matching.decision_ports import Decisions
from cv_matching.handlers import handlers
from cv_matching.ports import CvReading, Cvs, Directory, Documents, Items, Merges
from cv_matching.settings import Settings


def build(settings: Settings) -> Service:
    ports = {
        Items: PostgresItems(),
        Cvs: PostgresCvs(),
        Decisions: PostgresDecisions(),
        Directory: PostgresDirectory(),
        Merges: PostgresMerges(),
        Documents: ReadInChild(
            settings.reading_seconds, settings.reading_memory_mib, settings.reading_at_once
        ),
        CvReading: ClaudeReading(
            api_key=settings.anthropic_api_key,
            base_url=settings.anthropic_base_url,
            model=settings.anthropic_fast_model,
        ),
    }
    return Service("cv_matching", settings, handlers, ports=ports)


def main() -> None:
    run(build(Settings()))


if __name__ == "__main__":
    main()
