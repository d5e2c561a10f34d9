"""What a run will cost, before it starts: nobody burns money by accident."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scoring.domain.prices import Prices
from scoring.domain.question import Question

from ops.say import Trouble

LETTERS_PER_TOKEN = 3.0
"""Few: Romanian takes more tokens than English, and an estimate had better be too high."""

TOKENS_PER_ANSWER, TOKENS_PER_CRITERION = 350, 80

ASK_ABOVE_USD = 1.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """``usd`` is None where the price is not known."""

    questions: int
    input_tokens: int
    output_tokens: int
    usd: float | None

    def __str__(self) -> str:
        cost = "cost not known" if self.usd is None else f"about {dollars(self.usd)}"
        tokens = f"{self.input_tokens:,} tokens in, {self.output_tokens:,} out"
        return f"{self.questions} questions, {cost} (estimated on the high side: {tokens})"


def dollars(usd: float | None) -> str:
    """As people read it; small sums keep the digits that count."""
    if usd is None:
        return "not known"
    return f"${usd:,.2f}" if usd >= 0.1 or usd == 0 else f"${usd:.4f}"


def estimate(asked: Sequence[Question], repeats: int, model: str, prices: Prices) -> Estimate:
    """``asked`` is one round of questions."""
    input_tokens = output_tokens = 0
    for question in asked:
        letters = len(question.system) + len(question.user) + len(json.dumps(question.schema))
        keys = question.schema["properties"]["criteria"]["items"]["properties"]["key"]["enum"]
        input_tokens += round(letters / LETTERS_PER_TOKEN)
        output_tokens += TOKENS_PER_ANSWER + TOKENS_PER_CRITERION * len(keys)
    input_tokens, output_tokens = input_tokens * repeats, output_tokens * repeats
    usd = prices.cost(model, input_tokens, output_tokens)
    return Estimate(len(asked) * repeats, input_tokens, output_tokens, usd)


Confirm = Callable[[str], bool]


def at_the_terminal() -> Confirm | None:
    """None where nobody sits there to answer."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    return lambda question: input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def agree_to(cost: Estimate, *, yes: bool, above: float, confirm: Confirm | None) -> None:
    """Raises ``Trouble`` unless the sum is small, ``--yes`` was said, or somebody at the terminal agrees.

    A price that is not known may be any: it is asked about too.
    """
    if yes or (cost.usd is not None and cost.usd <= above):
        return
    if cost.usd is None:
        why = "What this costs is not known (ANTHROPIC_PRICES has no price for the model)"
    else:
        why = f"This run costs about {dollars(cost.usd)}, more than {dollars(above)}"
    if confirm is None:
        raise Trouble(f"{why}. Say --yes to go on, or ask less: --limit, --only, --repeats 1.")
    if not confirm(f"{why}. Go on?"):
        raise Trouble("Nothing was asked, nothing was spent.")
