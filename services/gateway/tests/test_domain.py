"""Proof of origin, and what a delivery is called."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from gateway.domain import (
    UNREADABLE,
    UNTYPED,
    NotGenuine,
    Provider,
    Tolerance,
    as_inline_text,
    check_body_signature,
    check_shared_secret,
    check_signature,
    check_subscription,
    kind_of,
    parse_signature,
)
from hypothesis import given
from hypothesis import strategies as st

BODY = b'{"type":"post_call_transcription"}'
VECTOR = "8580fe46ca40876a1f93f7a34277501134e83d7dd8472e950b34c3b9c4d1e248"
"""Captured from the vendor's SDK: secret wsec_test, t 1700000000 (providers.md 1.6)."""


def real(span: timedelta) -> float:
    return span.total_seconds()


def test_the_vendors_own_signature_is_accepted() -> None:
    check_signature(parse_signature(f"t=1700000000,v0={VECTOR}"), ["wsec_test"], BODY)


@pytest.mark.parametrize(
    "header",
    [
        f"t=1700000000, v0={VECTOR}",
        f" v0 = {VECTOR} , t = 1700000000 ",
        f"t=1700000000,v0={'0' * 64},v0={VECTOR}",
        f"t=1700000000,v0={VECTOR},v1=later",
        f"t=1700000000,v0={VECTOR.upper()}",
    ],
)
def test_spaces_order_and_several_parts_are_tolerated(header: str) -> None:
    check_signature(parse_signature(header), ["another", "wsec_test"], BODY)


@pytest.mark.parametrize(
    "header",
    ["", "t=1700000000", f"v0={VECTOR}", f"t=x,v0={VECTOR}", f"t=1,t=2,v0={VECTOR}", "t=1,v0=short", "=,=,,"],
)
def test_an_unreadable_signature_is_not_genuine(header: str) -> None:
    with pytest.raises(NotGenuine):
        parse_signature(header)


@pytest.mark.parametrize(
    ("stamp", "body", "secret"),
    [
        ("1700000001", BODY, "wsec_test"),
        ("1700000000", BODY + b" ", "wsec_test"),
        ("1700000000", BODY, "wsec_other"),
    ],
)
def test_time_body_and_secret_are_all_signed(stamp: str, body: bytes, secret: str) -> None:
    with pytest.raises(NotGenuine):
        check_signature(parse_signature(f"t={stamp},v0={VECTOR}"), [secret], body)


@pytest.mark.parametrize(
    ("minutes", "covered"), [(0, True), (30, True), (-30, True), (31, False), (-31, False)]
)
def test_a_signature_is_good_for_half_an_hour_either_way(minutes: int, covered: bool) -> None:
    now = datetime(2026, 11, 18, 12, tzinfo=UTC)
    tolerance = Tolerance(timedelta(minutes=30), 20.0)
    assert tolerance.covers(now + timedelta(minutes=minutes), now, real) is covered


def test_on_a_fast_clock_a_request_still_has_time_to_arrive() -> None:
    now = datetime(2026, 11, 18, 12, tzinfo=UTC)
    tolerance = Tolerance(timedelta(minutes=30), 20.0)
    assert tolerance.covers(now - timedelta(hours=2), now, lambda span: span.total_seconds() / 3600)
    assert not tolerance.covers(now - timedelta(hours=21), now, lambda span: span.total_seconds() / 3600)


@pytest.mark.parametrize("offered", [["Bearer s3cret"], ["bearer s3cret"], ["s3cret"], ["wrong", "s3cret"]])
def test_a_shared_secret_is_accepted_with_and_without_bearer(offered: list[str]) -> None:
    check_shared_secret(offered, ["s3cret"])


@pytest.mark.parametrize("offered", [[], [""], ["Bearer"], ["Bearer s3cre"], ["Basic s3cret"], ["s3cret2"]])
def test_anything_else_is_not_genuine(offered: list[str]) -> None:
    with pytest.raises(NotGenuine):
        check_shared_secret(offered, ["s3cret"])


PAGE = b'{"object":"page"}'
OF_THE_PAGE = "sha256=b38a2f589e8e63c7fc3318ee5fad162aa1c05bd62cb1ec87c9a61641619505e2"
"""The vector of providers.md 7.2: secret appsecret."""


@pytest.mark.parametrize(
    "offered",
    [
        [OF_THE_PAGE],
        [f" {OF_THE_PAGE} "],
        ["sha256=" + OF_THE_PAGE[7:].upper()],
        ["sha1=" + "0" * 40, OF_THE_PAGE],
        ["sha256=" + "0" * 64, OF_THE_PAGE],
    ],
)
def test_metas_signature_over_the_body_is_accepted_with_one_of_our_secrets(offered: list[str]) -> None:
    check_body_signature(offered, ["the-next-secret", "appsecret"], PAGE)


