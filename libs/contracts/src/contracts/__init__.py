"""The published language of RecruitFlow: everything one service may know of another.

Events are facts (past tense) that their owner publishes; commands are requests that their owner answers
with accepted or refused. Nothing here does I/O. A class may gain optional fields; anything else is a new
major version beside the old one (see ``tests/golden``).
"""

from contracts.base import Accepted, Actor, BlobRef, Command, Event, Query, Refused, Reply, parse_reply
from contracts.envelope import Envelope

__all__ = [
    "Accepted",
    "Actor",
    "BlobRef",
    "Command",
    "Envelope",
    "Event",
    "Query",
    "Refused",
    "Reply",
    "parse_reply",
]
