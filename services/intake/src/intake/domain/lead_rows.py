"""One row of a lead file: a lead, a row to skip, or a refusal with its reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import tzinfo
from typing import NamedTuple

from people import (
    fold,
    normalise_phone,
    phone_time_zone,
    region_of_time_zone,
    split_name,
)

from intake.domain.lead_cells import answer_of, clean, first_of, moment_of
from intake.domain.lead_columns import Column, Columns, meaning_of
from intake.domain.spreadsheet_cells import unguarded

LONGEST_NAME = 300


class Lead(NamedTuple):
    """What a row says. A plain tuple of text, so that it passes cheaply from process to process.

    ``lead_key`` is the lead id without Meta's ``l:``, by which leads are compared (the webhook and the
    Graph API have none). ``created`` is ISO 8601 in UTC. ``answers`` are pairs of question number and answer.
    """

    line: int
    lead_id: str
    lead_key: str
    full_name: str
    first_name: str
    last_name: str
    name_folded: str
    phone: str | None
    phone_as_given: str | None
    phone_problem: str | None
    email: str | None
    whatsapp_number: str | None
    time_zone: str | None
    created: str | None
    campaign_name: str | None
    platform: str | None
    answers: tuple[tuple[int, str], ...]


class Who(NamedTuple):
    """Whom a row that is no lead seems to be about, as it was written: for the eyes of a recruiter only."""

    name: str = ""
    phone: str = ""
    email: str = ""
    lead_id: str = ""


class Skipped(NamedTuple):
    """A row that is no lead, by name: a test lead of Meta's, a repeated header, a repeated lead."""

    line: int
    why: str
    who: Who = Who()


class Refusal(NamedTuple):
    """A row that can't be brought in. ``cells`` as they were; none where the row was too long to keep."""

    line: int
    reason: str
    who: Who = Who()
    cells: tuple[str, ...] = ()


_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s.,;<>\"]+")
_ROUNDED = re.compile(r"\d+(?:[.,]\d+)?[eE]\+?\d+")
_NO_PERMISSION = "you don't have enough permission"


