"""What people write to us, by WhatsApp and email; in memory and on PostgreSQL."""

from __future__ import annotations

import pytest
from chassis.testing_rooms import Killed, crashing
from contracts import BlobRef
from contracts.messaging import Channel, MessageReceived, WhatsAppMediaAnnounced, WhatsAppMediaDue
from messaging.domain.emails import Email, File
from messaging.ports import Disconnected, FileGone, FileTooLarge, ProviderAway
from prometheus_client import CollectorRegistry

from .office import EMAIL, PHONE, Office, a_document, a_post, a_status, a_text, someone


def an_email(external_id: str = "m1", **changed: object) -> Email:
    facts: dict[str, object] = {
        "external_id": external_id,
        "sender": EMAIL.upper(),
        "sender_name": "Ana Probă",
        "subject": "Re: CV-ul dumneavoastră",
        "body": "Bună ziua, atașez CV-ul.",
        "files": [File("cv.pdf", "application/pdf", b"%PDF-1.7"), File("b.docx", "application/x", b"PK")],
        "received_at": None,
    }
    return Email(**{**facts, **changed})  # type: ignore[arg-type]


async def received(office: Office) -> list[MessageReceived]:
    return await office.room.said(MessageReceived)


async def test_a_text_is_made_known_with_the_person_who_wrote_it(office: Office) -> None:
    await office.opens()
    await office.whapi_says(a_post(a_text("Când mă sunați?")))
    [message] = await received(office)
    assert (message.channel, message.sender, message.body) == (Channel.WHATSAPP, PHONE, "Când mă sunați?")
    assert (message.candidate_id, message.application_id) == (10, 1)
    assert message.external_id == "wa-in-1"


async def test_an_unknown_sender_is_made_known_without_a_person(office: Office) -> None:
    await office.whapi_says(a_post(a_text()))
    [message] = await received(office)
    assert (message.candidate_id, message.application_id) == (None, None)


async def test_the_most_recent_open_application_is_named(office: Office) -> None:
    await office.opens()
    await office.opens(application=2)
    await office.opens(application=3)
    await office.stands("closed", application=3)
    await office.whapi_says(a_post(a_text()))
    [message] = await received(office)
    assert message.application_id == 2


async def test_of_two_people_with_one_phone_nobody_is_named(office: Office) -> None:
    await office.opens()
    await office.opens(someone(email="dan.proba@example.com"), application=2, candidate=20)
    await office.whapi_says(a_post(a_text()))
    [message] = await received(office)
    assert message.candidate_id is None


async def test_the_same_delivery_twice_and_the_same_message_in_two_deliveries_are_one(office: Office) -> None:
    for delivery in (1, 1, 2):
        await office.whapi_says(a_post(a_text()), delivery)
    assert len(await received(office)) == 1


async def test_every_message_of_a_delivery_is_received(office: Office) -> None:
    await office.whapi_says(
        a_post(a_text("one", id="a"), a_text("ours", id="b", from_me=True), a_text("two", id="c"))
    )
    assert [message.body for message in await received(office)] == ["one", "two"]


@pytest.mark.parametrize("body", ["", "no json", "[]", "{}", '{"messages": [1, null, {"id": 5}]}'])
async def test_a_delivery_that_says_nothing_harms_nobody(office: Office, body: str) -> None:
    await office.whapi_says(body)
    assert await received(office) == []


async def test_a_very_long_text_is_cut_in_the_event_and_whole_in_the_store(office: Office) -> None:
    await office.whapi_says(a_post(a_text("lung " * 10_000)))
    [message] = await received(office)
    assert len(message.body) == 20_000
    assert message.body_ref is not None
    assert (await office.blobs.get(message.body_ref)).decode() == ("lung " * 10_000).strip()


async def test_a_delivery_too_long_for_an_event_is_read_from_the_store(office: Office) -> None:
    from uuid import UUID

    from contracts.gateway import WhapiWebhookReceived
    from messaging.handlers.receive_whatsapp import receive_whatsapp

    stored = await office.blobs.put("deliveries/1", b'{"messages": []}', "application/json")
    event = WhapiWebhookReceived(
        delivery_id=UUID(int=1), kind="messages", body_ref=stored, received_at=office.room.clock.now()
    )
    async with office.room.begin() as tx:
        await receive_whatsapp(
            event, tx, office.blobs, office.pipeline, office.inbounds, office.messages, office.objections
        )
    assert await received(office) == []


