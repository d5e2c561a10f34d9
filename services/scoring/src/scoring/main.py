"""Scoring, put together: what fills its ports, what it listens to."""

from __future__ import annotations

from chassis.service import Service, run

from scoring.adapters.claude import Claude
from scoring.adapters.postgres import PostgresEvaluations, PostgresPipeline
from scoring.handlers import handlers
from scoring.ports import Evaluations, Model, Pipeline
from scoring.settings import ScoringSettings


def build(settings: ScoringSettings) -> Service:
    claude = Claude(
        api_key=settings.anthropic_api_key.get_secret_value(),
        base_url=settings.anthropic_base_url,
        model=settings.anthropic_model,
        max_tokens=settings.anthropic_max_tokens,
        timeout=settings.anthropic_timeout_seconds,
    )
    ports = {Evaluations: PostgresEvaluations(), Pipeline: PostgresPipeline(), Model: claude}
    return Service("scoring", settings, handlers, ports=ports)


def main() -> None:
    run(build(ScoringSettings()))


if __name__ == "__main__":
    main()
