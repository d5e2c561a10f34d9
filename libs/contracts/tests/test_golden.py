"""What was published once is understood for ever: a sample of every event version, and what it promised.

``golden/<type>.json`` is an event as it was first written; ``published.json`` beside it is the schema of
every event and command as promised. ``python libs/contracts/tests/record_golden.py`` adds what is new.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from contracts.base import EVENTS, Event
from contracts.compatibility import broken_promises
from contracts.registry import COMMANDS

GOLDEN = Path(__file__).parent / "golden"
PUBLISHED: dict[str, Any] = json.loads((GOLDEN / "published.json").read_text())
TODAY = {**EVENTS, **COMMANDS}
RECORD = "run: python libs/contracts/tests/record_golden.py"


def test_every_event_version_has_its_sample_and_every_sample_its_class() -> None:
    samples = {path.name.removesuffix(".json") for path in GOLDEN.glob("*.json")} - {"published"}
    assert sorted(EVENTS.keys() - samples) == [], RECORD
    assert sorted(samples - EVENTS.keys()) == [], "a published event version can't be taken back"


@pytest.mark.parametrize("kind", sorted(EVENTS))
def test_todays_class_reads_the_sample_field_by_field(kind: str) -> None:
    raw = (GOLDEN / f"{kind}.json").read_text()
    event = EVENTS[kind].model_validate_json(raw)
    written = json.loads(event.model_dump_json())
    _same(json.loads(raw), written, kind)
    assert EVENTS[kind].model_validate_json(event.model_dump_json()) == event


@pytest.mark.parametrize("kind", sorted(EVENTS))
def test_the_sample_fills_every_field_that_was_promised(kind: str) -> None:
    sample = json.loads((GOLDEN / f"{kind}.json").read_text())
    assert PUBLISHED[kind]["properties"].keys() <= sample.keys() | _added_later(kind, sample)
    assert all(sample[name] is not None for name in sample)


def test_every_message_is_as_it_was_promised_or_more() -> None:
    assert sorted(TODAY.keys() - PUBLISHED.keys()) == [], RECORD
    assert sorted(PUBLISHED.keys() - TODAY.keys()) == [], "a published message can't be taken back"
    for name, cls in TODAY.items():
        assert broken_promises(PUBLISHED[name], cls.model_json_schema()) == [], name


SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "integer", "minimum": 1},
        "kind": {"$ref": "#/$defs/Kind"},
        "when": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}], "default": None},
        "parts": {"type": "array", "items": {"$ref": "#/$defs/Part"}},
    },
    "required": ["id", "kind"],
    "$defs": {
        "Kind": {"type": "string", "enum": ["a", "b"]},
        "Part": {"type": "object", "properties": {"size": {"type": "integer"}}, "required": ["size"]},
    },
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The schema with one place changed; None takes the place away."""
    schema = copy.deepcopy(SCHEMA)
    *way, last = path.split("/")
    place = schema
    for step in way:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return schema


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        ("properties/when", None, "when is gone"),
        ("properties/id/type", "string", "id: type was integer, is string"),
        ("properties/id/minimum", 5, "id: minimum was 1, is 5"),
        ("required", ["id", "kind", "when"], "when is required now"),
        ("$defs/Kind/enum", ["a"], "kind does not know b any more"),
        ("properties/when", {"type": "string", "format": "date-time"}, "when does not take null any more"),
        ("$defs/Part/properties/size/type", "string", "parts[].size: type was integer, is string"),
        ("$defs/Part/required", ["size", "name"], "parts[].name is required now"),
    ],
)
def test_a_broken_promise_is_named(path: str, value: Any, complaint: str) -> None:
    assert broken_promises(SCHEMA, changed(path, value)) == [complaint]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("properties/note", {"type": "string", "default": ""}),
        ("properties/id/minimum", 0),
        ("$defs/Kind/enum", ["a", "b", "c"]),
        ("properties/id/description", "explained"),
        ("required", ["id"]),
        ("$defs/Part/properties/name", {"type": "string"}),
        ("properties/id", {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]}),
    ],
)
def test_growth_breaks_no_promise(path: str, value: Any) -> None:
    assert broken_promises(SCHEMA, changed(path, value)) == []


def _same(old: Any, new: Any, at: str) -> None:
    """Whatever the sample says is still said; fields that it does not know may stand beside it."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key, value in old.items():
            assert key in new, f"{at}.{key} is gone"
            _same(value, new[key], f"{at}.{key}")
    elif isinstance(old, list) and isinstance(new, list):
        assert len(old) == len(new), at
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            _same(one, other, f"{at}[{index}]")
    else:
        assert old == new, at


def _added_later(kind: str, sample: dict[str, Any]) -> set[str]:
    """Optional fields that the class gained after its sample was written."""
    cls: type[Event] = EVENTS[kind]
    return {
        name for name, field in cls.model_fields.items() if name not in sample and not field.is_required()
    }
