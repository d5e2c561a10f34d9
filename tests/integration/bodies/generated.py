"""Bodies and headers that nobody should send: seeded, each kind of nonsense with a name.

Half of them are real deliveries with something wrong in one place, because what is nonsense throughout is
turned away by the first line of any reader.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

Samples = Callable[[int], list[dict[str, Any]]]
Headers = list[tuple[bytes, bytes]]

_ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1e308, -1e-320, 2**63, 2**70, 10**400, float("nan"), float("inf")),
    *("", " ", "\x00", "a\x00b", "\ud800", "\udfff\ud800", "\u202e", "x" * 9_000, "9" * 30, "1e999", "null"),
    *([], {}, [[]], [{}], {"": ""}, {"\ud800": "\x00"}, [None] * 40),
    *("conv_1", "../../etc", "1; DROP TABLE", "{{system__x}}", "2026-13-45T99:99:99Z", "-1", "0x10"),
)
_CONTENT_TYPES = (
    *("application/json", "application/json; charset=utf-16", "text/plain", "", "multipart/form-data"),
    *("application/x-www-form-urlencoded", "\xff\xfe", "application/" + "x" * 5_000),
)


class Bodies:
    """``next`` answers one body; the same seed gives the same row of them."""

    def __init__(self, dice: Random, samples: Samples) -> None:
        self._dice = dice
        self._samples = samples
        self._kinds: tuple[Callable[[], bytes], ...] = (
            *(self._spoilt, self._spoilt, self._spoilt, self._mangled, self._as_it_should_be),
            *(self._doubled_keys, self._random_json, self._deep, self._huge_numbers, self._no_json),
        )

    def next(self) -> bytes:
        return self._dice.choice(self._kinds)()

    def _sample(self) -> dict[str, Any]:
        """About somebody who is known, or about nobody."""
        return self._dice.choice(self._samples(self._dice.randrange(1, self._dice.choice((400, 10**6)))))

    def _as_it_should_be(self) -> bytes:
        return self._dump(self._sample())

    def _spoilt(self) -> bytes:
        return self._dump(self._spoil(self._sample(), self._dice.choice((0.02, 0.08, 0.3))))

    def _spoil(self, value: Any, chance: float) -> Any:
        dice = self._dice
        if dice.random() < chance:
            return dice.choice(_ODD)
        if isinstance(value, dict):
            kept = {key: self._spoil(one, chance) for key, one in value.items() if dice.random() > chance / 2}
            if dice.random() < chance:
                kept[str(dice.choice(_ODD))[:50]] = dice.choice(_ODD)
            return kept
        if isinstance(value, list):
            return [self._spoil(one, chance) for one in value] * dice.choice((1, 1, 1, 0, 3))
        return value

    def _mangled(self) -> bytes:
        raw = bytearray(self._as_it_should_be())
        for _ in range(self._dice.randrange(1, 6)):
            place = self._dice.randrange(len(raw) + 1)
            raw[place : place + self._dice.randrange(4)] = self._dice.randbytes(self._dice.randrange(4))
        return bytes(raw)

    def _doubled_keys(self) -> bytes:
        """The same key again, with something else in it; readers differ in which one counts."""
        again = ",".join(f"{json.dumps(key)}:{json.dumps(self._dice.choice(_ODD))}" for key in self._sample())
        whole = self._as_it_should_be()
        return whole[:-1] + b"," + again.encode() + b"}"

    def _random_json(self, depth: int = 0) -> bytes:
        return self._dump(self._anything(0))

    def _anything(self, depth: int) -> Any:
        dice, roll = self._dice, self._dice.random()
        if depth > 4 or roll < 0.4:
            return dice.choice(_ODD)
        if roll < 0.7:
            return [self._anything(depth + 1) for _ in range(dice.randrange(4))]
        names = ("type", "data", "event", "messages", "statuses", "entry", "changes", "value", "id", "text")
        return {dice.choice(names): self._anything(depth + 1) for _ in range(dice.randrange(5))}

    def _deep(self) -> bytes:
        levels = self._dice.randrange(self._dice.choice((100, 2_000, 60_000)))
        opened, closed = self._dice.choice(((b"[", b"]"), (b'{"data":', b"}"), (b'{"messages":[', b"]}")))
        middle = self._dice.choice((b"1", b"", b'"type"', b"null"))
        return opened * levels + middle + closed * (levels - self._dice.choice((0, 0, 1)))

    def _huge_numbers(self) -> bytes:
        number = self._dice.choice(
            (b"9" * 5_000, b"-" + b"1" * 400, b"1e99999", b"0." + b"0" * 4_000 + b"1", b"-0", b"NaN", b"01")
        )
        whole = self._as_it_should_be()
        return self._dice.choice(
            (
                whole.replace(b"1795000000", number),
                whole.replace(b"82", number),
                b'{"type":%s}' % number,
                number,
            )
        )

    def _no_json(self) -> bytes:
        dice = self._dice
        return dice.choice(
            (
                b"",
                b" \r\n\t",
                b"\xef\xbb\xbf" + self._as_it_should_be(),
                self._as_it_should_be().decode().encode("utf-16"),
                b"a=1&b=2",
                b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>',
                b"\x1f\x8b" + dice.randbytes(60),
                dice.randbytes(dice.randrange(300)),
                b"\x00" * dice.randrange(1, 3_000),
                b"x" * dice.choice((10_000, 300_000)),
                self._as_it_should_be() + self._as_it_should_be(),
                self._as_it_should_be()[: dice.randrange(40)],
            )
        )

    def _dump(self, value: Any) -> bytes:
        """With escapes or without: half surrogates stand only in escapes."""
        plain = self._dice.random() < 0.5
        return json.dumps(value, ensure_ascii=not plain).encode("utf-8", "surrogatepass")


def content_type(dice: Random) -> tuple[bytes, bytes]:
    return b"content-type", dice.choice(_CONTENT_TYPES).encode("latin-1")


def elevenlabs_headers(dice: Random, secret: str, body: bytes, *, genuine: bool) -> Headers:
    stamp = str(int(time.time()) if genuine else dice.choice((0, int(time.time()) - 86_400, 10**11, 10**30)))
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    good = f"t={stamp},v0={digest}"
    if genuine:
        good = dice.choice(
            (good, f" t={stamp} , v0={digest}", f"v0={'0' * 64},{good}", good.upper()[:1] + good[1:])
        )
        return [(b"elevenlabs-signature", good.replace("T=", "t=").encode())]
    return [(b"elevenlabs-signature", _odd_header(dice, good))]


def whapi_headers(dice: Random, secret: str, body: bytes, *, genuine: bool) -> Headers:
    name = dice.choice((b"authorization", b"x-webhook-secret"))
    right = dice.choice((f"Bearer {secret}", secret, f"bearer  {secret} ")).encode()
    return [(name, right if genuine else _odd_header(dice, f"Bearer {secret}-not"))]


def meta_headers(dice: Random, secret: str, body: bytes, *, genuine: bool) -> Headers:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    right = dice.choice((f"sha256={digest}", f"SHA256={digest.upper()}", f" sha256 = {digest} "))
    wrong = _odd_header(dice, f"sha256={digest[:-1]}")
    return [(b"x-hub-signature-256", right.encode() if genuine else wrong)]


def _odd_header(dice: Random, nearly: str) -> bytes:
    odd: Sequence[bytes] = (
        b"",
        b"\xff\xfe\x00",
        b"=" * 200,
        b"t=,v0=",
        b"x" * 20_000,
        b"sha256=" + b"0" * 64,
        nearly[: dice.randrange(len(nearly))].encode(),
        nearly.swapcase().encode(),
        ("t=1,v0=" + "0" * 64).encode(),
    )
    return dice.choice(odd)
