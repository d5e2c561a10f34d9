"""Chance that repeats: every draw is a hash of the seed and of what is being decided."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")

_ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


class Dice:
    """Draws that depend on the seed and the named question only, never on order or time."""

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def number(self, *question: object) -> int:
        """256 bits."""
        text = "\x1f".join([self._seed, *map(str, question)])
        return int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")

    def fraction(self, *question: object) -> float:
        """In [0, 1)."""
        return (self.number(*question) >> 203) / (1 << 53)

    def between(self, low: float, high: float, *question: object) -> float:
        return low + (high - low) * self.fraction(*question)

    def pick(self, options: Sequence[Item], *question: object) -> Item:
        return options[self.number(*question) % len(options)]

    def token(self, length: int, *question: object) -> str:
        """Lower-case letters and digits, as providers make their ids."""
        number, characters = self.number(*question), []
        for _ in range(length):
            number, digit = divmod(number, 32)
            characters.append(_ID_ALPHABET[digit])
        return "".join(characters)

    def hexadecimal(self, length: int, *question: object) -> str:
        return f"{self.number(*question):064x}"[:length]
