"""Meta at the door: it asks whether the address is ours, then announces leads (providers.md 7.2)."""

from __future__ import annotations

import asyncio
import json
import random
import sys
from typing import Any

import pytest

from .conftest import META_SECRET, META_TOKEN, Gateway, House, signed_by_meta

PATH = "/webhooks/meta"


def announcing(*leadgen_ids: Any, field: str = "leadgen", **more: Any) -> bytes:
    changes = [
        {"field": field, "value": {"leadgen_id": each, "form_id": 12312312312}} for each in leadgen_ids
    ]
    entry = {"id": 153125381133, "time": 1438292065, "changes": changes}
    return json.dumps({"object": "page", "entry": [entry], **more}).encode()


async def post(gateway: Gateway, body: bytes) -> int:
    return (await gateway.post(body, path=PATH, **signed_by_meta(body))).status_code


async def asked(gateway: Gateway, **params: str) -> tuple[int, str]:
    answer = await gateway.http.get(PATH, params={f"hub.{name}": value for name, value in params.items()})
    return answer.status_code, answer.text


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
async def test_the_challenge_comes_back_as_it_was_asked(gateway: Gateway, path: str) -> None:
    params = {"hub.mode": "subscribe", "hub.verify_token": META_TOKEN, "hub.challenge": "<b>1158201444</b>"}
    answer = await gateway.http.get(path, params=params)
    assert (answer.status_code, answer.text) == (200, "<b>1158201444</b>")
    assert answer.headers["Content-Type"].startswith("text/plain")


async def test_who_does_not_know_our_token_gets_403_and_no_challenge(gateway: Gateway) -> None:
    for wrong in ({"mode": "subscribe", "verify_token": "guess"}, {"verify_token": META_TOKEN}, {}):
        status, text = await asked(gateway, challenge="1158201444", **wrong)
        assert status == 403
        assert "1158201444" not in text


async def test_either_token_is_good_while_it_is_changed(house: House) -> None:
    async with house.gateway(meta_verify_token="old, new") as gateway:
        for token in ("old", "new"):
            assert (await asked(gateway, mode="subscribe", verify_token=token, challenge="1"))[0] == 200


async def test_without_a_token_meta_is_asked_to_come_again(house: House) -> None:
    async with house.gateway(meta_verify_token="") as gateway:
        assert (await asked(gateway, mode="subscribe", verify_token="", challenge="1"))[0] == 503


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
async def test_a_signed_announcement_is_stored_with_its_event(gateway: Gateway, path: str) -> None:
    body = announcing(123123123123)
    answer = await gateway.post(body, path=path, **signed_by_meta(body))
    assert (answer.status_code, answer.json()) == (200, {"status": "stored"})
    [row], [event] = await gateway.rows(), await gateway.said()
    assert (row["provider"], row["kind"], row["body"]) == ("meta", "leadgen", body)
    assert (event["type"], event["body"]) == ("gateway.meta_webhook.received.v1", body.decode())


async def test_the_same_announcement_again_changes_nothing(gateway: Gateway) -> None:
    body = announcing("123123123123")
    assert set(await asyncio.gather(*(post(gateway, body) for _ in range(20)))) == {200}
    assert len(await gateway.rows()) == len(await gateway.said()) == 1


async def test_what_meta_did_not_sign_gets_401_and_leaves_no_trace(gateway: Gateway) -> None:
    body = announcing(1)
    for headers in (
        {"Content-Type": "application/json"},
        signed_by_meta(body, secret="guess"),
        signed_by_meta(body + b" "),
        {"X-Hub-Signature": signed_by_meta(body)["X-Hub-Signature-256"]},
    ):
        assert (await gateway.post(body, path=PATH, **headers)).status_code == 401
    assert not await gateway.rows()
    assert not await gateway.said()


async def test_either_secret_is_good_while_it_is_reset(house: House) -> None:
    async with house.gateway(meta_app_secret=f"{META_SECRET},reset") as gateway:
        for number, secret in enumerate((META_SECRET, "reset")):
            body = announcing(number)
            signature = signed_by_meta(body, secret=secret)
            assert (await gateway.post(body, path=PATH, **signature)).status_code == 200


async def test_another_field_or_object_is_kept_and_published(gateway: Gateway) -> None:
    for body, kind in (
        (announcing(1, field="feed"), "feed"),
        (announcing(object="user"), "user"),
        (b"[]", "untyped"),
        (b"not json", "unreadable"),
    ):
        assert await post(gateway, body) == 200
        assert (await gateway.said())[-1]["kind"] == kind


async def test_a_body_over_the_limit_gets_413(house: House) -> None:
    async with house.gateway(webhook_body_limit_bytes=2_000) as gateway:
        assert await post(gateway, b"x" * 2_000) == 200
        assert await post(gateway, b"x" * 2_001) == 413


async def test_a_large_or_unreadable_body_goes_to_the_blob_store(gateway: Gateway, house: House) -> None:
    for body in (announcing(*range(10_000)), b"\xff\x00 no text"):
        assert await post(gateway, body) == 200
        row = (await gateway.rows())[-1]
        assert (await gateway.said())[-1]["body_ref"]["key"] == row["body_ref"]
        assert (house.folder / row["body_ref"]).read_bytes() == body


async def test_no_signed_garbage_ever_gets_a_5xx_and_all_of_it_is_kept(gateway: Gateway) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}", file=sys.stderr)
    dice = random.Random(seed)
    seeds = [announcing(1, "2"), b'{"entry":[[]]}', b'{"entry":[{"changes":[{"field":1e999}]}]}', b"null"]
    bodies = {_mangled(dice, dice.choice(seeds)) for _ in range(300)}
    assert set(await asyncio.gather(*(post(gateway, body) for body in bodies))) == {200}
    assert len(await gateway.rows()) == len(await gateway.said()) == len(bodies)


def _mangled(dice: random.Random, body: bytes) -> bytes:
    raw = bytearray(body)
    for _ in range(dice.randrange(1, 6)):
        place = dice.randrange(len(raw) + 1)
        raw[place : place + dice.randrange(3)] = dice.randbytes(dice.randrange(4))
    return bytes(raw)
