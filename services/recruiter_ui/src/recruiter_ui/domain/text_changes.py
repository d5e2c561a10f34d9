"""What changed between two versions of a text, word by word, with a little of what stayed around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

AROUND = 40
"""Characters of what stayed that are shown on each side of a change."""
MANY = 20_000
"""Beyond so many words, texts are compared by lines."""


@dataclass(frozen=True, slots=True)
class Stretch:
    kind: Literal["same", "removed", "added"]
    text: str


def changes(before: str, after: str) -> list[Stretch]:
    """Empty where nothing changed."""
    if before == after:
        return []
    old, new = _parts(before), _parts(after)
    if len(old) + len(new) > MANY:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    found: list[Stretch] = []
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            found.append(Stretch("same", "".join(old[old_from:old_to])))
            continue
        if old_to > old_from:
            found.append(Stretch("removed", "".join(old[old_from:old_to])))
        if new_to > new_from:
            found.append(Stretch("added", "".join(new[new_from:new_to])))
    return list(_shortened(found))


def _parts(text: str) -> list[str]:
    return re.findall(r"\s+|\w+|[^\w\s]", text)


def _shortened(stretches: list[Stretch]) -> Iterator[Stretch]:
    """A long text that stayed the same is shown only where it touches a change."""
    last = len(stretches) - 1
    for number, it in enumerate(stretches):
        if it.kind != "same" or len(it.text) <= 2 * AROUND + 10:
            yield it
            continue
        head = "" if number == 0 else it.text[:AROUND]
        tail = "" if number == last else it.text[-AROUND:]
        yield Stretch("same", f"{head} … {tail}".strip(" ") if head or tail else "…")
