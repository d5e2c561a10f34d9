"""What an answer of the model cost, by list price.

The defaults are from https://platform.claude.com/docs/en/about-claude/pricing as of November 2026: base input
and output tokens, in US dollars per million. Caches, batches and long prompts have prices of their own; none
of them is used here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_DATED = re.compile(r"-20\d{6}$")


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens."""

    input: float
    output: float


LIST_PRICES: Mapping[str, Price] = {
    "claude-sonnet-4-6": Price(3.0, 15.0),
    "claude-haiku-4-5": Price(1.0, 5.0),
}


@dataclass(frozen=True, slots=True)
class Prices:
    """By model; a name with a date (``claude-haiku-4-5-20251001``) costs what the name without costs."""

    by_model: Mapping[str, Price]

    def cost(self, model: str, input_tokens: int, output_tokens: int) -> float | None:
        """In US dollars; None, never 0, where the price is not known."""
        price = self.by_model.get(model) or self.by_model.get(_DATED.sub("", model))
        if price is None:
            return None
        return round((input_tokens * price.input + output_tokens * price.output) / 1_000_000, 6)
