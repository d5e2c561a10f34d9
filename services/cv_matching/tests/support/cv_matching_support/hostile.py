"""Files made to do harm, and files that were damaged on their way: by hand, and by a seeded generator.

Everything is made when it is asked for: no hostile file lies in the repository.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cv_matching_support import files, hostile_packages, hostile_pdfs, hostile_rest


@dataclass(frozen=True, slots=True)
class Hostile:
    name: str
    """As its sender calls it, which says nothing."""
    what: str
    body: bytes


def collection(seed: int, count: int) -> Iterator[Hostile]:
    """The hand-made ones, then damaged ones until there are ``count``; the same for the same seed."""
    chance = random.Random(seed)
    made = 0
    for what, make in by_hand().items():
        made += 1
        yield Hostile(_name(chance), what, make())
    good = _good()
    while made < count:
        made += 1
        of, body = chance.choice(good)
        how = chance.choice((_flipped, _cut, _grown, _spliced, _doubled, _zeroed))
        yield Hostile(_name(chance), f"{of} {how.__name__[1:]}", how(body, chance, good))


def by_hand() -> dict[str, Callable[[], bytes]]:
    return {**hostile_pdfs.MADE, **hostile_packages.MADE, **hostile_rest.MADE}


def _good() -> list[tuple[str, bytes]]:
    lines = "Ana Pop\nana.pop@example.com\n" + "experience and education " * 20
    return [
        ("pdf", files.a_pdf(lines, "second page")),
        ("docx", files.a_docx("Ana Pop", lines, table=[["Telefon", "0740 123 456"]])),
        ("odt", hostile_packages.an_odt_of(lines)),
        ("rtf", rb"{\rtf1\ansi\ansicpg1250 Ana Pop\par " + b"experience " * 50 + b"}"),
    ]


def _name(chance: random.Random) -> str:
    stem = chance.choice(
        ("cv", "CV Ana Pop", "../../etc/passwd", "cv.pdf.exe", "\u202efdp.vc", "a" * 200, "CON")
    )
    return stem + chance.choice((".pdf", ".docx", ".doc", ".jpg", ".PDF", ""))


def _flipped(body: bytes, chance: random.Random, good: object) -> bytes:
    mangled = bytearray(body)
    for _ in range(chance.randrange(1, 60)):
        mangled[chance.randrange(len(mangled))] = chance.randrange(256)
    return bytes(mangled)


def _cut(body: bytes, chance: random.Random, good: object) -> bytes:
    return body[: chance.randrange(1, len(body))]


def _grown(body: bytes, chance: random.Random, good: object) -> bytes:
    at = chance.randrange(len(body))
    return body[:at] + chance.randbytes(chance.randrange(1, 5000)) + body[at:]


def _spliced(body: bytes, chance: random.Random, good: list[tuple[str, bytes]]) -> bytes:
    other = chance.choice(good)[1]
    return body[: chance.randrange(len(body))] + other[chance.randrange(len(other)) :]


def _doubled(body: bytes, chance: random.Random, good: object) -> bytes:
    at, length = chance.randrange(len(body)), chance.randrange(1, 400)
    return body[: at + length] + body[at : at + length] * chance.randrange(1, 200) + body[at + length :]


def _zeroed(body: bytes, chance: random.Random, good: object) -> bytes:
    at, length = chance.randrange(len(body)), chance.randrange(1, 400)
    return body[:at] + bytes(length) + body[at + length :]
