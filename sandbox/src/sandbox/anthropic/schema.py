"""An answer that validates against the schema asked for: known properties by rule, the rest minimal."""

from __future__ import annotations

from typing import Any

from sandbox.anthropic.cv_fields import cv_fields
from sandbox.anthropic.evidence import findings
from sandbox.anthropic.judging import verdict_fields

Schema = dict[str, Any]
_VERDICT = {"outcome", "qualified", "needs_human", "callback_requested", "decision"}
_CV = {"first_name", "last_name", "full_name", "email", "phone"}
_FORMATS = {
    "date-time": "2026-01-01T00:00:00Z",
    "date": "2026-01-01",
    "time": "00:00:00Z",
    "duration": "P1D",
    "email": "nobody@example.com",
    "hostname": "example.com",
    "uri": "https://example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


class SchemaUnsupported(ValueError):
    """A schema that structured output does not take."""


def answer(schema: Schema, text: str, cv_text: str) -> Any:
    """The value for a top-level schema. ``text`` is the whole request, ``cv_text`` its last user message."""
    names = _property_names(schema, schema)
    known: dict[str, Any] = {}
    if names & _VERDICT:
        known = {**verdict_fields(text), "criteria": findings(text)}
    elif len(names & _CV) >= 2:
        known = cv_fields(cv_text)
    return _Filler(schema, known).value(schema)


def check(schema: Any, where: str = "schema") -> None:
    """What the API refuses: objects must be closed, the rest must be of known types (providers.md 2.3)."""
    if not isinstance(schema, dict):
        raise SchemaUnsupported(f"{where}: a schema must be an object")
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        raise SchemaUnsupported(
            f"{where}: For 'object' type, 'additionalProperties' must be explicitly set to false"
        )
    for banned in ("minimum", "maximum", "minLength", "maxLength", "pattern", "maxItems", "multipleOf"):
        if banned in schema:
            raise SchemaUnsupported(f"{where}: property '{banned}' is not supported")
    for key in ("properties", "$defs"):
        for name, part in schema.get(key, {}).items():
            check(part, f"{where}.{name}")
    for key in ("anyOf", "allOf"):
        for number, part in enumerate(schema.get(key, [])):
            check(part, f"{where}.{key}[{number}]")
    if "items" in schema:
        check(schema["items"], f"{where}.items")


def _property_names(schema: Schema, root: Schema) -> set[str]:
    return set(_resolve(schema, root).get("properties", {}))


def _resolve(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        target: Any = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        schema = target
    return schema


class _Filler:
    def __init__(self, root: Schema, known: dict[str, Any]) -> None:
        self._root = root
        self._known = known

    def value(self, schema: Schema) -> Any:
        """The smallest valid value; for objects, known properties are filled in."""
        schema = _resolve(schema, self._root)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        for branch in schema.get("anyOf", []) or schema.get("allOf", []):
            return self.value(branch)
        kind = self._kinds(schema)[0]
        if kind == "object":
            return self._object(schema)
        if kind == "array":
            return [self.value(schema["items"])] if schema.get("minItems") else []
        if kind == "string":
            return _FORMATS.get(schema.get("format", ""), "")
        return {"integer": 0, "number": 0, "boolean": False, "null": None}[kind]

    def _object(self, schema: Schema) -> dict[str, Any]:
        required = schema.get("required", [])
        made = {}
        for name, part in schema.get("properties", {}).items():
            if name in self._known and self._fits(part, self._known[name]):
                made[name] = self._known[name]
            elif name in self._known and (near := self._near(part, self._known[name])) is not None:
                made[name] = near
            elif name in required:
                made[name] = self.value(part)
        return made

    def _near(self, schema: Schema, value: Any) -> Any:
        """The same word in the schema's own spelling, e.g. ``QUALIFIED`` for ``qualified``."""
        options = _resolve(schema, self._root).get("enum", [])
        return next((option for option in options if str(option).lower() == str(value).lower()), None)

    def _fits(self, schema: Schema, value: Any) -> bool:
        schema = _resolve(schema, self._root)
        if "const" in schema:
            return bool(schema["const"] == value)
        if "enum" in schema:
            return value in schema["enum"]
        if branches := schema.get("anyOf") or schema.get("allOf"):
            return any(self._fits(branch, value) for branch in branches)
        return any(_is(kind, value) for kind in self._kinds(schema))

    def _kinds(self, schema: Schema) -> list[str]:
        kind = schema.get("type", "object" if "properties" in schema else "string")
        return kind if isinstance(kind, list) else [kind]


def _is(kind: str, value: Any) -> bool:
    if kind == "null":
        return value is None
    if kind == "boolean":
        return isinstance(value, bool)
    if kind in ("integer", "number"):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, {"string": str, "array": list, "object": dict}[kind])
