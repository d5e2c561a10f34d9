"""Every message and every file that reaches us is somewhere a recruiter can see it.

All sorts are sent through the doors of the whole platform; then each is looked for by its id on the pages.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import urllib.request
from collections.abc import Awaitable, Callable
from html import unescape
from typing import Any
from urllib.parse import quote

import asyncpg
import httpx2
from chassis.testing import eventually
from ops.demo.performing import Performance
from ops.instance import Instance
from ops.recruiters import new_user

Cast = Callable[..., Awaitable[list[int]]]
EMAIL = "sees-everything@example.com"
STRANGER, FAMILY = "40700000881", "40700000882"
_REACHED = """
SELECT candidate_id, data::jsonb -> 'profile' ->> 'phone' AS phone,
    data::jsonb -> 'profile' ->> 'email' AS email
FROM intake.outbox WHERE type = 'intake.application.opened.v1' AND application_id = $1
"""
_NOWHERE = """
SELECT sent ->> 'file_name' AS name
FROM recruiter_ui.messages m JOIN messaging.inbound_messages i USING (message_id),
    jsonb_array_elements(m.attachments) sent
WHERE i.external_id = ANY($1) AND sent -> 'file' ->> 'key' NOT IN (
    SELECT file ->> 'key' FROM recruiter_ui.cvs WHERE file IS NOT NULL
    UNION ALL SELECT file ->> 'key' FROM recruiter_ui.unmatched WHERE file IS NOT NULL)
"""
"""Files that cv_matching has said nothing of."""
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
FILES = {
    "CV scanat.pdf": ("application/pdf", PDF),
    "poza.jpg": ("image/jpeg", b"\xff\xd8\xff\xe0" + b"x" * 64),
    "mesaj-vocal.ogg": ("audio/ogg", b"OggS" + b"v" * 64),
    "film.mp4": ("video/mp4", b"\x00\x00\x00\x18ftypmp42" + b"m" * 64),
    "factura.exe": ("application/x-msdownload", b"MZ" + b"e" * 64),
    "pagina.pdf": ("application/pdf", b"<html><script>alert(1)</script></html>"),
}
SHOWN: dict[str, dict[str, Any]] = {
    "text": {"text": {"body": "Bună ziua, un text"}},
    "link_preview": {"link_preview": {"body": "Vedeți https://example.com"}},
    "sticker": {"sticker": {"id": "gone-1", "mime_type": "image/webp"}},
    "location": {"location": {"latitude": 46.77, "longitude": 23.6}},
    "contact": {"contact": {"name": "Ana", "vcard": "BEGIN:VCARD"}},
    "poll": {"poll": {"title": "Când?", "options": ["azi", "mâine"]}},
    "reply": {"reply": {"type": "buttons_reply", "buttons_reply": {"id": "1", "title": "Da, sigur"}}},
    "image": {"image": {"id": "gone-2", "mime_type": "image/jpeg", "caption": "o poză care s-a pierdut"}},
    "something_new": {"something_new": {"x": 1}},
}
UNSHOWN: dict[str, dict[str, Any]] = {
    "reaction": {"type": "action", "action": {"type": "reaction", "emoji": "👍", "target": "x"}},
    "ours": {"type": "text", "text": {"body": "de la noi"}, "from_me": True},
    "group": {"type": "text", "text": {"body": "într-un grup"}, "chat_id": "120363000000000000@g.us"},
}


def whapi(instance: Instance, **message: Any) -> None:
    """Straight to the gateway's door, as Whapi delivers."""
    entry = {"timestamp": 1_795_000_000, "from_me": False, "source": "mobile", **message}
    entry.setdefault("chat_id", f"{entry['from']}@s.whatsapp.net")
    body = json.dumps({"messages": [entry], "event": {"type": "messages", "event": "post"}}).encode()
    secret = str(instance.keys.get("whapi.webhook"))
    url = f"http://127.0.0.1:{instance.ports.gateway}/webhooks/whapi/"
    headers = {"Content-Type": "application/json", "X-Webhook-Secret": secret}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=10) as answer:
        assert answer.status == 200


