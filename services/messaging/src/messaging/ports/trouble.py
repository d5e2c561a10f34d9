"""How an outside thing says that it can't."""

from __future__ import annotations

from chassis.effects import NotAccepted


class FileGone(Exception):
    """The provider does not have the file (any more)."""


class FileTooLarge(Exception):
    def __init__(self, limit: int) -> None:
        super().__init__(f"the file is larger than {limit // 2**20} MB")


class ProviderAway(Exception):
    """The provider can't answer now; asking later may help. ``problem`` holds no personal data."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Disconnected(ProviderAway):
    """Our access was revoked or never given: a person has to connect the account again."""


class NotConnected(NotAccepted):
    """Raised by ``send``: our access is gone; nothing is sent until a person connects the account again."""