@pytest.mark.parametrize(
    ("offered", "body", "secret"),
    [
        ([], PAGE, "appsecret"),
        (["sha256="], PAGE, "appsecret"),
        ([OF_THE_PAGE[7:]], PAGE, "appsecret"),
        (["sha1=" + OF_THE_PAGE[7:47]], PAGE, "appsecret"),
        ([OF_THE_PAGE], PAGE + b" ", "appsecret"),
        ([OF_THE_PAGE], PAGE, "appsecret2"),
        (["sha256=\u0663" + OF_THE_PAGE[8:]], PAGE, "appsecret"),
        (["sha256=" + "0" * 64] * 50 + [OF_THE_PAGE], PAGE, "appsecret"),
    ],
    ids=["none", "empty", "bare", "sha1", "other body", "other secret", "other digits", "too many"],
)
def test_what_meta_did_not_sign_is_not_genuine(offered: list[str], body: bytes, secret: str) -> None:
    with pytest.raises(NotGenuine):
        check_body_signature(offered, [secret], body)


def test_a_subscription_is_confirmed_to_who_knows_our_token() -> None:
    check_subscription("subscribe", "t2", ["t1", "t2"])
    for mode, token in (("subscribe", "t3"), ("subscribe", ""), ("unsubscribe", "t1"), ("", "t1")):
        with pytest.raises(NotGenuine):
            check_subscription(mode, token, ["t1", "t2"])
    with pytest.raises(NotGenuine):
        check_subscription("subscribe", "\ud800", ["t1"])


@pytest.mark.parametrize(
    ("provider", "body", "kind"),
    [
        (Provider.ELEVENLABS, BODY, "post_call_transcription"),
        (Provider.ELEVENLABS, b'{"type":"something_new"}', "something_new"),
        (Provider.ELEVENLABS, b'{"conversation_id":"c"}', UNTYPED),
        (Provider.ELEVENLABS, b'{"type":{"a":1}}', UNTYPED),
        (Provider.ELEVENLABS, b'{"type":"Ana, +40700000011"}', UNTYPED),
        (Provider.ELEVENLABS, b"[]", UNTYPED),
        (Provider.ELEVENLABS, b"\xff\xfe", UNREADABLE),
        (Provider.ELEVENLABS, b"[" * 100_000, UNREADABLE),
        (Provider.WHAPI, b'{"messages":[],"event":{"type":"messages","event":"post"}}', "messages"),
        (Provider.WHAPI, b'{"channel_id":"X","statuses":[]}', "statuses"),
        (Provider.WHAPI, b"{}", UNTYPED),
        (
            Provider.META,
            b'{"object":"page","entry":[{"changes":[{"field":"leadgen","value":{}}]}]}',
            "leadgen",
        ),
        (Provider.META, b'{"object":"page","entry":[5,{},{"changes":[{"field":"feed"}]}]}', "feed"),
        (Provider.META, b'{"object":"page","entry":[{"changes":{}}]}', "page"),
        (Provider.META, b'{"entry":[{"changes":[{"field":["leadgen"]}]}]}', UNTYPED),
    ],
)
def test_a_delivery_is_called_what_its_provider_calls_it(provider: Provider, body: bytes, kind: str) -> None:
    assert kind_of(provider, body) == kind


@pytest.mark.parametrize("body", [b"x" * 11, b"\xff", b"a\x00", b"a\x01"])
def test_what_an_event_can_not_carry_goes_to_the_store(body: bytes) -> None:
    assert as_inline_text(body, 10) is None
    assert as_inline_text("ă\n\t".encode(), 10) == "ă\n\t"


@given(st.text() | st.from_regex(r"t=[0-9]*,v0=[0-9a-f]{60,66}", fullmatch=True), st.binary(max_size=200))
def test_no_header_and_no_body_make_checking_fail(header: str, body: bytes) -> None:
    with pytest.raises(NotGenuine):
        check_body_signature([header], ["appsecret"], body)
    try:
        signature = parse_signature(header)
        assert signature.signed_at.tzinfo is UTC
        check_signature(signature, ["wsec_test"], body)
    except NotGenuine:
        pass
    assert kind_of(Provider.ELEVENLABS, body)
    assert kind_of(Provider.WHAPI, body)
    assert kind_of(Provider.META, body)


@given(st.binary(max_size=500), st.text(min_size=1, max_size=30), st.integers(0, 10**11 - 1))
def test_what_is_signed_with_the_secret_is_genuine(body: bytes, secret: str, stamp: int) -> None:
    try:
        key = secret.encode()
    except UnicodeEncodeError:
        return
    digest = hmac.new(key, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    check_signature(parse_signature(f"t={stamp},v0={digest}"), [secret], body)
