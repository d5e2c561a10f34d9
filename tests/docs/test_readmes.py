"""Each service's README names what it says, answers and keeps, and nothing that is not there."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
from contracts.registry import COMMANDS, EVENTS
from ops.topology import SERVICES

ROOT = Path(__file__).parents[2]


def readme(service: str) -> str:
    return (ROOT / "services" / service / "README.md").read_text(encoding="utf-8")


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


@pytest.mark.parametrize("service", SERVICES)
def test_it_names_every_event_and_command_of_its_own(service: str) -> None:
    own = {event.__name__ for event in EVENTS.values() if event.context == service}
    own |= {command.__name__ for command in COMMANDS.values() if command.context == service}
    assert own - words(readme(service)) == set()


@pytest.mark.parametrize("service", SERVICES)
def test_what_it_names_like_a_message_is_one(service: str) -> None:
    """In backticks, of two or more words run together: ``MessageSent``, not ``MessageWasSent``."""
    known = {message.__name__ for message in (*EVENTS.values(), *COMMANDS.values())} | {"ServiceSettings"}
    named = set(re.findall(r"`((?:[A-Z][a-z]+){2,})`", readme(service)))
    assert named - known == set()


@pytest.mark.parametrize("service", SERVICES)
def test_it_names_every_table(service: str) -> None:
    package = importlib.import_module(service)
    versions = Path(str(package.__file__)).parent / "migrations" / "versions"
    made = {
        table
        for version in versions.glob("*.py")
        for table in re.findall(r"CREATE TABLE (\w+)", version.read_text(encoding="utf-8"))
    }
    assert made
    assert made - words(readme(service)) == set()


def test_the_pages_readme_names_the_commands_that_they_send_and_no_other() -> None:
    source = Path(str(importlib.import_module("recruiter_ui").__file__)).parent
    used = words(" ".join(path.read_text(encoding="utf-8") for path in source.rglob("*.py")))
    commands = {command.__name__ for command in COMMANDS.values()}
    assert words(readme("recruiter_ui")) & commands == used & commands
