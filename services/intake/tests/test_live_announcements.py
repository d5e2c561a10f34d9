"""What Meta announces over a real PostgreSQL: each lead once, whatever else stands in the delivery."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from contracts.gateway import MetaWebhookReceived
from contracts.intake import LiveLeadAnnounced
from intake.handlers.live_leads import announce_live_leads
from intake_support.facts import NOON
from intake_support.live import LiveDesk
from intake_support.stores import PostgresStore

FORM = "120213"


@pytest.fixture
def desk(postgres: PostgresStore) -> LiveDesk:
    return LiveDesk(postgres)


async def test_a_lead_is_announced_once_however_often_meta_says_it(desk: LiveDesk) -> None:
    await desk.hears("1", "2", "1")
    await desk.hears("2", "3")
    assert [event.leadgen_id for event in await desk.said(LiveLeadAnnounced)] == ["1", "2", "3"]
    first = (await desk.said(LiveLeadAnnounced))[0]
    assert (first.form_id, first.page_id, first.announced_at) == (FORM, "7", NOON)


@pytest.mark.parametrize("body", [None, [], {"entry": [{"changes": [{"field": "leadgen", "value": {}}]}]}])
async def test_nonsense_announces_nobody(desk: LiveDesk, body: Any) -> None:
    await desk.hears(body={} if body is None else body)
    assert not await desk.said(LiveLeadAnnounced)


async def test_a_large_delivery_is_read_from_the_blob_store_and_no_text_is_nonsense(desk: LiveDesk) -> None:
    for body in (b'{"entry":[{"changes":[{"field":"leadgen","value":{"leadgen_id":5}}]}]}', b"\xff"):
        ref = await desk.store.blobs.put("w", body, "application/octet-stream")
        event = MetaWebhookReceived(delivery_id=uuid4(), kind="leadgen", body_ref=ref, received_at=NOON)
        async with desk.store.begin() as tx:
            await announce_live_leads(event, tx, desk.store.blobs, desk.live)
        assert len(await desk.said(LiveLeadAnnounced)) == 1


async def test_an_id_without_end_takes_no_other_lead_of_the_delivery_with_it(desk: LiveDesk) -> None:
    changes = ",".join(
        '{"field":"leadgen","value":{"leadgen_id":%s}}' % each  # noqa: UP031
        for each in ("9" * 5_000, "6", "1e400", '"../me"', '"7?fields=id"', "[8]", "-9", "true", "10")
    )
    body = '{"entry":[{"changes":[%s]}]}' % changes  # noqa: UP031
    event = MetaWebhookReceived(delivery_id=uuid4(), kind="leadgen", body=body, received_at=NOON)
    async with desk.store.begin() as tx:
        await announce_live_leads(event, tx, desk.store.blobs, desk.live)
    assert {said.leadgen_id for said in await desk.said(LiveLeadAnnounced)} == {"6", "10"}
