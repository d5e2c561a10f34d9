"""Who answers the lab's questions, and that nobody spends money by accident."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ops.lab.answering import choose, is_sandbox
from ops.lab.conduct import read_settings
from ops.lab.spending import Estimate, agree_to, estimate
from ops.say import Trouble
from scoring.domain.prices import LIST_PRICES, Prices
from scoring.lab.loading import load_cases
from scoring.lab.running import questions

from .lab_settings import KEY, settings


def with_key(base_url: str) -> dict[str, Any]:
    return {"anthropic_api_key": KEY, "anthropic_base_url": base_url}


@pytest.mark.parametrize(
    ("told", "wished", "kind"),
    [
        ({}, None, "sandbox"),
        ({"anthropic_api_key": KEY}, None, "model"),
        ({"anthropic_api_key": KEY}, True, "sandbox"),
        ({"anthropic_api_key": KEY}, False, "model"),
        (
            {"anthropic_api_key": KEY, "anthropic_base_url": "http://127.0.0.1:8012/anthropic"},
            None,
            "sandbox",
        ),
        (
            {"anthropic_api_key": KEY, "anthropic_base_url": "http://localhost:8012/anthropic/"},
            None,
            "sandbox",
        ),
        ({"anthropic_api_key": KEY, "anthropic_base_url": "http://127.0.0.1:11434"}, None, "model"),
    ],
)
def test_the_real_model_answers_where_a_key_is_set_and_no_sandbox_is_meant(
    told: dict[str, Any], wished: bool | None, kind: str
) -> None:
    answering = choose(settings(**told), sandbox=wished)
    assert answering.kind == kind
    assert (answering.name == "sandbox") == (kind == "sandbox")
    assert (answering.prices.cost("claude-sonnet-4-6", 1, 1) is None) == (kind == "sandbox")


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ({}, "ANTHROPIC_API_KEY"),
        (
            {"anthropic_api_key": KEY, "anthropic_base_url": "http://127.0.0.1:1/anthropic"},
            "ANTHROPIC_BASE_URL",
        ),
    ],
)
def test_the_real_model_can_not_be_had_without_a_key(told: dict[str, Any], named: str) -> None:
    with pytest.raises(Trouble, match=named):
        choose(settings(**told), sandbox=False)


def test_another_model_is_asked_by_its_name_and_an_address_keeps_its_secrets() -> None:
    told = settings(anthropic_api_key=KEY, anthropic_base_url="https://me:secret@proxy.example.com/v2")
    answering = choose(told, model="claude-haiku-4-5")
    assert (answering.name, answering.asked_at) == ("claude-haiku-4-5", "proxy.example.com")
    assert answering.settings.anthropic_model == "claude-haiku-4-5"


def test_an_address_elsewhere_is_a_sandbox_only_where_one_answers() -> None:
    assert not is_sandbox("https://nobody.invalid/anthropic")
    assert not is_sandbox("https://api.anthropic.com")


A_SUM = Estimate(117, 200_000, 80_000, 1.8)


@pytest.mark.parametrize(
    ("cost", "yes", "answers", "goes_on"),
    [
        (A_SUM, True, None, True),
        (A_SUM, False, True, True),
        (A_SUM, False, False, False),
        (A_SUM, False, None, False),
        (Estimate(3, 900, 100, 0.004), False, None, True),
        (Estimate(3, 900, 100, None), False, None, False),
        (Estimate(3, 900, 100, None), False, True, True),
    ],
)
def test_money_is_spent_only_by_somebody_who_meant_to(
    cost: Estimate, yes: bool, answers: bool | None, goes_on: bool
) -> None:
    asked: list[str] = []

    def confirm(question: str) -> bool:
        asked.append(question)
        return bool(answers)

    sits_there: Callable[[str], bool] | None = None if answers is None else confirm
    if goes_on:
        agree_to(cost, yes=yes, above=1.0, confirm=sits_there)
    else:
        with pytest.raises(Trouble, match="nothing was spent" if sits_there else "--yes"):
            agree_to(cost, yes=yes, above=1.0, confirm=sits_there)
    assert len(asked) == (answers is not None)


def test_the_estimate_is_rather_high() -> None:
    """The sandbox counts four letters a token, and its answers are short: real ones lie in between."""
    cost = estimate(questions(load_cases()), 3, "claude-sonnet-4-6", Prices(LIST_PRICES))
    assert cost.questions == 3 * len(load_cases())
    assert 100_000 < cost.input_tokens < 300_000
    assert cost.usd is not None
    assert 1 < cost.usd < 5
    assert estimate(questions(load_cases()), 3, "somebody-else", Prices(LIST_PRICES)).usd is None


def test_a_setting_that_cannot_be_read_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_PRICES", '{"claude-sonnet-4-6": {"input": "secret"}}')
    with pytest.raises(Trouble, match="ANTHROPIC_PRICES") as trouble:
        read_settings()
    assert "secret" not in str(trouble.value)
