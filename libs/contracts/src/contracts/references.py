"""How an application is named in writing: short, unambiguous, with a check character.

``RF-`` and Crockford base 32 of the application id scrambled within 30 bits (so that neighbours look
different), then one check character: a weighted sum of the digits in the field of 32 elements, which catches
every mistyped character and every two swapped ones. Alphabet: douglascrockford.com, Base 32.
"""

from __future__ import annotations

import re

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BITS = 30
_MASK = (1 << _BITS) - 1
_FACTOR = 0x2C1B_3C6D  # odd, hence invertible modulo 2**30
_INVERSE = pow(_FACTOR, -1, 1 << _BITS)
_LOOKALIKES = str.maketrans("OIL", "011")
_FORM = re.compile(r"(?<![A-Za-z0-9])RF[-\u2010-\u2015 ]?([0-9A-Za-z]{7})(?![0-9A-Za-z])", re.IGNORECASE)


def reference(application_id: int) -> str:
    """The reference of an application, e.g. ``RF-7K3Q9DX``. Ids are 1 to 2**30 - 1."""
    if not 0 < application_id <= _MASK:
        raise ValueError(f"application id {application_id} is out of range")
    scrambled = application_id * _FACTOR & _MASK
    digits = "".join(_ALPHABET[scrambled >> shift & 31] for shift in range(_BITS - 5, -1, -5))
    return f"RF-{digits}{_check(digits)}"


def find_references(text: str) -> list[int]:
    """The application ids named in a text, in order, without repeats; what fails its check is left out."""
    found: dict[int, None] = {}
    for match in _FORM.finditer(text):
        code = match.group(1).upper().translate(_LOOKALIKES)
        digits, check = code[:-1], code[-1]
        if any(char not in _ALPHABET for char in digits) or check != _check(digits):
            continue
        scrambled = 0
        for char in digits:
            scrambled = scrambled << 5 | _ALPHABET.index(char)
        found.setdefault(scrambled * _INVERSE & _MASK)
    return list(found)


def _check(digits: str) -> str:
    """Weights differ from each other and from 1, the check's own: so every single slip changes the sum."""
    total = 0
    for weight, char in enumerate(digits, start=2):
        total ^= _times(weight, _ALPHABET.index(char))
    return _ALPHABET[total]


def _times(one: int, other: int) -> int:
    """Product in GF(32), modulo x^5 + x^2 + 1."""
    product = 0
    for bit in range(5):
        if other >> bit & 1:
            product ^= one << bit
    for bit in range(8, 4, -1):
        if product >> bit & 1:
            product ^= 0b100101 << (bit - 5)
    return product
