"""The fields of a message class as a Markdown table, with what the source says under each field."""

from __future__ import annotations

import ast
import inspect
import re
from functools import cache
from itertools import pairwise
from typing import Any

from contracts import Event
from pydantic import BaseModel
from pydantic.fields import FieldInfo

_BOUNDS = ("ge", "le", "min_length", "max_length")


def field_table(cls: type[BaseModel]) -> list[str]:
    """Lines of Markdown; empty for a class without fields. Ids that are merely inherited are left out."""
    notes = {name: note for base in reversed(cls.__mro__) for name, note in _attribute_notes(base).items()}
    rows = [
        f"| `{name}` | {_kind(field)} | {_need(field)} | {markdown(notes.get(name, ''))} |"
        for name, field in cls.model_fields.items()
        if field.is_required() or name not in Event.model_fields
    ]
    return ["| field | type | | |", "|---|---|---|---|", *rows, ""] if rows else []


def markdown(text: str) -> str:
    """Docstring to Markdown: code marks, and no bar that would end a table cell."""
    return text.replace("``", "`").replace("|", "\\|")


def _kind(field: FieldInfo) -> str:
    annotation: Any = field.annotation
    plain = annotation.__name__ if inspect.isclass(annotation) else str(annotation)
    text = re.sub(r"\b(?:\w+\.)+(\w+)", r"\1", plain).replace("|", "\\|")
    bounds = [
        f"{name} {getattr(each, name)}" for each in field.metadata for name in _BOUNDS if hasattr(each, name)
    ]
    return f"`{text}`" + (f" ({', '.join(bounds)})" if bounds else "")


def _need(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if field.default_factory is not None or field.default is None:
        return "optional"
    return f"default `{field.default!r}`" if field.default == "" else f"default `{field.default}`"


@cache
def _attribute_notes(cls: type) -> dict[str, str]:
    """The string under a field, by field name: Python throws it away, the source keeps it."""
    if not issubclass(cls, BaseModel) or not cls.__module__.startswith("contracts."):
        return {}
    body = ast.parse(inspect.getsource(cls)).body[0]
    assert isinstance(body, ast.ClassDef)
    notes = {}
    for field, below in pairwise(body.body):
        match field, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str() as note)),
            ):
                notes[name] = " ".join(note.split())
    return notes
