"""WhatsApp's state as Whapi tells it: what a person has to mend is told from what passes."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.testing_http import HANGS_UP, Asked, LoopbackServer, Says
from contracts.messaging import ChannelConnected, ChannelLost
from messaging.adapters.whapi_health import WhapiHealth
from messaging.handlers.connections import check_whatsapp

from .office import Office


def a_health(text: str) -> Says:
    return Says({"channel_id": "X", "status": {"code": 4, "text": text}, "user": {"id": "40700000099"}})


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        (a_health("AUTH"), "connected", None),
        (a_health("QR"), "lost", "no longer linked"),
        (a_health("STOP"), "lost", "stopped"),
        (a_health("LAUNCH"), "away", "not ready"),
        (Says({"error": {}}, 401), "lost", "refuses our token"),
        (Says({"error": {}}, 402), "lost", "used up"),
        (Says({"error": {}}, 500), "away", "HTTP 500"),
        (Says(b"no json"), "away", "does not answer"),
        (HANGS_UP, "away", "does not answer"),
    ],
)
async def test_the_health_of_the_number_in_words(answer: Says | None, state: str, words: str | None) -> None:
    def says(asked: Asked) -> Says | None:
        return answer

    async with LoopbackServer(says).running() as server:
        health = await WhapiHealth(token="t", base_url=server.url, timeout=5).health()
    assert server.asked[0].query == {"wakeup": "false"}
    assert server.asked[0].headers["authorization"] == "Bearer t"
    assert health.state == state
    assert health.account == ("+40700000099" if state == "connected" else None)
    assert (words or "") in (health.problem or "")


async def test_a_lost_number_is_said_once_and_that_it_works_again_too(office: Office) -> None:
    answers: list[Any] = [
        a_health("AUTH"),
        a_health("QR"),
        a_health("QR"),
        a_health("AUTH"),
        a_health("INIT"),
    ]

    def says(asked: Asked) -> Says | None:
        answer: Says = answers.pop(0)
        return answer

    async with LoopbackServer(says).running() as server:
        whatsapp = WhapiHealth(token="t", base_url=server.url, timeout=5)
        for _ in range(5):
            await check_whatsapp(office.room.begin, whatsapp, office.desk.channels)
    assert len(await office.room.said(ChannelConnected)) == 2
    [lost] = await office.room.said(ChannelLost)
    assert "QR code" in lost.what_to_do


async def test_without_a_token_nothing_is_asked(office: Office) -> None:
    await check_whatsapp(
        office.room.begin,
        WhapiHealth(token="", base_url="http://127.0.0.1:9", timeout=1),
        office.desk.channels,
    )
    assert await office.room.said(ChannelLost) == []
