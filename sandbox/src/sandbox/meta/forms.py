"""Lead forms: what people filled in, and the announcement that goes out for each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.agenda import seconds
from sandbox.store import Document
from sandbox.world import World

PAGE_ID = "153125381133"
_ANNOUNCED_AFTER = 1.0


class LeadForms:
    """Keeps the leads of one page, and announces each by its id, which is all that an announcement holds."""

    def __init__(self, world: World) -> None:
        self._world = world

    def submit(
        self,
        form_id: str,
        fields: Mapping[str, str],
        *,
        leadgen_id: str | None = None,
        form_name: str | None = None,
        campaign_name: str = "Recruiting campaign",
        platform: str = "fb",
        created_time: datetime | None = None,
    ) -> Document:
        """Somebody sends a form. The same ``leadgen_id`` again is the same lead, announced once more."""
        world, now = self._world, self._world.clock.now()
        with world.store.atomic():
            known = world.store.get("meta_form", form_id) or {}
            name = form_name or known.get("name") or f"Form {form_id}"
            world.store.put("meta_form", form_id, {"id": form_id, "name": name})
            id = leadgen_id or self._fresh_id()
            ids = {"ad_id": f"1{form_id}1", "adset_id": f"1{form_id}2", "campaign_id": f"1{form_id}3"}
            lead = {
                "id": id,
                "created_time": (created_time or now).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000"),
                **ids,
                "ad_name": "Ad 1",
                "adset_name": "Ad set 1",
                "campaign_name": campaign_name,
                "form_id": form_id,
                "field_data": [{"name": name, "values": [value]} for name, value in fields.items()],
                "is_organic": False,
                "platform": platform,
            }
            world.store.put("meta_lead", id, lead, form_id)
            world.ledger.write("inbound", "meta", {"leadgen_id": id, "form_id": form_id})
            self._announce(lead, ids["ad_id"], int(now.timestamp()))
        return lead

    def get(self, id: str) -> Document | None:
        """A lead or a form."""
        return self._world.store.get("meta_lead", id) or self._world.store.get("meta_form", id)

    def all(self) -> list[Document]:
        return self._world.store.find("meta_lead")

    def _announce(self, lead: Document, ad_id: str, moment: int) -> None:
        value: dict[str, Any] = {
            "leadgen_id": lead["id"],
            "page_id": PAGE_ID,
            "form_id": lead["form_id"],
            "adgroup_id": ad_id,
            "ad_id": ad_id,
            "created_time": moment,
        }
        entry = {"id": PAGE_ID, "time": moment, "changes": [{"field": "leadgen", "value": value}]}
        at = self._world.clock.now() + seconds(_ANNOUNCED_AFTER)
        self._world.webhooks.plan(at, "meta", "leadgen", {"object": "page", "entry": [entry]}, lead["id"])

    def _fresh_id(self) -> str:
        """Seventeen digits, as Meta's are."""
        number = self._world.store.number("id:meta lead")
        return f"9{self._world.dice.number('meta lead', number) % 10**16:016}"
