"""What can be set is written down, nothing else is, and it reads the same wherever it is set."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from chassis.settings import ServiceSettings
from cv_matching.settings import Settings as MatchingSettings
from intake.adapters.lead_reader import MOST_MEMORY
from ops.topology import SERVICES, VARIABLES

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
Manifest = dict[str, Any]
KnownSettings = dict[str, type[ServiceSettings]]

OURS = {"DATABASE_URL", "NATS_URL", "NATS_USER", "NATS_PASSWORD", "BLOBS_URL", "COOKIE_SECURE"}
"""Set by the files themselves, to something else than the default."""
NO_SETTINGS = {
    *(variable for variable, _ in VARIABLES.values()),
    *("RECRUITFLOW_STATE", "RECRUITFLOW_DEBUG", "RECRUITFLOW_VERSION", "UI_LISTEN", "GATEWAY_LISTEN"),
    *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "OTEL_EXPORTER_OTLP_ENDPOINT"),
}
"""Of the command line, of compose, of libraries."""
NO_VARIABLES = {"DEAD_LETTERS", "KEPT_APART"}
NEXT_TO_THE_CHILDREN = 256 << 20
"""Bytes for the service itself; cv_matching was seen to take 143 MB, intake 195 MB."""

PAGES = [
    page
    for place in ("*.md", "docs/**/*.md", "deploy/*.md", "services/*/README.md")
    for page in ROOT.glob(place)
]


def known(settings_of: KnownSettings) -> set[str]:
    return {name.upper() for settings in settings_of.values() for name in settings.model_fields}


def of_the_pod(manifests: list[Manifest], service: str) -> Manifest:
    [pod] = [
        one
        for one in manifests
        if one["kind"] == "Deployment" and one["metadata"]["name"] == service.replace("_", "-")
    ]
    [container] = pod["spec"]["template"]["spec"]["containers"]
    found: Manifest = container
    return found


def in_bytes(memory: str) -> int:
    number, unit = re.fullmatch(r"(\d+)([a-zA-Z]+)", memory).groups()  # type: ignore[union-attr]
    return int(number) << {"m": 20, "g": 30}[unit[0].lower()]


@pytest.mark.parametrize("service", SERVICES)
def test_every_setting_is_written_down(settings_of: KnownSettings, service: str) -> None:
    """In the example where it is often set, else in the table of the deployment's README."""
    example = set(re.findall(r"^(\w+)=", (DEPLOY / "env.example").read_text(), re.MULTILINE))
    table = set(re.findall(r"`([A-Z_]+)`", (DEPLOY / "README.md").read_text()))
    settings = {name.upper() for name in settings_of[service].model_fields}
    assert settings - example - table - OURS == set()


def test_what_the_pages_name_can_be_set(settings_of: KnownSettings) -> None:
    example = set(re.findall(r"^(\w+)=", (DEPLOY / "env.example").read_text(), re.MULTILINE))
    fine = known(settings_of) | example | NO_SETTINGS | NO_VARIABLES
    for page in PAGES:
        named = set(re.findall(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)[`=]", page.read_text(encoding="utf-8")))
        assert named - fine == set(), page.relative_to(ROOT)


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_set_by_default_is_the_services_own_default(
    compose: Manifest,
    filled_in: Callable[[dict[str, str]], Manifest],
    manifests: list[Manifest],
    settings_of: KnownSettings,
    service: str,
) -> None:
    """In the example, in compose where nothing is set, and in Kubernetes: as everybody else runs it."""
    settings = settings_of[service]
    in_compose = [one["services"][service]["environment"] for one in (compose, filled_in({}))]
    in_kubernetes = {each["name"]: each["value"] for each in of_the_pod(manifests, service)["env"]}
    for given in (*in_compose, in_kubernetes):
        own = {
            name.lower(): str(value)
            for name, value in given.items()
            if name not in OURS and value not in ("", None) and name != "SECRETS_KEY"
        }
        told = settings.model_validate({"database_url": "postgresql://x"} | own)
        assert {name: getattr(told, name) for name in own} == {
            name: settings.model_fields[name].get_default(call_default_factory=True) for name in own
        }


def test_memory_is_enough_for_all_that_may_be_read_at_once(
    compose: Manifest, manifests: list[Manifest]
) -> None:
    """Else the kernel ends what it likes: in Kubernetes the whole container, with everything in it."""
    fields = MatchingSettings.model_fields
    reading = fields["reading_at_once"].default * fields["reading_memory_mib"].default << 20
    for service, children in (("cv_matching", reading), ("intake", MOST_MEMORY)):
        limits = (
            compose["services"][service]["mem_limit"],
            of_the_pod(manifests, service)["resources"]["limits"]["memory"],
        )
        for limit in limits:
            assert in_bytes(limit) >= children + NEXT_TO_THE_CHILDREN, service
