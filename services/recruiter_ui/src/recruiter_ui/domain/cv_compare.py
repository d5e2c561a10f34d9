"""What a CV says of its owner beside what is on file, and whether the two agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from people import fold, fold_email, normalise_phone

from recruiter_ui.domain.cv_paper import EMAIL, phones_in

Verdict = Literal["same", "partly", "differs", "nothing"]
_HEAD = 1_500
"""Characters at the top in which a CV names its owner."""


@dataclass(frozen=True, slots=True)
class Compared:
    label: str
    in_cv: str
    on_file: str
    verdict: Verdict


def contacts_of(reading: Mapping[str, Any] | None, text: str | None) -> dict[str, str]:
    """By the reading where it names them; else by the only address and number at the top of the text."""
    said = (reading or {}).get("contacts") or {}
    name = " ".join(it for it in (said.get("first_name"), said.get("last_name")) if it)
    top = (text or "")[:_HEAD]
    emails, phones = EMAIL.findall(top), phones_in(top)
    return {
        "name": name or _title(top),
        "email": said.get("email") or (emails[0] if emails else ""),
        "phone": said.get("phone") or (phones[0] if phones else ""),
    }


def _title(top: str) -> str:
    """The first line, if it reads like a name."""
    first = next((line.strip() for line in top.splitlines() if line.strip()), "")
    words = first.split()
    alike = 2 <= len(words) <= 5 and all(word.replace("-", "").replace(".", "").isalpha() for word in words)
    return first if alike else ""


def compared(contacts: Mapping[str, str], person: Mapping[str, Any]) -> list[Compared]:
    """``person``: ``full_name``, ``phone``, ``whatsapp_number``, ``email``."""
    name, email = person.get("full_name") or "", person.get("email") or ""
    numbers = [it for it in (person.get("phone"), person.get("whatsapp_number")) if it]
    written = normalise_phone(contacts["phone"]).e164 or contacts["phone"] if contacts["phone"] else ""
    return [
        Compared("Name", contacts["name"], name, _names(contacts["name"], name)),
        Compared("Phone", written, _nearest(written, numbers), _phones(written, numbers)),
        Compared("Email", contacts["email"], email, _emails(contacts["email"], email)),
    ]


def _names(one: str, other: str) -> Verdict:
    mine, theirs = set(fold(one).split()), set(fold(other).split())
    if not mine or not theirs:
        return "nothing"
    if mine == theirs:
        return "same"
    return "partly" if mine & theirs else "differs"


def _phones(written: str, numbers: list[str]) -> Verdict:
    if not written or not numbers:
        return "nothing"
    mine = _digits(written)
    return "same" if any(_digits(number) == mine for number in numbers) else "differs"


def _nearest(written: str, numbers: list[str]) -> str:
    """Of several numbers on file the one that agrees."""
    same = (number for number in numbers if _digits(number) == _digits(written))
    return next(same, numbers[0] if numbers else "")


def _digits(number: str) -> str:
    """National and international spelling of one number end alike."""
    return (normalise_phone(number).e164 or "".join(filter(str.isdigit, number)))[-9:]


def _emails(one: str, other: str) -> Verdict:
    if not one or not other:
        return "nothing"
    return "same" if fold_email(one) == fold_email(other) else "differs"


def apart_from(mine: str, theirs: str) -> tuple[str, str]:
    """``mine`` cut where it begins to differ from ``theirs``: numbers often are but for a few digits."""
    alike = 0
    while alike < min(len(mine), len(theirs)) and mine[alike] == theirs[alike]:
        alike += 1
    return mine[:alike], mine[alike:]
