"""Scoring, put together: what fills its ports, what it listens to."""

from __future__ import annotations

from chassis.service import Service, run

from scoring.adapters.claude import Claude
from scoring.adapters.postgres_evaluations import PostgresEvaluations
from scoring.adapters.postgres_generations import PostgresGenerations
from scoring.adapters.postgres_pipeline import PostgresPipeline
from scoring.adapters.postgres_prompts import PostgresPromptTemplates
from scoring.domain.prices import LIST_PRICES, Price, Prices
from scoring.handlers import handlers
from scoring.ports import Evaluations, Generations, Model, Pipeline, PromptTemplates
from scoring.settings import ModelSettings, ScoringSettings


def make_claude(settings: ModelSettings) -> Claude:
    """The client through which calls are judged; the evaluation lab asks through the same."""
    return Claude(
        api_key=settings.anthropic_api_key.get_secret_value(),
        base_url=settings.anthropic_base_url,
        model=settings.anthropic_model,
        max_tokens=settings.anthropic_max_tokens,
        timeout=settings.anthropic_timeout_seconds,
    )


def make_prices(settings: ModelSettings) -> Prices:
    """List prices, and before them those that were told."""
    told = {name: Price(price.input, price.output) for name, price in settings.anthropic_prices.items()}
    return Prices({**LIST_PRICES, **told})


def build(settings: ScoringSettings) -> Service:
    ports = {
        Evaluations: PostgresEvaluations(),
        Pipeline: PostgresPipeline(),
        PromptTemplates: PostgresPromptTemplates(),
        Generations: PostgresGenerations(),
        Model: make_claude(settings),
        Prices: make_prices(settings),
    }
    return Service("scoring", settings, handlers, ports=ports)


def main() -> None:
    run(build(ScoringSettings()))


if __name__ == "__main__":
    main()
