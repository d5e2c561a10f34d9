"""The messages inbox: who wrote, what is unread, and that looking changes nothing."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from contracts import Accepted, Actor, Refused
from contracts.intake import CandidatesMerged, ContactChannel, ContactForbidden
from contracts.messaging import (
    Channel,
    ConversationDeleted,
    ConversationRestored,
    DeleteConversation,
    LinkSender,
    MarkConversation,
    MarkMessages,
    MessagesMarked,
    RestoreConversation,
    SenderLinked,
    SenderUnlinked,
    UnlinkSender,
)
from recruiter_ui.domain.conversations import Place, lead_of, sender_key, words_of
from recruiter_ui.projection import fold_batch
from recruiter_ui_support.running import Running
from recruiter_ui_support.stories import RECRUITER, Storyteller
from recruiter_ui_support.talks import (
    ANDREEA,
    ANNELIESE,
    LARISA,
    LONG,
    NGOZI,
    PHOTO,
    STRANGER,
    TOMASZ,
    Talks,
    an_afternoon_of_talks,
)
from recruiter_ui_support.town import CV, a_town
from recruiter_ui_support.visiting import hidden, log_in

from .test_folding import in_batches, rows_of

NOW = datetime.now(UTC)
HTML = b"<script>alert(1)</script>"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def talks(ui: Running) -> Talks:
    told = a_town(NOW)
    talks = an_afternoon_of_talks(told, NOW)
    await ui.blobs.put(CV.key, b"%PDF-1.4 hello", "application/pdf")
    await ui.blobs.put(PHOTO.key, HTML, "image/jpeg")
    await ui.blobs.put(LONG.key, ("Foarte lung. " * 3000).encode(), "text/plain")
    await ui.told(told.envelopes)
    return talks


@pytest_asyncio.fixture(loop_scope="session")
async def client(ui: Running, talks: Talks) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=ui.url, follow_redirects=True) as client:
        await log_in(client)
        yield client


def rows(page: str) -> list[str]:
    """The names in the list, from the top."""
    found = re.findall(r'<span class="row nm"><span class="tr" lang="[^"]*">([^<]*)</span>', page)
    return [unescape(name) for name in found]


def unread_of(page: str, name: str) -> int:
    row = page.partition(name)[2].partition("</a>")[0]
    found = re.search(r'class="un-d">(\d+)', row)
    return int(found.group(1)) if found else 0


async def test_everybody_who_wrote_stands_once_the_newest_first(client: httpx2.AsyncClient) -> None:
    page = (await client.get("/messages")).text
    assert rows(page)[:2] == ["Andreea Munteanu-Vâlcea", "Ngozi Adeyemi-Okafor"]
    assert len(rows(page)) == len(set(rows(page)))
    assert "+40 700 000 992" in rows(page)
    assert (unread_of(page, "Ngozi"), unread_of(page, "Anneliese")) == (2, 0)


async def test_the_badges_count_what_nobody_has_read(client: httpx2.AsyncClient, ui: Running) -> None:
    unread = await ui.db.fetchval("SELECT count(*) FROM messages WHERE inbound AND is_read IS NOT TRUE")
    page = (await client.get("/")).text
    assert f'<span>Messages</span><span class="n hot">{unread}</span>' in page
    assert f"{unread} unread messages</span>" in page


async def test_only_the_unread_ones(client: httpx2.AsyncClient) -> None:
    page = (await client.get("/messages", params={"show": "unread"})).text
    assert "Anneliese Vogt" not in rows(page)
    opened = (await client.get("/messages", params={"show": "unread", "with": ANNELIESE})).text
    assert "Anneliese Vogt" in rows(opened), "what is open stays in the list"


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("munteanu", ["Andreea Munteanu-Vâlcea"]),
        ("VALCEA", ["Andreea Munteanu-Vâlcea"]),
        ("0700 000 992", ["+40 700 000 992"]),
        ("person14@example.com", ["Andreea Munteanu-Vâlcea"]),
        ("lebenslauf", ["Anneliese Vogt"]),
        ("pastra", ["Gheorghe Păltineanu"]),
        ("%", []),
        ("' & !", []),
    ],
)
async def test_a_conversation_is_found_by_name_number_address_or_words(
    client: httpx2.AsyncClient, search: str, found: list[str]
) -> None:
    page = (await client.get("/messages", params={"q": search})).text
    assert [name for name in rows(page) if name in found] == found
    assert len(rows(page)) == len(found) or search in ("munteanu",), rows(page)


async def test_the_thread_goes_both_ways_from_old_to_new_with_calls_between(
    client: httpx2.AsyncClient,
) -> None:
    page = (await client.get("/messages", params={"with": ANDREEA})).text
    thread = page.partition('id="thr"')[2].partition("</section>")[0]
    said = ["Call, 4 min 12 s", "asistentul de recrutare", "mă uit acum", "la serviciu până la 18"]
    places = [thread.index(text) for text in said]
    assert places == sorted(places)
    assert 'lang="ro"' in thread
    assert "read " in thread.partition("CV request by the system")[2][:60]
    assert "person14@example.com" in page


async def test_looking_changes_nothing(client: httpx2.AsyncClient, ui: Running) -> None:
    before = await ui.db.fetch("SELECT message_id, is_read, deleted FROM messages ORDER BY 1")
    sent = len(ui.received)
    for place in (f"/messages?with={ANDREEA}", f"/messages?with={NGOZI}", "/messages?show=unread"):
        assert (await client.get(place)).status_code == 200
    assert await ui.db.fetch("SELECT message_id, is_read, deleted FROM messages ORDER BY 1") == before
    assert len(ui.received) == sent


async def test_older_messages_come_on_demand(client: httpx2.AsyncClient, ui: Running, talks: Talks) -> None:
    told, first = talks.told, len(talks.told.envelopes)
    told.at = NOW - timedelta(days=3)
    for number in range(60):
        told.later(minutes=1)
        talks.they_write(LARISA, f"mesajul numărul {number}.", read=True)
    await ui.told(told.envelopes[first:])
    page = (await client.get("/messages", params={"with": LARISA})).text
    assert "mesajul numărul 59." in page
    assert "mesajul numărul 3." not in page
    found = re.search(r'hx-get="(/messages/earlier\?[^"]*)"', page)
    assert found
    earlier = await client.get(unescape(found.group(1)), headers={"HX-Request": "true"})
    assert "mesajul numărul 3." in earlier.text
    assert "mesajul numărul 59." not in earlier.text


async def test_a_file_comes_as_a_download_whatever_it_says_it_is(
    client: httpx2.AsyncClient, ui: Running
) -> None:
    page = (await client.get("/messages", params={"with": ANNELIESE})).text
    found = re.findall(r'href="(/messages/[^"]*/files/\d)"', page)
    assert len(found) == 2
    answer = await client.get(found[0])
    assert answer.content == HTML
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith('attachment; filename="Zeugnis.jpg"')
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert (await client.get(found[0][:-1] + "9")).status_code == 404
    async with httpx2.AsyncClient(base_url=ui.url) as stranger:
        assert (await stranger.get(found[0])).status_code == 303


async def test_the_whole_of_a_long_text_is_there_on_demand(
    client: httpx2.AsyncClient, ui: Running, talks: Talks
) -> None:
    told, first = talks.told, len(talks.told.envelopes)
    told.at = NOW - timedelta(hours=1)
    message_id = talks.they_write(NGOZI, "Foarte lung. " * 1500, read=True, body_ref=LONG)
    await ui.told(told.envelopes[first:])
    page = (await client.get("/messages", params={"with": NGOZI})).text
    assert "The whole text, 46 KB" in page
    text = (await client.get(f"/messages/{message_id}/text", headers={"HX-Request": "true"})).text
    assert text.count("Foarte lung.") == 3000
    assert "<h1>" in (await client.get(f"/messages/{message_id}/text")).text


async def test_what_the_page_shows_is_marked_by_a_form(client: httpx2.AsyncClient, ui: Running) -> None:
    page = (await client.get("/messages", params={"with": ANDREEA})).text
    form = page.partition("data-mark>")[2].partition("</form>")[0]
    ids = re.findall(r'name="id" value="([^"]*)"', form)
    assert len(ids) == 1
    async with ui.answering(MarkMessages, lambda _: Accepted(result={"marked": 1})):
        answer = await client.post(
            "/messages/mark",
            data={"csrf": hidden(form, "csrf"), "id": ids, "with": str(ANDREEA)},
            headers={"HX-Request": "true"},
        )
    assert answer.status_code == 204
    command = ui.received[-1]
    assert isinstance(command, MarkMessages)
    assert ([str(it) for it in command.message_ids], command.read) == (ids, True)


async def form_of(client: httpx2.AsyncClient, place: str, action: str) -> dict[str, str]:
    page = (await client.get(place)).text
    form = page.partition(f'action="{action}"')[2].partition("</form>")[0]
    return {name: unescape(value) for name, value in re.findall(r'name="([^"]*)" value="([^"]*)"', form)}


async def test_done_reads_up_to_what_was_shown_and_goes_on_to_the_next(
    client: httpx2.AsyncClient, ui: Running
) -> None:
    given = await form_of(client, f"/messages?with={ANDREEA}", "/messages/done")
    async with ui.answering(MarkConversation, lambda _: Accepted(result={"marked": 1})):
        answer = await client.post("/messages/done", data=given)
    command = ui.received[-1]
    assert isinstance(command, MarkConversation)
    assert (command.conversation.candidate_id, str(command.up_to)) == (ANDREEA, given["newest"])
    assert answer.url.params["with"] == str(NGOZI)


async def test_what_is_done_goes_as_far_as_what_had_come_in_whenever_it_was_written(
    client: httpx2.AsyncClient, ui: Running, talks: Talks
) -> None:
    """An email may be dated long before the last message of the page and come after it."""
    told, first = talks.told, len(talks.told.envelopes)
    before = await form_of(client, f"/messages?with={TOMASZ}", "/messages/done")
    told.at = datetime.now(UTC)
    late = talks.they_write(
        TOMASZ, "Sent long ago", channel=Channel.EMAIL, received_at=NOW - timedelta(days=9)
    )
    await ui.told(told.envelopes[first:])
    after = await form_of(client, f"/messages?with={TOMASZ}", "/messages/delete")
    assert after["newest"] == str(late) != before["newest"]
    without = {name: value for name, value in before.items() if name != "newest"}
    async with ui.answering(MarkConversation, lambda _: Accepted(result={"marked": 1})):
        await client.post("/messages/done", data=without)
    command = ui.received[-1]
    assert isinstance(command, MarkConversation)
    assert command.up_to == late, "a page that named none means all there is"


async def test_later_leaves_it_unread(client: httpx2.AsyncClient, ui: Running) -> None:
    given = await form_of(client, f"/messages?with={ANDREEA}", "/messages/later")
    async with ui.answering(MarkMessages, lambda _: Accepted(result={"marked": 1})):
        await client.post("/messages/later", data=given)
    command = ui.received[-1]
    assert isinstance(command, MarkMessages)
    assert ([str(it) for it in command.message_ids], command.read) == ([given["newest"]], False)


async def test_a_refusal_is_said_on_the_page(client: httpx2.AsyncClient, ui: Running) -> None:
    given = await form_of(client, f"/messages?with={ANDREEA}", "/messages/delete")
    no = Refused(code="nothing_there", message="There is nothing here to delete any more.")
    async with ui.answering(DeleteConversation, lambda _: no):
        answer = await client.post("/messages/delete", data=given)
    assert answer.status_code == 422
    assert "nothing here to delete" in answer.text


async def test_a_deleted_conversation_is_gone_until_it_is_brought_back_or_they_write_again(
    client: httpx2.AsyncClient, ui: Running, talks: Talks
) -> None:
    told, first, deletion = talks.told, len(talks.told.envelopes), UUID(int=7)
    told.at = datetime.now(UTC)
    mine = await ui.db.fetch("SELECT message_id FROM messages WHERE sender = $1", STRANGER)
    ids = [row["message_id"] for row in mine]
    gone = ConversationDeleted(deletion_id=deletion, sender=STRANGER, message_ids=ids, actor=RECRUITER)
    given = await form_of(client, f"/messages?from=%2B{STRANGER[1:]}", "/messages/delete")
    told.say(gone)
    await ui.told(told.envelopes[first:])
    asked: list[str] = []

    def delete(command: DeleteConversation) -> Accepted:
        asked.append(str(command.up_to))
        return Accepted(result={"deletion_id": str(deletion), "deleted": len(ids)})

    async with ui.answering(DeleteConversation, delete):
        page = (await client.post("/messages/delete", data=given)).text
    assert asked == [given["newest"]], "what the page did not show stays"
    assert "+40 700 000 992" not in rows(page)
    assert f"Deleted {len(ids)} message" in page
    assert "+40 700 000 992" in (await client.get("/messages?show=deleted")).text
    restored = await form_of(client, f"/messages?did=deleted_{deletion}", "/messages/restore")
    told.say(ConversationRestored(deletion_id=deletion, message_ids=ids, actor=RECRUITER))
    await ui.told(told.envelopes[first + 1 :])
    async with ui.answering(RestoreConversation, lambda _: Accepted(result={"restored": 1})):
        answer = await client.post("/messages/restore", data=restored)
    assert answer.url.params["from"] == STRANGER
    assert "+40 700 000 992" in rows(answer.text)


async def test_an_unknown_sender_is_linked_and_the_link_taken_back(
    client: httpx2.AsyncClient, ui: Running, talks: Talks
) -> None:
    told, first, link = talks.told, len(talks.told.envelopes), UUID(int=8)
    told.at = datetime.now(UTC)
    place = f"/messages?from=%2B{STRANGER[1:]}"
    assert "Andreea Munteanu-Vâlcea" in (await client.get(f"{place}&find=munteanu")).text
    given = await form_of(client, f"{place}&find=munteanu", "/messages/link")
    ids = [
        r["message_id"]
        for r in await ui.db.fetch("SELECT message_id FROM messages WHERE sender = $1", STRANGER)
    ]
    ours = {"channel": Channel.WHATSAPP, "sender": STRANGER, "message_ids": ids, "actor": RECRUITER}
    told.say(SenderLinked(candidate_id=ANDREEA, application_id=ANDREEA, link_id=link, **ours))
    await ui.told(told.envelopes[first:])
    async with ui.answering(
        LinkSender, lambda _: Accepted(result={"link_id": str(link), "linked": len(ids)})
    ):
        answer = await client.post("/messages/link", data=given)
    command = ui.received[-1]
    assert isinstance(command, LinkSender)
    assert (command.sender, command.candidate_id) == (STRANGER, ANDREEA)
    assert "m-ati sunat de pe acest numar" in answer.text
    assert "+40 700 000 992" not in rows(answer.text)
    moved = await client.get(place)
    assert moved.url.params["with"] == str(ANDREEA), "an old link leads to the person"
    undo = await form_of(client, str(answer.url), "/messages/unlink")
    told.say(SenderUnlinked(candidate_id=ANDREEA, link_id=link, **ours))
    await ui.told(told.envelopes[first + 1 :])
    async with ui.answering(UnlinkSender, lambda _: Accepted(result={"unlinked": 1})):
        after = await client.post("/messages/unlink", data=undo)
    assert isinstance(ui.received[-1], UnlinkSender)
    assert "+40 700 000 992" in rows((await client.get("/messages")).text), after.url


async def test_a_link_taken_back_says_that_the_wish_that_came_with_it_still_counts(
    client: httpx2.AsyncClient, ui: Running, talks: Talks
) -> None:
    told, first, link = talks.told, len(talks.told.envelopes), UUID(int=11)
    told.at = datetime.now(UTC)
    stop = talks.they_write(None, "STOP", sender="+40700000993")
    ours = {"channel": Channel.WHATSAPP, "sender": "+40700000993", "message_ids": [stop], "actor": RECRUITER}
    told.say(SenderLinked(candidate_id=LARISA, application_id=LARISA, link_id=link, **ours))
    no_more = {"channel": ContactChannel.EMAIL, "since": NOW, "source": "message", "actor": Actor.system()}
    told.say(ContactForbidden(candidate_id=LARISA, reason="Wrote by WhatsApp: “STOP”", **no_more))
    await ui.told(told.envelopes[first:])
    page = await client.get(f"/messages?with={LARISA}&did=silenced_{link}&n=1")
    assert "asked from there not to be contacted" in page.text
    undo = await form_of(client, str(page.url), "/messages/unlink")
    told.say(SenderUnlinked(candidate_id=LARISA, link_id=link, **ours))
    kept = len(told.envelopes) - 1

    asked = asyncio.Event()

    def unlink(_: UnlinkSender) -> Accepted:
        asked.set()
        return Accepted(result={"unlinked": 1, "still_forbidden": True})

    async with ui.answering(UnlinkSender, unlink):
        posting = asyncio.create_task(client.post("/messages/unlink", data=undo))
        await asked.wait()
        await ui.told(told.envelopes[kept:])
        after = await posting
    assert "Larisa" in after.text.partition("still marked as not to be contacted")[0][-400:]
    assert f'href="/candidates/{LARISA}#contact"' in after.text


async def test_a_merged_persons_messages_are_one_conversation(
    client: httpx2.AsyncClient, ui: Running, talks: Talks
) -> None:
    told, first = talks.told, len(talks.told.envelopes)
    told.at = datetime.now(UTC)
    told.say(
        CandidatesMerged(
            candidate_id=ANDREEA, merged_candidate_id=ANNELIESE, merge_id=UUID(int=9), actor=RECRUITER
        )
    )
    await ui.told(told.envelopes[first:])
    page = (await client.get("/messages", params={"with": ANNELIESE})).text
    assert "Anneliese Vogt" not in rows(page)
    assert rows(page).count("Andreea Munteanu-Vâlcea") == 1
    assert "Anbei mein Lebenslauf" in page
    assert "la serviciu până la 18" in page


def test_what_recruiters_do_with_messages_makes_the_same_rows_in_any_order() -> None:
    told = Storyteller(NOW)
    talks = Talks(told)
    ids = [talks.they_write(None, f"numărul {n}", sender=STRANGER) for n in range(4)]
    link = {"channel": Channel.WHATSAPP, "sender": STRANGER, "message_ids": ids, "actor": RECRUITER}
    told.say(MessagesMarked(message_ids=ids[:2], read=True, actor=RECRUITER))
    told.say(MessagesMarked(message_ids=ids[:1], read=False, actor=RECRUITER))
    told.say(ConversationDeleted(deletion_id=UUID(int=1), message_ids=ids, actor=RECRUITER))
    told.say(ConversationRestored(deletion_id=UUID(int=1), message_ids=ids, actor=RECRUITER))
    told.say(SenderLinked(candidate_id=5, application_id=5, link_id=UUID(int=2), **link))
    told.say(SenderUnlinked(candidate_id=5, link_id=UUID(int=2), **link))
    expected = rows_of(fold_batch(told.envelopes))
    row = expected["messages"][(ids[0],)]
    assert (row["is_read"], row["deleted"], row["linked_to"], row["linked_at"] is None) == (
        False,
        False,
        None,
        False,
    )
    for _ in range(40):
        seed = random.randrange(2**32)
        print(f"seed {seed}")
        chance = random.Random(seed)
        shuffled = list(told.envelopes)
        chance.shuffle(shuffled)
        assert in_batches(shuffled, chance) == expected


@pytest.mark.parametrize(
    "sender", ["+40700000992", "0040 700 (000) 992", "a.B@Example.com", "18123@lid", "12"]
)
async def test_a_sender_has_the_same_key_here_and_in_the_table(ui: Running, sender: str) -> None:
    await ui.db.execute("DELETE FROM messages WHERE message_id = $1", UUID(int=99))
    found = await ui.db.fetchval(
        "INSERT INTO messages (message_id, sender) VALUES ($1, $2) RETURNING conversation",
        UUID(int=99),
        sender,
    )
    await ui.db.execute("DELETE FROM messages WHERE message_id = $1", UUID(int=99))
    assert found == f"s{sender_key(sender)}"


def test_a_place_is_read_back_and_nonsense_is_none() -> None:
    place = Place(NOW, UUID(int=5))
    assert Place.read(str(place)) == place
    for text in ("", "x_y", "2026-01-01_5", f"9999-01-01T00:00:00+00:00_{UUID(int=1)}"):
        assert Place.read(text) is None


def test_a_long_text_is_cut_between_words_and_nothing_is_lost() -> None:
    text = "cuvânt " * 400
    lead, rest = lead_of(text)
    assert len(lead) <= 900
    assert f"{lead} {rest}".split() == text.split()
    assert lead_of("scurt") == ("scurt", "")


def test_words_are_looked_for_as_beginnings() -> None:
    assert words_of("CV-ul  tău!") == "cv:* & ul:* & tău:*"
    assert words_of("' & !") == ""
