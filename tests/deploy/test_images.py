"""Each image's set of packages is enough for its service, and holds no other service."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from ops.topology import SERVICES

ROOT = Path(__file__).parents[2]
LOOK = """
import importlib.util, sys
from {service}.main import build, main
from chassis.migrations import migrations_of
assert (migrations_of("{service}") / "script.py.mako").exists()
assert list((migrations_of("{service}") / "versions").glob("0001*.py"))
others = [name for name in {others!r} if importlib.util.find_spec(name)]
assert not others, others
"""


def uv() -> str:
    """The uv that ``make`` brings along, else the one on the PATH."""
    own = ROOT / ".recruitflow" / "uv" / "bin" / "uv"
    found = str(own) if own.exists() else shutil.which("uv")
    assert found, "uv is missing: run make install"
    return found


OURS = ("contracts", "chassis", "people", "ops", *SERVICES)


def sync(package: str, place: Path) -> None:
    """As the Dockerfile does, from the sources as they are: uv's cache keeps a wheel per pyproject.toml."""
    fresh = [f"--refresh-package={name}" for name in OURS]
    environment = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    installed = subprocess.run(
        [uv(), "sync", "--locked", "--no-dev", "--no-editable", "--quiet", *fresh, "--package", package],
        cwd=ROOT,
        env={**environment, "UV_PROJECT_ENVIRONMENT": str(place), "UV_LINK_MODE": "symlink"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert installed.returncode == 0, installed.stderr


def look(place: Path, source: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [place / "bin" / "python", "-I", "-c", source], cwd=place, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_has_what_its_service_needs_and_no_other_service(service: str, tmp_path: Path) -> None:
    sync(service, tmp_path / "venv")
    others = [each for each in (*SERVICES, "ops", "sandbox", "pytest") if each != service]
    seen = look(tmp_path / "venv", LOOK.format(service=service, others=others))
    assert seen.returncode == 0, seen.stderr


def test_the_image_that_prepares_knows_every_service(tmp_path: Path) -> None:
    sync("ops", tmp_path / "venv")
    source = (
        "from ops.deployment import main; from ops.declared import declared_consumers as d; print(len(d()))"
    )
    seen = look(tmp_path / "venv", source)
    assert seen.returncode == 0, seen.stderr
    assert int(seen.stdout) > 10
