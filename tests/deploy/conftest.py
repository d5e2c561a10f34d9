"""The deployment as its tools see it: compose with its variables filled in, Kubernetes with its patch."""

from __future__ import annotations

import copy
import importlib
import re
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_type_hints

import pytest
import yaml
from chassis.settings import ServiceSettings
from ops.topology import SERVICES

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
Manifest = dict[str, Any]

_MERGE_KEYS = {
    "containers": "name",
    "env": "name",
    "ports": "containerPort",
    "volumes": "name",
    "volumeMounts": "mountPath",
    "topologySpreadConstraints": "topologyKey",
}
"""Lists that a strategic merge joins by a key; any other is replaced. Source: the Kubernetes API types."""


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """What make_env.py prints."""
    filled: Callable[[str], str] = runpy.run_path(str(DEPLOY / "make_env.py"))["filled"]
    lines = filled((DEPLOY / "env.example").read_text()).splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@pytest.fixture(scope="session")
def compose(environment: dict[str, str]) -> Manifest:
    """docker-compose.yml with its variables filled in as Docker would."""
    return composed(environment)


def composed(environment: dict[str, str]) -> Manifest:
    """``:-`` stands in for what is empty too, ``-`` only for what is not there."""

    def value(found: re.Match[str]) -> str:
        given = environment.get(found["name"])
        if given is None or (found["or_empty"] and not given):
            return found["default"] or ""
        return given

    raw = (DEPLOY / "docker-compose.yml").read_text()
    variable = r"\$\{(?P<name>\w+)(?:(?P<or_empty>:)?[-?](?P<default>[^}]*))?\}"
    loaded: Manifest = yaml.safe_load(re.sub(variable, value, raw))
    return loaded


@pytest.fixture(scope="session")
def filled_in() -> Callable[[dict[str, str]], Manifest]:
    return composed


@pytest.fixture(scope="session")
def manifests() -> list[Manifest]:
    """Every manifest of the base, with the patch applied to what it is meant for."""
    found = list(_resources(DEPLOY / "k8s"))
    base = yaml.safe_load((DEPLOY / "k8s" / "kustomization.yaml").read_text())
    for patch in base["patches"]:
        change = yaml.safe_load((DEPLOY / "k8s" / patch["path"]).read_text())
        for at, manifest in enumerate(found):
            if manifest["kind"] == "Deployment":
                found[at] = _merged(manifest, {"spec": change["spec"]})
    return found


@pytest.fixture(scope="session")
def settings_of() -> dict[str, type[ServiceSettings]]:
    """The settings class that each service's ``build`` takes."""
    return {
        service: get_type_hints(importlib.import_module(f"{service}.main").build)["settings"]
        for service in SERVICES
    }


def _resources(folder: Path) -> list[Manifest]:
    found: list[Manifest] = []
    for resource in yaml.safe_load((folder / "kustomization.yaml").read_text())["resources"]:
        path = (folder / resource).resolve()
        found += _resources(path) if path.is_dir() else yaml.safe_load_all(path.read_text())
    return found


def _merged(into: Any, change: Any, key: str = "") -> Any:
    if isinstance(into, dict) and isinstance(change, dict):
        joined = copy.deepcopy(into)
        for name, value in change.items():
            joined[name] = _merged(joined[name], value, name) if name in joined else value
        return joined
    if isinstance(into, list) and isinstance(change, list) and key in _MERGE_KEYS:
        by = _MERGE_KEYS[key]
        changes = {each[by]: each for each in change}
        kept = [_merged(each, changes.pop(each[by], {})) for each in into]
        return kept + list(changes.values())
    return change