async def everything_is_sent(
    instance: Instance, performance: Performance, phone: str, address: str
) -> tuple[list[str], list[str]]:
    """Answers the providers' ids of what must be shown, and of what must not."""
    outside, shown = performance.outside, list[str]()
    for name, (kind, content) in FILES.items():
        file = {"file_name": name, "content_type": kind, "content": base64.b64encode(content).decode()}
        for sender in (phone, f"+{STRANGER}"):
            told = {"phone": sender, "text": f"iată {name}", "file": file}
            shown.append((await outside.post("/act/whatsapp", told))["id"])
        for sender in (address, "necunoscut@example.com"):
            mail = {"address": sender, "subject": f"Fișier: {name}", "text": "atașat", "file": file}
            shown.append((await outside.post("/act/mail", mail))["id"])
    for sender in (address, "necunoscut@example.com"):
        mail = {"address": sender, "name": "Cineva", "subject": "Fără fișier", "text": "Doar o întrebare."}
        shown.append((await outside.post("/act/mail", mail))["id"])
    shown.append((await outside.post("/act/mail", {"address": address, "subject": "gol", "text": ""}))["id"])
    for number, (kind, part) in enumerate(SHOWN.items()):
        for sender in (phone.lstrip("+"), FAMILY):
            external_id = f"all-{number}-{sender}"
            await asyncio.to_thread(whapi, instance, id=external_id, type=kind, **{"from": sender}, **part)
            shown.append(external_id)
    hidden = []
    for kind, entry in UNSHOWN.items():
        external_id = f"none-{kind}"
        await asyncio.to_thread(whapi, instance, id=external_id, **{"from": FAMILY}, **entry)
        hidden.append(external_id)
    return shown, hidden


async def log_in(client: httpx2.AsyncClient, password: str) -> None:
    page = (await client.get("/login")).text
    found = re.search(r'name="csrf" value="([^"]*)"', page)
    assert found
    form = {"email": EMAIL, "password": password, "csrf": unescape(found.group(1)), "next": "/"}
    assert (await client.post("/login", data=form)).status_code == 303


async def test_every_message_and_every_file_is_somewhere_to_be_seen(
    instance: Instance, performance: Performance, cast: Cast, db: asyncpg.Connection[Any]
) -> None:
    (application,) = await cast("qualifies")
    person = await db.fetchrow(_REACHED, application)
    assert person is not None
    shown, hidden = await everything_is_sent(instance, performance, person["phone"], person["email"])

    async def arrived() -> set[str]:
        rows = await db.fetch(
            "SELECT i.external_id FROM messaging.inbound_messages i JOIN recruiter_ui.messages m "
            "USING (message_id) WHERE m.written_at IS NOT NULL AND i.external_id = ANY($1)",
            shown,
        )
        return {row["external_id"] for row in rows}

    await eventually(arrived, lambda ids: ids == set(shown), within=120, what="everything arrived")
    assert not await db.fetchval(
        "SELECT count(*) FROM messaging.inbound_messages WHERE external_id = ANY($1)", hidden
    )
    password = await new_user(instance.ground.database("recruiter_ui"), EMAIL, "Ioana Exemplu")
    async with httpx2.AsyncClient(base_url=instance.address, timeout=30) as client:
        await log_in(client, password)
        files = await look_for_messages(client, db, shown)
        assert files == 4 * len(FILES)
        await look_for_files(client, db, shown, application)


async def look_for_messages(client: httpx2.AsyncClient, db: asyncpg.Connection[Any], shown: list[str]) -> int:
    """Each stands in its conversation, with every file; answers how many files were fetched."""
    rows = await db.fetch(
        "SELECT m.message_id, m.person_id, m.sender, m.attachments FROM messaging.inbound_messages i "
        "JOIN recruiter_ui.messages m USING (message_id) WHERE i.external_id = ANY($1)",
        shown,
    )
    pages: dict[str, str] = {}
    missing, fetched = [], 0
    for row in rows:
        whose = f"with={row['person_id']}" if row["person_id"] else f"from={quote(row['sender'])}"
        if whose not in pages:
            pages[whose] = await whole_thread(client, whose)
        if f'id="b-{row["message_id"]}"' not in pages[whose]:
            missing.append(str(row["message_id"]))
        for place, file in enumerate(json.loads(row["attachments"] or "[]")):
            address = f"/messages/{row['message_id']}/files/{place}"
            assert f'href="{address}"' in pages[whose], address
            answer = await client.get(address)
            assert len(answer.content) == file["file"]["size"]
            fetched += 1
    assert missing == []
    assert len(pages) == 4, "the candidate, two numbers and an address nobody knows"
    return fetched


async def whole_thread(client: httpx2.AsyncClient, whose: str) -> str:
    """With everything that was said before."""
    page = (await client.get(f"/messages?{whose}")).text
    found = re.search(r'hx-get="(/messages/earlier\?[^"]*)"', page)
    while found:
        part = (await client.get(unescape(found.group(1)), headers={"HX-Request": "true"})).text
        page += part
        found = re.search(r'hx-get="(/messages/earlier\?[^"]*)"', part)
    return page


async def look_for_files(
    client: httpx2.AsyncClient, db: asyncpg.Connection[Any], shown: list[str], application: int
) -> None:
    """cv_matching has each: matched, to review, nobody's or kept apart; and a page names it."""

    async def left() -> set[str]:
        return {row["name"] for row in await db.fetch(_NOWHERE, shown)}

    await eventually(left, lambda names: not names, within=120, what="every file has a place")
    pages = [
        (await client.get(place)).text for place in ("/cvs", "/cvs/unmatched", f"/applications/{application}")
    ]
    assert {name for name in FILES if not any(name in page for page in pages)} == set()
