"""How much is called: one default everywhere, and an empty limit stays empty on its way to the service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from calling.settings import Settings

Manifest = dict[str, Any]
RARELY = {"CALL_PROVIDER_PAUSE_MINUTES"}


def set_by_hand(environment: dict[str, Any]) -> dict[str, str]:
    """What a file gives calling of its own limits, as text."""
    found = {name: value for name, value in environment.items() if name.startswith("CALL_")}
    return {name: "" if value is None else str(value) for name, value in found.items()}


def read(given: dict[str, str]) -> dict[str, Any]:
    """Those limits as calling understands them."""
    own = {name.lower(): value for name, value in given.items()}
    told = Settings(database_url="postgresql://x", database_schema="calling", nats_url="nats://x", **own)  # type: ignore[arg-type]
    return {name: getattr(told, name) for name in own}


def test_every_limit_can_be_set_and_has_the_same_default_everywhere(
    compose: Manifest, manifests: list[Manifest]
) -> None:
    fields = {name: field.default for name, field in Settings.model_fields.items()}
    expected = {
        name: default
        for name, default in fields.items()
        if name.startswith("call_") and name.upper() not in RARELY
    }
    [pod] = [one for one in manifests if one["kind"] == "Deployment" and one["metadata"]["name"] == "calling"]
    [container] = pod["spec"]["template"]["spec"]["containers"]
    in_kubernetes = {each["name"]: each.get("value") for each in container["env"]}
    assert read(set_by_hand(compose["services"]["calling"]["environment"])) == expected
    assert read(set_by_hand(in_kubernetes)) == expected


def test_an_empty_limit_reaches_calling_as_no_limit(
    environment: dict[str, str], filled_in: Callable[[dict[str, str]], Manifest]
) -> None:
    """``:-100`` in the compose file would have made 100 of it, whatever the example says."""
    composed = filled_in(environment | {"CALL_MOST_AT_ONCE": ""})
    limits = read(set_by_hand(composed["services"]["calling"]["environment"]))
    assert limits["call_most_at_once"] is None
    assert limits["call_most_per_day"] is None
