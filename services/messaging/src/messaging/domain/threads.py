"""Emails of one conversation stay together: what Gmail asks of a mail that joins a thread.

The thread's id, a reference to a mail of it, and its subject; ``Re:`` and the like before it do not count.
Source: providers.md 5.2, reply threading.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PREFIX = re.compile(r"^\s*(?:re|fw|fwd|aw|wg|răsp|rasp|vs|sv)\s*(?:\[\d+\])?\s*:\s*", re.IGNORECASE)
LONGEST_REFERENCES = 20
"""Of a long conversation the first mail and the last ones are named (RFC 5322, 3.6.4, lets one be chosen)."""


@dataclass(frozen=True, slots=True)
class Thread:
    """Of the mailbox, by the provider's id, with its subject as last written."""

    thread_id: str
    subject: str


@dataclass(frozen=True, slots=True)
class Head:
    """The last mail of a thread: its Message-ID, and those that it refers to, with their brackets."""

    subject: str
    message_id: str | None
    references: tuple[str, ...] = ()

    @property
    def chain(self) -> tuple[str, ...]:
        """What an answer to it refers to."""
        those = tuple(dict.fromkeys((*self.references, self.message_id or "")))
        named = tuple(one for one in those if one)
        return named if len(named) <= LONGEST_REFERENCES else (named[0], *named[1 - LONGEST_REFERENCES :])


def bare(subject: str) -> str:
    """Without what answering and forwarding put before it, and without case and spacing."""
    while (shorter := _PREFIX.sub("", subject)) != subject:
        subject = shorter
    return " ".join(subject.split()).casefold()


def agree(one: str, other: str) -> bool:
    return bare(one) == bare(other)


def answering(subject: str) -> str:
    """``Re:`` before it, once."""
    return subject if _PREFIX.match(subject) else f"Re: {subject}"


def message_ids(header: str) -> tuple[str, ...]:
    """Those that a References header names."""
    return tuple(re.findall(r"<[^<>\s]+>", header))
