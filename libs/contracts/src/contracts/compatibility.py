"""May a message class change like this? The rule behind ``tests/golden/published.json``.

Old events stay in the stream for years. So a published class may gain optional fields and widen what it
accepts (its readers are deployed first then); whatever else changes is a new major version beside the old.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Schema = dict[str, Any]

_BOUNDS: dict[str, Callable[[int, int], int]] = {
    **dict.fromkeys(("minimum", "minLength", "minItems"), min),
    **dict.fromkeys(("maximum", "maxLength", "maxItems"), max),
}
"""Each bound, and which of two values is the looser one."""

_TELLS_NOTHING = frozenset({"title", "description", "default", "examples"})


def broken_promises(published: Schema, today: Schema) -> list[str]:
    """What a change from one JSON schema to another breaks, in words; empty when nothing."""
    return _Comparison(published.get("$defs", {}), today.get("$defs", {})).of(published, today, "")


class _Comparison:
    def __init__(self, then: Schema, now: Schema) -> None:
        self._then, self._now = then, now
        self._seen: set[tuple[str, str]] = set()

    def of(self, then: Schema, now: Schema, at: str) -> list[str]:
        pair = (str(then.get("$ref", at)), str(now.get("$ref", at)))
        if "$ref" in then and pair in self._seen:
            return []
        self._seen.add(pair)
        then, now = _resolved(then, self._then), _resolved(now, self._now)
        if "anyOf" in then or "anyOf" in now:
            return self._of_choices(then, now, at)
        if "properties" in then:
            return self._of_object(then, now, at)
        return self._of_value(then, now, at)

    def _of_object(self, then: Schema, now: Schema, at: str) -> list[str]:
        found = []
        properties = now.get("properties", {})
        for name, schema in then["properties"].items():
            where = f"{at}.{name}" if at else name
            if name not in properties:
                found.append(f"{where} is gone")
            else:
                found += self.of(schema, properties[name], where)
        required = set(now.get("required", ())) - set(then.get("required", ()))
        found += [f"{at + '.' if at else ''}{name} is required now" for name in sorted(required)]
        return found

    def _of_choices(self, then: Schema, now: Schema, at: str) -> list[str]:
        """Whatever was one of the choices has to be one still."""
        choices = now.get("anyOf", [now])
        for old in then.get("anyOf", [then]):
            if all(_Comparison(self._then, self._now).of(old, new, at) for new in choices):
                return [f"{at} does not take {_name(old)} any more"]
        return []

    def _of_value(self, then: Schema, now: Schema, at: str) -> list[str]:
        if "items" in then and "items" in now:
            return self.of(then["items"], now["items"], f"{at}[]") + _plain_changes(then, now, at)
        if gone := set(map(str, _members(then))) - set(map(str, _members(now))):
            return [f"{at} does not know {', '.join(sorted(gone))} any more"]
        return _plain_changes(then, now, at)


def _plain_changes(then: Schema, now: Schema, at: str) -> list[str]:
    """A type or format that changed, or a bound that became narrower."""
    skipped = _TELLS_NOTHING | {"enum", "const", "items", "$defs"}
    if {"enum", "const"} & then.keys() and {"enum", "const"} & now.keys():
        skipped |= {"type"}
    found = []
    for key in sorted((then.keys() | now.keys()) - skipped):
        old, new = then.get(key), now.get(key)
        if old == new or (key in _BOUNDS and _is_looser(key, old, new)):
            continue
        found.append(f"{at}: {key} was {old}, is {new}")
    return found


def _is_looser(key: str, old: int | None, new: int | None) -> bool:
    return new is None or (old is not None and _BOUNDS[key](old, new) == new)


def _members(schema: Schema) -> list[Any]:
    if "const" in schema:
        return [schema["const"]]
    return list(schema.get("enum", []))


def _resolved(schema: Schema, definitions: Schema) -> Schema:
    while "$ref" in schema:
        schema = definitions[schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def _name(schema: Schema) -> str:
    return str(schema.get("$ref", schema.get("type", schema))).rsplit("/", 1)[-1]
