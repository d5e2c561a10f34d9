"""Patience, prices and zones: the small rules beside judging."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from scoring.domain.call import Turn, first_zone, turns_of
from scoring.domain.patience import MOST_SILENCES, pause_after_bad_answer, pause_after_silence
from scoring.domain.prices import LIST_PRICES, Price, Prices
from scoring.settings import ScoringSettings


def test_pauses_grow_and_end() -> None:
    assert pause_after_bad_answer(1) == 2.0
    assert pause_after_bad_answer(3) is None
    assert pause_after_silence(1) == 2.0
    assert pause_after_silence(1, advised=30) == 30
    assert pause_after_silence(40) == 600
    assert pause_after_silence(MOST_SILENCES) is None


@pytest.mark.parametrize(
    ("model", "cost"),
    [
        ("claude-sonnet-4-6", 0.0045),
        ("claude-haiku-4-5", 0.0015),
        ("claude-haiku-4-5-20251001", 0.0015),
        ("claude-haiku-4-5-fast", None),
        ("claude-sonnet-9", None),
        ("", None),
    ],
)
def test_an_answer_costs_its_list_price_or_nobody_knows(model: str, cost: float | None) -> None:
    assert Prices(LIST_PRICES).cost(model, 1000, 100) == cost


def test_a_free_model_costs_nothing_which_is_known() -> None:
    assert Prices({"local": Price(0, 0)}).cost("local", 5, 5) == 0


def test_prices_are_told_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_PRICES", '{"claude-sonnet-9": {"input": 2, "output": 10.5}}')
    told = settings().anthropic_prices["claude-sonnet-9"]
    assert (told.input, told.output) == (2, 10.5)
    monkeypatch.setenv("ANTHROPIC_PRICES", "")
    assert settings().anthropic_prices == {}
    for wrong in ('{"m": {"input": -1, "output": 1}}', '{"m": {"input": 1}}', '{"m": 3}', "claude: 3"):
        monkeypatch.setenv("ANTHROPIC_PRICES", wrong)
        with pytest.raises(ValidationError):
            settings()


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("ANTHROPIC_MAX_TOKENS", "0"), ("ANTHROPIC_TIMEOUT_SECONDS", "0"), ("ANTHROPIC_TIMEOUT_SECONDS", "inf")],
)
def test_what_no_answer_could_fit_in_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, wrong: str
) -> None:
    monkeypatch.setenv(name, wrong)
    with pytest.raises(ValidationError, match=name.lower()):
        settings()


def settings() -> ScoringSettings:
    return ScoringSettings(database_url="postgresql://x", database_schema="scoring", nats_url="nats://x")


def test_the_first_zone_that_is_one_counts() -> None:
    assert first_zone("Europe/London", "Europe/Bucharest") == "Europe/London"
    assert first_zone(None, "Mars/Olympus", "", "Europe/Paris") == "Europe/Paris"
    assert first_zone(None, "../etc/passwd") == "Europe/Bucharest"


def test_the_turns_of_a_call_whose_text_alone_was_kept() -> None:
    assert turns_of("Agent: Aveți permis?\n\nUser: Da,\ncategoria B.\n\nAgent: Bine.") == [
        Turn("agent", "Aveți permis?"),
        Turn("user", "Da,\ncategoria B."),
        Turn("agent", "Bine."),
    ]
    assert turns_of("Da, am permis.") == [Turn("user", "Da, am permis.")]
    assert turns_of("  ") == []
