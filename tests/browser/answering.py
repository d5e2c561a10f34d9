"""Owners of commands who also tell what they did."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from contracts import Accepted

from .conftest import Town


class Answering:
    """Owners of commands that also tell what they did, as the real ones do."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.told: set[asyncio.Task[None]] = set()

    def then(self, reply: Accepted, *facts: Callable[[], object]) -> Callable[[Any], Accepted]:
        def answer(command: Any) -> Accepted:
            task = asyncio.get_running_loop().create_task(self.town.happens(*facts))
            self.told.add(task)
            return reply

        return answer
