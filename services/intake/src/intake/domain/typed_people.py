"""What a recruiter types of a person: read as strictly as a lead, and nothing of it is guessed.

A phone number that can't be used is kept as it was typed, and flagged by there being no usable one. A field
that stands as it stood is no correction, whatever it looks like.
"""

from __future__ import annotations

import unicodedata
from typing import Protocol

from people import (
    fold,
    normalise_email,
    normalise_phone,
    phone_region,
    phone_time_zone,
    region_of_time_zone,
    split_name,
)

from intake.domain.positions import is_language, is_time_zone
from intake.domain.profiles import Profile


class Typed(Protocol):
    """Every field as it was typed; empty text means none."""

    @property
    def full_name(self) -> str: ...
    @property
    def phone(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def whatsapp_number(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def time_zone(self) -> str: ...
    @property
    def notes(self) -> str: ...


class NotUsable(Exception):
    """``code`` is for programs, ``message`` tells a recruiter what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


_NOBODY = Profile(
    full_name="", first_name="", last_name="", name_folded="", phone=None, phone_as_given=None, email=None,
    whatsapp_number=None, language="ro", time_zone=None, source="manual", lead_id=None, lead_key=None,
    created=None, campaign_name=None, platform=None, answers=(),
)  # fmt: skip


def written_down(typed: Typed, region: str) -> Profile:
    """A person nobody knew before. ``region`` is assumed for numbers without country code.

    Raises ``NotUsable``.
    """
    return _read(_NOBODY, typed, region)


def corrected(known: Profile, typed: Typed, applied_where: str | None = None) -> Profile:
    """The person with what was typed instead; equal to ``known`` where nothing changed. Raises ``NotUsable``.

    Numbers without country code are taken to be of where the person's number is; without one, of the time
    zone they are in, or else that they applied in (``applied_where``).
    """
    at_home = phone_region(known.phone) if known.phone else None
    return _read(known, typed, at_home or region_of_time_zone(known.time_zone or applied_where))


def taken_on(alias: Profile, before: Profile, then: Profile) -> Profile:
    """Another record of the same person, with what was corrected in the one that is kept."""
    changed = {
        name: value
        for name, value in then._asdict().items()
        if name not in _OF_THE_LEAD and value != getattr(before, name)
    }
    return alias._replace(**changed)


_OF_THE_LEAD = {"lead_id", "lead_key", "created", "source"}


def _read(known: Profile, typed: Typed, region: str) -> Profile:
    name = " ".join(_clean(typed.full_name).split())
    first, last = (known.first_name, known.last_name) if name == known.full_name else split_name(name)
    phone, as_given = _phone(known, _clean(typed.phone), region)
    email = _email(known, _clean(typed.email))
    if not as_given and not phone and not email and (known.phone_as_given or known.email or known is _NOBODY):
        message = "Write a phone number or an email address: without either nobody can reach the person."
        raise NotUsable("no_contact", message)
    return known._replace(
        full_name=name,
        first_name=first,
        last_name=last,
        name_folded=known.name_folded if name == known.full_name else fold(name),
        phone=phone,
        phone_as_given=as_given,
        email=email,
        whatsapp_number=_whatsapp(known, _clean(typed.whatsapp_number), phone, region),
        language=_language(known, _clean(typed.language)),
        time_zone=_time_zone(known, _clean(typed.time_zone), phone),
        notes=_notes(typed.notes),
    )


def _phone(known: Profile, typed: str, region: str) -> tuple[str | None, str | None]:
    """The usable number, and what was typed. The form shows one of the two: then it is no correction."""
    if not typed:
        return None, None
    if known.phone is not None and typed in (known.phone, known.phone_as_given):
        return known.phone, known.phone_as_given
    number = normalise_phone(typed, region).e164
    if number == known.phone and (number is not None or typed == known.phone_as_given):
        return known.phone, known.phone_as_given
    return number, typed


def _email(known: Profile, typed: str) -> str | None:
    if not typed or typed == known.email:
        return typed or None
    address = normalise_email(typed)
    if address is None:
        raise NotUsable(
            "bad_email", f"{typed[:80]!r} is no email address: write one such as ana@example.com."
        )
    return address


def _whatsapp(known: Profile, typed: str, phone: str | None, region: str) -> str | None:
    if not typed or typed == known.whatsapp_number:
        return None if typed == phone else typed or None
    number = normalise_phone(typed, region)
    if number.e164 is None:
        message = f"The WhatsApp number can't be used: {number.reason}. Correct it or leave it empty."
        raise NotUsable("bad_whatsapp_number", message)
    return None if number.e164 == phone else number.e164


def _language(known: Profile, typed: str) -> str:
    code = typed.lower() or known.language
    if code != known.language and not is_language(code):
        message = f"{typed[:20]!r} is no language code; write two letters such as ro or en."
        raise NotUsable("unknown_language", message)
    return code


def _time_zone(known: Profile, typed: str, phone: str | None) -> str | None:
    """Where nothing was typed, the number's; one that came with the old number goes with it."""
    came_with = phone_time_zone(known.phone) if known.phone else None
    if not typed or (typed == known.time_zone == came_with and phone != known.phone):
        return phone_time_zone(phone) if phone else None
    if typed != known.time_zone and not is_time_zone(typed):
        message = f"{typed!r} is no time zone; write one such as Europe/Bucharest, or nothing."
        raise NotUsable("unknown_time_zone", message)
    return typed


def _notes(typed: str) -> str | None:
    lines = typed.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_clean(line) for line in lines).strip() or None


def _clean(text: str) -> str:
    """Without what can't be seen: control characters, and marks that turn the direction of writing."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(
            char for char in text if char.isspace() or unicodedata.category(char) not in {"Cc", "Cf", "Cs"}
        )
    return text.strip()
