"""Leads that Meta announces one by one: what an announcement says, and the lead as a row of a file.

A lead that the Graph API gives (providers.md 7.2) is written as Meta's own export would write it, one header
and one row, and read by the rules for rows. So the same lead says the same whichever way it came.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from typing import Any

from intake.domain.lead_columns import Column, Question, columns_of, meaning_of
from intake.domain.lead_file import LONGEST_RECORD
from intake.domain.lead_rows import Lead, Refusal, RowReader
from intake.domain.lead_text import HopelessFile

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_FORM_ID = re.compile(r"[0-9]{1,32}")


@dataclass(frozen=True, slots=True)
class Announcement:
    """Meta says that somebody filled in a form. Ids are Meta's, as text."""

    leadgen_id: str
    form_id: str | None
    page_id: str | None


@dataclass(frozen=True, slots=True)
class Announced:
    """What one delivery announces, each lead once; ``nonsense`` counts changes that name no lead."""

    leads: tuple[Announcement, ...]
    nonsense: int


def announced_in(body: Any) -> Announced:
    """Read a delivery, whatever it holds; fields other than ``leadgen`` are none of ours."""
    found: dict[str, Announcement] = {}
    nonsense = 0
    for change in _changes(body):
        if not isinstance(change, dict):
            nonsense += 1
        elif change.get("field") == "leadgen":
            value = change.get("value")
            said = value if isinstance(value, dict) else {}
            leadgen_id = id_of(said.get("leadgen_id"))
            if leadgen_id is None:
                nonsense += 1
                continue
            announcement = Announcement(leadgen_id, id_of(said.get("form_id")), id_of(said.get("page_id")))
            found.setdefault(leadgen_id, announcement)
    return Announced(tuple(found.values()), nonsense)


def _changes(body: Any) -> Iterator[Any]:
    entries = body.get("entry") if isinstance(body, dict) else None
    for entry in entries if isinstance(entries, list) else [None]:
        changes = entry.get("changes") if isinstance(entry, dict) else None
        yield from changes if isinstance(changes, list) else [None]


def id_of(value: Any) -> str | None:
    """Ids are numbers in Meta's own sample and text in newer deliveries; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if 0 < value < 10**64 else ""
    if not isinstance(value, str):
        return None
    return value.strip() if _ID.fullmatch(value.strip()) else None


def form_key(written: str) -> str | None:
    """A form id as somebody may have copied it out of an export (``f:120213``); None when it is none."""
    key = written.strip().removeprefix("f:").strip()
    return key if _FORM_ID.fullmatch(key) else None


@dataclass(frozen=True, slots=True)
class GraphLead:
    """A lead as the Graph API gives it. ``fields`` are the form's, in its order."""

    leadgen_id: str
    form_id: str | None = None
    created_time: str = ""
    campaign_name: str = ""
    platform: str = ""
    fields: tuple[tuple[str, str], ...] = ()


_SURROGATE = re.compile("[\ud800-\udfff]")
_UNKEPT = re.compile("[\x00\ud800-\udfff]")


def graph_lead(leadgen_id: str, answer: Mapping[str, Any]) -> GraphLead:
    """Read an answer of the Graph API; what is missing or of an odd type is left out."""
    listed = answer.get("field_data")
    fields = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return GraphLead(
        leadgen_id=leadgen_id,
        form_id=id_of(answer.get("form_id")),
        created_time=_text(answer.get("created_time")),
        campaign_name=_text(answer.get("campaign_name")),
        platform=_text(answer.get("platform")),
        fields=tuple((_name(each.get("name")), _value(each.get("values"))) for each in fields),
    )


def _text(value: Any) -> str:
    """Half a surrogate pair fits no database; a file would show it as a character that can't be read."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return _SURROGATE.sub("\ufffd", str(value))
    return ""


def _name(value: Any) -> str:
    return _UNKEPT.sub("\ufffd", _text(value))


def _value(values: Any) -> str:
    """Several choices of one question stand in one cell of an export."""
    return ", ".join(filter(None, map(_text, values))) if isinstance(values, list) else _text(values)


class UnreadableLead(Exception):
    """The lead says nothing that could be brought in; ``reason`` holds nothing personal."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TestLead(Exception):
    """Meta's own test of the form, not a person."""

    __test__ = False  # no class of tests


@dataclass(frozen=True, slots=True)
class ReadLead:
    """``questions`` are those that the lead's answers refer to."""

    lead: Lead
    questions: tuple[Question, ...]


def read_lead(given: GraphLead, zone: tzinfo) -> ReadLead:
    """Read by the rules for rows of a file. Raises ``UnreadableLead``, ``TestLead``."""
    header, cells = as_row(given)
    if sum(map(len, cells)) > LONGEST_RECORD:
        raise UnreadableLead(f"The lead is longer than {LONGEST_RECORD:,} characters.")
    try:
        columns = columns_of(header)
    except HopelessFile as hopeless:
        raise UnreadableLead(_WHY_HOPELESS.get(hopeless.code, "The form has too many fields.")) from None
    verdict = RowReader(columns, zone=zone).read(1, cells)
    if isinstance(verdict, Lead):
        return ReadLead(verdict, columns.questions)
    if isinstance(verdict, Refusal):
        raise UnreadableLead(
            f"The lead can't be brought in: {verdict.reason.replace('the row', 'the lead')}."
        )
    raise TestLead


_WHY_HOPELESS = {"no_contact_column": "The form asks for neither a phone number nor an email."}


def as_row(given: GraphLead) -> tuple[list[str], list[str]]:
    """Header and cells as Meta's export would write them: ids and phone numbers bear its prefixes."""
    header = ["id", "created_time", "campaign_name", "platform"]
    cells = [f"l:{given.leadgen_id}", given.created_time, given.campaign_name, given.platform]
    for name, value in given.fields:
        header.append(name)
        cells.append(f"p:{value}" if value and meaning_of(name) is Column.PHONE else value)
    return header, cells


FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=15)
RATE_LIMIT_WAIT = timedelta(minutes=1)
NO_ACCESS_WAIT = timedelta(hours=1)
MOST_LOOKS = 6
"""How often an id that Meta does not know is asked for: the announcement may run ahead of Meta's copies."""


QUIET_LOOKS = 12
"""How often Meta is asked without success before it is said; some forty minutes."""
UNREACHABLE_WAIT = timedelta(hours=1)


def wait_after(tries: int, least: timedelta = FIRST_WAIT) -> timedelta:
    """How long to wait after the ``tries``-th failure in a row, counted from 1."""
    doubled: int = 2 ** min(max(tries, 1) - 1, 20)
    return max(least, min(LONGEST_WAIT, FIRST_WAIT * doubled))