async def test_a_document_with_a_caption_is_one_message_with_words_and_file(office: Office) -> None:
    await office.opens()
    office.whatsapp.files["pdf-1"] = b"%PDF-1.7"
    await office.whapi_says(a_post(a_document(caption="CV-ul meu")))
    assert await received(office) == []
    [announced] = await office.room.said(WhatsAppMediaAnnounced)
    assert announced.application_id == 1
    await office.fetches()
    await office.fetches()
    [message] = await received(office)
    assert message.body == "CV-ul meu"
    [attachment] = message.attachments
    assert (attachment.file_name, attachment.content_type) == ("CV_Ana.pdf", "application/pdf")
    assert attachment.file.key == f"inbound/{message.message_id}/0"
    assert await office.blobs.get(attachment.file) == b"%PDF-1.7"


@pytest.mark.parametrize(
    "trouble", [FileGone("WhatsApp does not have it any more"), FileTooLarge(25 * 2**20)]
)
async def test_a_file_that_can_not_be_had_leaves_a_message_that_says_so(
    office: Office, trouble: Exception
) -> None:
    office.whatsapp.files["pdf-1"] = trouble
    await office.whapi_says(a_post(a_document(caption="CV-ul meu")))
    await office.fetches()
    [message] = await received(office)
    assert message.body == f"CV-ul meu\n\n[a file could not be fetched: {trouble}]"
    assert message.attachments == []


async def test_a_file_is_asked_for_again_while_the_provider_is_away(office: Office) -> None:
    office.whatsapp.files["pdf-1"] = ProviderAway("HTTP 503")
    await office.whapi_says(a_post(a_document()))
    await office.fetches()
    assert await received(office) == []
    [timer] = await office.room.timers()
    assert isinstance(timer.event, WhatsAppMediaDue)
    office.whatsapp.files["pdf-1"] = b"%PDF-1.7"
    await office.fetches()
    [message] = await received(office)
    assert len(message.attachments) == 1


async def test_a_file_waits_while_our_own_store_is_away(office: Office) -> None:
    """However long: a message among the dead letters is one that no recruiter sees."""
    office.whatsapp.files["pdf-1"] = b"%PDF-1.7"
    await office.whapi_says(a_post(a_document()))
    put = office.blobs.put

    async def full(*_: object) -> BlobRef:
        raise OSError("no space left")

    office.blobs.put = full  # type: ignore[method-assign]
    await office.fetches()
    [timer] = await office.room.timers()
    assert isinstance(timer.event, WhatsAppMediaDue)
    office.blobs.put = put  # type: ignore[method-assign]
    await office.fetches()
    [message] = await received(office)
    assert len(message.attachments) == 1


async def test_a_provider_that_stays_away_does_not_swallow_the_message(office: Office) -> None:
    office.whatsapp.files["pdf-1"] = ProviderAway("HTTP 503")
    await office.whapi_says(a_post(a_document(caption="CV")))
    for _ in range(160):
        await office.fetches()
    [message] = await received(office)
    assert message.body == "CV\n\n[a file could not be fetched: HTTP 503]"


async def test_an_email_is_made_known_with_its_files_and_marked(office: Office) -> None:
    await office.opens()
    office.mailbox.emails["m1"] = an_email()
    await office.polls()
    [message] = await received(office)
    assert (message.channel, message.candidate_id, message.application_id) == (Channel.EMAIL, 10, 1)
    assert (message.subject, message.body) == ("Re: CV-ul dumneavoastră", "Bună ziua, atașez CV-ul.")
    assert [attachment.file_name for attachment in message.attachments] == ["cv.pdf", "b.docx"]
    assert await office.blobs.get(message.attachments[1].file) == b"PK"
    assert office.mailbox.processed == ["m1"]
    await office.polls()
    assert len(await received(office)) == 1


