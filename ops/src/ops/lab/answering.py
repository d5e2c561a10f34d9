"""Who answers the lab's questions: the real model where a key is set, else the sandbox's rules.

The sandbox is started for the run on a free port of loopback, and ends with it. Its figures show that the
mechanics work and say nothing about a real model: so they never carry its name, nor a price.
"""

from __future__ import annotations

import os
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from chassis.servers import Child, free_port
from pydantic import SecretStr
from scoring.domain.prices import Prices
from scoring.main import make_prices
from scoring.settings import ModelSettings

from ops.providers import SANDBOX_VARIABLES
from ops.say import Trouble

RULES = "sandbox"
"""In place of a model's name."""

_SANDBOX_PATH = "/anthropic"
"""Where a sandbox speaks Claude's language below its address."""


@dataclass(frozen=True, slots=True)
class Answering:
    """``name`` is what the report calls it; ``settings`` reach it; ``prices`` are its own."""

    kind: Literal["sandbox", "model"]
    name: str
    asked_at: str
    settings: ModelSettings
    prices: Prices


def choose(settings: ModelSettings, *, sandbox: bool | None = None, model: str | None = None) -> Answering:
    """``sandbox`` None: the real model where a key is set and the address is no sandbox's."""
    if model:
        settings = settings.model_copy(update={"anthropic_model": model})
    key = settings.anthropic_api_key.get_secret_value()
    if sandbox is False and not key:
        raise Trouble("ANTHROPIC_API_KEY is not set: without it only the sandbox answers (--sandbox).")
    if sandbox is False and is_sandbox(settings.anthropic_base_url):
        raise Trouble("ANTHROPIC_BASE_URL is the address of a sandbox: unset it to ask the real model.")
    if sandbox or not key or is_sandbox(settings.anthropic_base_url):
        return Answering("sandbox", RULES, "loopback", settings, Prices({}))
    host = urlsplit(settings.anthropic_base_url).netloc.rpartition("@")[2]
    return Answering("model", settings.anthropic_model, host, settings, make_prices(settings))


def is_sandbox(base_url: str) -> bool:
    """By the shape of the address, and on other machines by what answers there."""
    address = urlsplit(base_url)
    if address.path.rstrip("/") != _SANDBOX_PATH:
        return False
    return _on_loopback(address.hostname or "") or _ready(f"{address.scheme}://{address.netloc}")


@contextmanager
def reachable(answering: Answering) -> Iterator[ModelSettings]:
    """Settings with which it can be asked; for as long as this lasts, a sandbox runs where one is needed."""
    if answering.kind == "model":
        yield answering.settings
        return
    with tempfile.TemporaryDirectory(prefix="recruitflow-lab-") as folder, _sandbox(Path(folder)) as url:
        key = SecretStr("sandbox-lab-key")
        at = {"anthropic_base_url": f"{url}{_SANDBOX_PATH}", "anthropic_api_key": key}
        yield answering.settings.model_copy(update=at)


@contextmanager
def _sandbox(folder: Path) -> Iterator[str]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    # A real key must not end up in the sandbox, nor its clock be another's.
    hidden = (*SANDBOX_VARIABLES, "CLOCK_FILE")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    told = {"SANDBOX_PORT": str(port), "SANDBOX_STATE": str(folder), "ANTHROPIC_API_KEY": "sandbox-lab-key"}
    command = [sys.executable, "-m", "sandbox.main"]
    child = Child("the sandbox", command, log=folder / "sandbox.log", env={**inherited, **told})
    try:
        child.wait_until(lambda: _ready(url), within=60)
        yield url
    finally:
        child.stop()


def _ready(root: str) -> bool:
    try:
        with urllib.request.urlopen(f"{root}/__control__/health", timeout=2) as answer:  # noqa: S310 - http(s)
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def _on_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
