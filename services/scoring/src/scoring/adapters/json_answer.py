"""The JSON object in a model's text, in two passes (recruitflow.md 13.3 and 13.7)."""

from __future__ import annotations

import json
import re
from typing import Any

import json_repair

_FENCE = re.compile(r"^\s*```[a-zA-Z]*\s*\n(?P<inside>.*?)\n?\s*```\s*$", re.DOTALL)


def strip_json_fence(text: str) -> str:
    """The text without the markdown fence around it, where there is one."""
    fenced = _FENCE.match(text)
    return (fenced["inside"] if fenced else text).strip()


def read_json_object(text: str) -> tuple[object, bool]:
    """The object and whether it had to be repaired; ``(None, False)`` where the text holds none."""
    bare = strip_json_fence(text)
    try:
        return json.loads(bare), False
    except ValueError:
        pass
    start = bare.find("{")
    if start < 0:
        return None, False
    repaired = json_repair.repair_json(bare[start:], return_objects=True)
    return (repaired, True) if isinstance(repaired, dict) and repaired else (None, False)


def storable(value: Any) -> Any:
    """The same value without what PostgreSQL can't keep: NUL characters and halves of surrogate pairs."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    return value