async def test_an_email_of_our_own_in_a_labelled_conversation_is_nobodys_reply(office: Office) -> None:
    office.mailbox.emails = {"m1": an_email(ours=True)}
    await office.polls()
    assert await office.room.said(MessageReceived) == []
    assert office.mailbox.processed == ["m1"]


async def test_an_email_whose_mark_failed_is_not_made_known_again(office: Office) -> None:
    office.mailbox.emails["m1"] = an_email()
    office.mailbox.trouble["mark_processed"] = ProviderAway("HTTP 503")
    await office.polls()
    await office.polls()
    del office.mailbox.trouble["mark_processed"]
    await office.polls()
    assert len(await received(office)) == 1
    assert office.mailbox.processed == ["m1"]


async def test_an_email_that_can_not_be_read_does_not_stop_the_others(office: Office) -> None:
    office.mailbox.emails |= {"m1": an_email("m1"), "m2": an_email("m2")}
    office.mailbox.trouble["read m1"] = ValueError("not base64url")
    await office.polls()
    assert office.mailbox.processed == ["m2"]
    del office.mailbox.trouble["read m1"]
    await office.polls()
    assert len(await received(office)) == 2


@pytest.mark.parametrize(
    ("trouble", "result"), [(ProviderAway("HTTP 500"), "away"), (Disconnected("revoked"), "disconnected")]
)
async def test_a_mailbox_that_is_away_is_counted_and_comes_back(
    office: Office, trouble: ProviderAway, result: str
) -> None:
    registry = CollectorRegistry()
    office.metrics.show_in(registry)
    office.mailbox.emails["m1"] = an_email()
    office.mailbox.trouble["waiting"] = trouble
    await office.polls()
    assert registry.get_sample_value("messaging_inbox_reached") == 0
    assert registry.get_sample_value("messaging_inbox_polls_total", {"result": result}) == 1
    office.mailbox.trouble.clear()
    await office.polls()
    assert registry.get_sample_value("messaging_inbox_reached") == 1
    assert len(await received(office)) == 1


async def test_killed_at_any_moment_each_email_is_made_known_once_with_its_files(on_postgres: Office) -> None:
    office = on_postgres
    for moment in range(8):
        office.mailbox.emails[f"m{moment}"] = an_email(f"m{moment}")
        begin = crashing(office.room.begin, moment)
        for _ in range(3):
            try:
                await office.polls(begin)
            except Killed:
                continue
        assert len(await received(office)) == moment + 1
    assert len(office.mailbox.processed) == 8
    assert len(stored_files(office)) == 16


async def test_killed_at_any_moment_each_file_is_fetched_into_one_message(on_postgres: Office) -> None:
    office = on_postgres
    office.whatsapp.files["pdf-1"] = b"%PDF-1.7"
    for moment in range(8):
        await office.whapi_says(a_post({**a_document(), "id": f"wa-{moment}"}))
        begin = crashing(office.room.begin, moment)
        for _ in range(moment + 3):
            try:
                await office.fetches(begin)
            except Killed:
                continue
        messages = await received(office)
        assert len(messages) == moment + 1
        assert all(len(message.attachments) == 1 for message in messages)
    assert len(stored_files(office)) == 8


def stored_files(office: Office) -> set[str]:
    found: dict[str, BlobRef] = {}
    for key in office.blobs._bodies:
        found[key] = BlobRef(key=key, size=0)
    return set(found)


async def test_reports_on_what_was_typed_on_the_phone_are_not_kept_for_ever(on_postgres: Office) -> None:
    """They come for every message of the number, and nobody ever fetches them."""
    await on_postgres.whapi_says(a_post(statuses=[a_status("typed-1", "read")]))
    on_postgres.waits(days=31)
    newer = a_status("typed-2", "read") | {"timestamp": str(int(on_postgres.room.clock.now().timestamp()))}
    await on_postgres.whapi_says(a_post(statuses=[newer]), delivery=2)
    await on_postgres.whapi_says(a_post(statuses=[newer | {"id": "typed-3"}]), delivery=3)
    async with on_postgres.room.begin() as tx:
        kept = await tx.db.fetch("SELECT external_id FROM early_reports ORDER BY 1")
    assert [row["external_id"] for row in kept] == ["typed-2", "typed-3"]