class RowReader:
    """Reads the rows of one file. ``zone``, the position's, is assumed for times without one, and its country
    for phones without country code."""

    def __init__(self, columns: Columns, *, zone: tzinfo) -> None:
        places = columns.places
        self._width = columns.width
        self._header = list(columns.header)
        self._questions = [(number, question.index) for number, question in enumerate(columns.questions)]
        self._lead_id = places.get(Column.LEAD_ID, ())
        self._full_name = places.get(Column.FULL_NAME, ())
        self._first_name = places.get(Column.FIRST_NAME, ())
        self._last_name = places.get(Column.LAST_NAME, ())
        self._phone = places.get(Column.PHONE, ())
        self._whatsapp_number = places.get(Column.WHATSAPP, ())
        self._email_address = places.get(Column.EMAIL, ())
        self._created_time = places.get(Column.CREATED, ())
        self._campaign_name = places.get(Column.CAMPAIGN, ())
        self._platform = places.get(Column.PLATFORM, ())
        self._zone = zone
        self._region = region_of_time_zone(str(zone))
        self._seen: dict[str, int] = {}
        self._other_header = ""
        """Why every further row is refused, once a header with other columns came."""

    def read(self, line: int, cells: Sequence[str]) -> Lead | Skipped | Refusal:
        """The verdict on a row. ``line`` is its line in the file; cells may be ragged."""
        if self._other_header:
            return self._refusal(line, self._other_header, cells)
        text = "\n".join(cells)
        if "'" in text:
            cells = [unguarded(cell) for cell in cells]
        if (skipped := self._no_lead(cells, text)) is not None:
            return Skipped(line, skipped, self.who(cells))
        verdict = self._damage(cells, text) or self._lead(line, cells)
        if isinstance(verdict, str):
            return self._refusal(line, verdict, cells)
        if isinstance(verdict, Lead):
            self._seen[verdict.lead_key] = line
        return verdict

    def _refusal(self, line: int, reason: str, cells: Sequence[str]) -> Refusal:
        return Refusal(line, reason, self.who(cells), tuple(cells))

    def who(self, cells: Sequence[str]) -> Who:
        phone = first_of(cells, self._phone)[:100]
        return Who(
            name=" ".join(self._name(cells).split())[:LONGEST_NAME],
            phone=phone[2:] if phone[:2] in {"p:", "P:"} else phone,
            email=first_of(cells, self._email_address)[:254],
            lead_id=first_of(cells, self._lead_id)[:200],
        )

    def _no_lead(self, cells: Sequence[str], text: str) -> str | None:
        if "<test lead" in text or first_of(cells, self._email_address).lower() == "test@meta.com":
            return "a test lead of Meta's, not a person"
        return (
            "the header once more" if cells[0].strip() == self._header[0] and self._is_header(cells) else None
        )

    def _is_header(self, cells: Sequence[str]) -> bool:
        return [" ".join(clean(cell).split()) for cell in cells[: self._width]] == self._header

    def _damage(self, cells: Sequence[str], text: str) -> str | None:
        """What keeps a row from being read for certain. Unreadable letters in an answer do not."""
        if len(cells) > self._width and any(cell.strip() for cell in cells[self._width :]):
            return f"the row has {len(cells)} cells, the header {self._width}"
        if "\0" in text:
            return "the row holds NUL bytes: the file is damaged here"
        whole = (self._lead_id, self._full_name, self._first_name, self._last_name, self._phone)
        if "\ufffd" in text and any(
            "\ufffd" in first_of(cells, places) for places in (*whole, self._email_address)
        ):
            return "the row holds characters that can't be read: the file is damaged here"
        return None

    def _lead(self, line: int, cells: Sequence[str]) -> Lead | Skipped | str:
        """The lead, or why the row is none."""
        lead_id = first_of(cells, self._lead_id)
        key = lead_id[2:].strip() if lead_id[:2] in {"l:", "L:"} else lead_id
        if not key:
            return "the row has no lead id"
        if len(key) > 200 or _ROUNDED.fullmatch(key):
            return "the lead id was damaged by a spreadsheet: export the file again"
        if (earlier := self._seen.get(key)) is not None:
            return Skipped(line, f"the same lead as line {earlier:,}", self.who(cells))
        email, email_problem = self._email(cells)
        given = self._number(cells)
        phone = normalise_phone(given, self._region)
        written = given.lower().removeprefix("p:").strip()
        if phone.e164 is None and email is None and (header := self._no_person(line, cells)) is not None:
            return header
        if not written and email is None:
            return email_problem or "the row has neither a phone number nor an email"
        full_name = " ".join(self._name(cells).split())
        if len(full_name) > LONGEST_NAME:
            return f"the name is longer than {LONGEST_NAME} characters"
        first, last = split_name(full_name)
        return Lead(
            line=line,
            lead_id=lead_id,
            lead_key=key,
            full_name=full_name,
            first_name=first,
            last_name=last,
            name_folded=fold(full_name),
            phone=phone.e164,
            phone_as_given=given if written else None,
            phone_problem=phone.reason if written else None,
            email=email,
            whatsapp_number=self._whatsapp(cells, phone.e164),
            time_zone=phone_time_zone(phone.e164) if phone.e164 else None,
            created=self._created(cells),
            campaign_name=self._campaign(cells),
            platform=first_of(cells, self._platform) or None,
            answers=self._answers(cells),
        )

    def _no_person(self, line: int, cells: Sequence[str]) -> Skipped | str | None:
        """A header in the middle of the file, as files put together have one; under another one nothing is
        read, since its columns may mean anything."""
        meanings = {meaning_of(clean(cell)) for cell in cells if cell.strip()} - {Column.QUESTION}
        if Column.LEAD_ID not in meanings or not meanings & {Column.PHONE, Column.EMAIL}:
            return None
        if self._is_header(cells):
            return Skipped(line, "the header once more", self.who(cells))
        self._other_header = (
            f"another header stands on line {line:,}: make two files of this one, each with its own header"
        )
        return self._other_header

    def _number(self, cells: Sequence[str]) -> str:
        """Of several phone columns the first that holds more than Meta's prefix."""
        given = first_of(cells, self._phone)
        if len(self._phone) > 1 and given in {"p:", "P:"}:
            others = (first_of(cells, (index,)) for index in self._phone)
            return next((text for text in others if text not in {"", "p:", "P:"}), given)
        return given

    def _name(self, cells: Sequence[str]) -> str:
        full = first_of(cells, self._full_name)
        return full or f"{first_of(cells, self._first_name)} {first_of(cells, self._last_name)}"

    def _email(self, cells: Sequence[str]) -> tuple[str | None, str | None]:
        written = first_of(cells, self._email_address).lower()
        if not written:
            return None, None
        if len(written) > 254 or not _EMAIL.fullmatch(written):
            return None, "the row has no phone number, and its email is no email address"
        return written, None

    def _whatsapp(self, cells: Sequence[str], phone: str | None) -> str | None:
        if not self._whatsapp_number:
            return None
        number = normalise_phone(first_of(cells, self._whatsapp_number), self._region).e164
        return None if number == phone else number

    def _campaign(self, cells: Sequence[str]) -> str | None:
        name = first_of(cells, self._campaign_name)
        return None if not name or name.lower().replace("\u2019", "'").startswith(_NO_PERMISSION) else name

    def _answers(self, cells: Sequence[str]) -> tuple[tuple[int, str], ...]:
        width = len(cells)
        return tuple(
            (number, answer)
            for number, index in self._questions
            if index < width and (answer := answer_of(cells[index]))
        )

    def _created(self, cells: Sequence[str]) -> str | None:
        moment = moment_of(first_of(cells, self._created_time), self._zone)
        return moment.isoformat() if moment else None
