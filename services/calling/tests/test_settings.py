"""A setting that makes no sense ends the start with its name, before anybody is called by it."""

from __future__ import annotations

import pytest
from calling.settings import Settings
from pydantic import ValidationError


def told(**given: str) -> Settings:
    return Settings(database_url="postgresql://x", database_schema="calling", nats_url="nats://x", **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", ["abc", "", "-1", "nan", "inf", "1e9"])
def test_a_cooldown_that_is_no_length_of_time_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError, match="call_cooldown_hours"):
        told(call_cooldown_hours=wrong)


@pytest.mark.parametrize(
    "name",
    [
        "call_overdue_minutes",
        "call_provider_pause_minutes",
        "call_breaker_window_minutes",
        "call_recording_patience_hours",
    ],
)
def test_a_span_that_leads_to_no_date_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match=name):
        told(**{name: "99999999999"})


@pytest.mark.parametrize("name", ["call_most_at_once", "call_most_per_day", "call_target_concurrency"])
def test_an_empty_limit_is_no_limit_and_none_is_below_one(name: str) -> None:
    assert getattr(told(**{name: ""}), name) is None
    for wrong in ("0", "-3", "many"):
        with pytest.raises(ValidationError, match=name):
            told(**{name: wrong})


@pytest.mark.parametrize(
    ("timeout", "grace", "counts"), [("30", "60", 30), ("300", "60", 30), ("30", "3", 1.5)]
)
def test_no_request_to_the_provider_outlasts_the_grace(timeout: str, grace: str, counts: float) -> None:
    settings = told(elevenlabs_timeout_seconds=timeout, effect_grace_seconds=grace)
    assert settings.request_seconds == counts
