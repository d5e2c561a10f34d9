"""The generated documents say what the code says, and the AsyncAPI document holds together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from contracts.base import COMMANDS, EVENTS
from ops.documents import ROOT, documents, stale

ASYNCAPI: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "asyncapi.yaml").read_text(encoding="utf-8"))


def test_the_generated_documents_are_fresh() -> None:
    assert stale() == [], "run: python -m ops.documents"


def test_a_document_that_was_edited_or_lost_is_stale(tmp_path: Path) -> None:
    assert stale(tmp_path) == list(documents())
    for name, text in documents().items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert stale(tmp_path) == []
    (tmp_path / "docs" / "events.md").write_text("edited", encoding="utf-8")
    assert stale(tmp_path) == ["docs/events.md"]


def test_every_event_and_command_has_a_section() -> None:
    page = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
    for message in (*EVENTS.values(), *COMMANDS.values()):
        assert f"\n### {message.__name__}\n" in page
    assert "<enum" not in page
    assert "<class" not in page


def test_every_event_and_command_has_a_channel_with_its_subject() -> None:
    channels = ASYNCAPI["channels"]
    for kind, event in EVENTS.items():
        address = channels[kind]["address"]
        assert address == f"evt.{event.type()}.{{candidate_id}}.{{application_id}}"
        assert sorted(channels[kind]["parameters"]) == ["application_id", "candidate_id"]
    for name, command in COMMANDS.items():
        assert channels[name]["address"] == command.nats_subject()
    assert len(channels) == len(EVENTS) + len(COMMANDS) + 1


def test_every_reference_leads_somewhere() -> None:
    targets = list(_references(ASYNCAPI))
    assert len(targets) > 100
    for target in targets:
        place: Any = ASYNCAPI
        for step in target.removeprefix("#/").split("/"):
            assert step in place, target
            place = place[step]


def test_every_operation_is_of_a_known_kind_and_speaks_its_channels_messages() -> None:
    for name, operation in ASYNCAPI["operations"].items():
        assert operation["action"] in ("send", "receive"), name
        channel = operation["channel"]["$ref"]
        assert all(each["$ref"].startswith(f"{channel}/messages/") for each in operation["messages"]), name
    answered = [each for each in ASYNCAPI["operations"].values() if "reply" in each]
    assert len(answered) == len(COMMANDS)


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for each in part.values():
            yield from _references(each)
    elif isinstance(part, list):
        for each in part:
            yield from _references(each)
