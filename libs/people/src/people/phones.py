"""Phone numbers: E.164 or nothing. What can't be read for certain is kept as given, never guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers
from phonenumbers import REGION_CODE_FOR_NON_GEO_ENTITY, NumberParseException, PhoneMetadata

DEFAULT_REGION = "RO"


@dataclass(frozen=True, slots=True)
class Phone:
    """``e164`` is None when the number is unusable; ``reason`` then says why, in words for a recruiter."""

    e164: str | None
    as_given: str
    valid: bool
    reason: str | None = None


def _romanian_mobile() -> re.Pattern[str]:
    """The library's own pattern of Romanian mobile numbers, so that the short way can't disagree with it."""
    metadata = PhoneMetadata.metadata_for_region("RO", None)
    assert metadata is not None  # the library ships it
    assert metadata.mobile is not None
    return re.compile(rf"\+40(?=7[0-9]{{8}}\Z)(?:{metadata.mobile.national_number_pattern})\Z", re.ASCII)


_ROMANIAN_MOBILE = _romanian_mobile()
_PREFIX = re.compile(r"^\s*p:", re.IGNORECASE)
_ROUNDED = re.compile(r"^[+\s]*\d+(?:[.,]\d+)?[eE]\+?\d+$")
_EXTENSION = re.compile(r"(?:\s*(?:ext|extn|x)\.?\s*\d{1,7})$", re.IGNORECASE)


def normalise_phone(raw: str, region: str = DEFAULT_REGION) -> Phone:
    """Read a number as somebody wrote it; ``region`` is assumed where it has no country code.

    A leading ``p:`` (Meta's exports) is no part of the number.
    """
    number = _PREFIX.sub("", raw).strip()
    if _ROMANIAN_MOBILE.match(number):
        return Phone(number, raw, True)
    return _ask_library(number, raw, region)


def _ask_library(number: str, raw: str, region: str) -> Phone:
    if not number:
        return Phone(None, raw, False, "no phone number is given")
    if _ROUNDED.match(number):
        return Phone(None, raw, False, "a spreadsheet has rounded the phone number: export the file again")
    if any(char.isalpha() for char in _EXTENSION.sub("", number)):
        return Phone(None, raw, False, "the phone number holds letters")
    try:
        parsed = phonenumbers.parse(number, region)
    except NumberParseException:
        return Phone(None, raw, False, "this is no phone number")
    if not phonenumbers.is_possible_number(parsed):
        return Phone(None, raw, False, "the phone number has too few or too many digits")
    if not phonenumbers.is_valid_number(parsed):
        return Phone(None, raw, False, "no such phone number exists")
    return Phone(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164), raw, True)


def phone_variants(raw: str, region: str = DEFAULT_REGION) -> tuple[str, ...]:
    """Every E.164 form that a written number may be on file in; none where it is no number.

    ``0040...``, ``40...`` and ``07...`` are one number. Three countries have two forms of the same mobile:
    Mexico (+52 1, until 2019), Argentina (+54 9 from abroad), Brazil (the ninth digit, left out by WhatsApp).
    """
    read = normalise_phone(raw, region).e164
    digits = "".join(char for char in raw if char.isdigit())
    if read is None and not raw.strip().startswith("0"):
        read = normalise_phone(f"+{digits}", region).e164
    if read is not None:
        return tuple(dict.fromkeys([read, *_other_forms(read)]))
    forms = _other_forms(f"+{digits}")
    return tuple(form for form in forms if normalise_phone(form).e164)


def _other_forms(e164: str) -> list[str]:
    return [again for written, form in _TWO_FORMS if (again := written.sub(form, e164)) != e164]


_TWO_FORMS = tuple(
    (re.compile(written, re.ASCII), form)
    for written, form in (
        (r"^\+521(\d{10})$", r"+52\1"),
        (r"^\+52(\d{10})$", r"+521\1"),
        (r"^\+549(\d{10})$", r"+54\1"),
        (r"^\+54([1-8]\d{9})$", r"+549\1"),
        (r"^\+55(\d\d)9(\d{8})$", r"+55\1\2"),
        (r"^\+55(\d\d)([6-9]\d{7})$", r"+55\g<1>9\2"),
    )
)


def phone_region(e164: str) -> str | None:
    """The country of a number, ISO 3166 alpha-2, or None where it has none (satellite, freephone)."""
    if e164.startswith("+40"):
        return "RO"
    try:
        region = phonenumbers.region_code_for_number(phonenumbers.parse(e164))
    except NumberParseException:
        return None
    return None if region == REGION_CODE_FOR_NON_GEO_ENTITY else region
