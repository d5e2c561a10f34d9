"""People out of a lead file, so that a world can be filled from what will be imported.

Only as much reading as the sandbox needs: any encoding and delimiter a Meta export comes in, columns by their
usual names. What it can't read it leaves out; the importer is the one who complains.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.personas.people import tidy_phone

_NAMES = ("full_name", "nume_complet", "nume_si_prenume", "name", "nume")
_PHONES = ("phone_number", "phone", "telefon", "numar_de_telefon", "număr_de_telefon", "mobile")
_EMAILS = ("email", "e-mail", "work_email", "adresa_de_email")


@dataclass(frozen=True, slots=True)
class Lead:
    name: str | None
    phone: str | None
    email: str | None


def people_in(content: bytes) -> list[Lead]:
    text = _decoded(content)
    head = text.partition("\n")[0]
    delimiter = max("\t;,", key=head.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    leads = []
    for row in rows:
        plain = {
            str(key).strip().lower(): value.strip() for key, value in row.items() if isinstance(value, str)
        }
        lead = lead_in(plain)
        if lead.phone or lead.email:
            leads.append(lead)
    return leads


def lead_in(fields: Mapping[str, str]) -> Lead:
    """Who filled in a form, as far as its fields tell; nobody where it was a test."""
    name = (
        _first(fields, _NAMES)
        or f"{fields.get('first_name', '')} {fields.get('last_name', '')}".strip()
        or None
    )
    phone, email = tidy_phone(_first(fields, _PHONES) or ""), _first(fields, _EMAILS)
    if "<test lead" in f"{name}{email}":
        return Lead(None, None, None)
    return Lead(name, phone, email.lower() if email and "@" in email else None)


def _first(row: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((row[name] for name in names if row.get(name)), None)


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    if b"\x00" in content[:200]:
        return content.decode("utf-16-le", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
