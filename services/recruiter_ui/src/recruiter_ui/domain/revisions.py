"""Two people on one record: what each of them changed, so that no typing is lost and none overwrites.

A form carries a fingerprint of what it showed. When the record has moved on meanwhile, the fingerprint tells
which fields the reader had changed and which somebody else has.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that reads differently now and as typed. ``take`` is what a merge would choose."""

    field: str
    label: str
    theirs: str
    mine: str
    by_them: bool
    by_me: bool

    @property
    def take(self) -> str:
        return "theirs" if self.by_them and not self.by_me else "mine"

    @property
    def collides(self) -> bool:
        return self.by_them and self.by_me


def fingerprint(values: Mapping[str, Any]) -> str:
    """Short enough for a hidden field; not a secret."""
    return ",".join(f"{name}:{_digest(value)}" for name, value in values.items())


def differences(
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
    shown: str,
    labels: Mapping[str, str],
    say: Callable[[str, Any], str],
) -> list[Difference]:
    """The fields of ``labels`` that differ; without a fingerprint both count as changed by both."""
    before = _digests(shown)
    return [
        Difference(
            field=name,
            label=label,
            theirs=say(name, theirs.get(name)),
            mine=say(name, mine.get(name)),
            by_them=before.get(name) != _digest(theirs.get(name)),
            by_me=before.get(name) != _digest(mine.get(name)),
        )
        for name, label in labels.items()
        if (mine.get(name) or None) != (theirs.get(name) or None)
    ]


def changed_since(shown: str, now: Mapping[str, Any]) -> set[str]:
    """The fields that read otherwise than when a form showed them; all of them without a fingerprint."""
    before = _digests(shown)
    return {name for name, value in now.items() if before.get(name) != _digest(value)}


def _digests(shown: str) -> dict[str, str]:
    return dict(part.split(":", 1) for part in shown.split(",") if ":" in part)


def _digest(value: Any) -> str:
    plain = json.dumps(value or None, sort_keys=True, default=str)
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
