"""What an announcement says, and that a lead says the same by webhook and by file."""

from __future__ import annotations

import codecs
import csv
import io
import json
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake.domain.lead_columns import Column, meaning_of
from intake.domain.lead_file import FileShape, LeadChunk, read_chunks
from intake.domain.live_leads import (
    Announcement,
    GraphLead,
    TestLead,
    UnreadableLead,
    announced_in,
    form_key,
    graph_lead,
    read_lead,
    wait_after,
)
from intake.domain.profiles import Profile, merged, profile_of

BUCHAREST = ZoneInfo("Europe/Bucharest")


def announcing(*values: Any, field: str = "leadgen") -> dict[str, Any]:
    changes = [{"field": field, "value": value} for value in values]
    return {"object": "page", "entry": [{"id": 153125381133, "time": 1438292065, "changes": changes}]}


def test_metas_own_sample_announces_one_lead_with_ids_as_text() -> None:
    value = {
        "leadgen_id": 123123123123,
        "page_id": 123123123,
        "form_id": 12312312312,
        "adgroup_id": 12312312312,
        "ad_id": 12312312312,
        "created_time": 1440120384,
    }
    assert announced_in(announcing(value)).leads == (
        Announcement("123123123123", "12312312312", "123123123"),
    )


def test_newer_deliveries_have_ids_as_text_and_several_changes_in_several_entries() -> None:
    body = announcing({"leadgen_id": "1"}, {"leadgen_id": 2, "form_id": "9"}, {"leadgen_id": 1})
    body["entry"] += announcing({"leadgen_id": "3"})["entry"]
    assert [lead.leadgen_id for lead in announced_in(body).leads] == ["1", "2", "3"]
    assert announced_in(body).nonsense == 0


@pytest.mark.parametrize(
    ("body", "nonsense"),
    [
        (None, 1),
        ([], 1),
        ({}, 1),
        ({"entry": {}}, 1),
        ({"entry": [7, {"changes": 7}, {"changes": [None]}]}, 3),
        (announcing(None, 7, {}, {"leadgen_id": None}, {"leadgen_id": "../me"}, {"leadgen_id": True}), 6),
        (
            announcing({"leadgen_id": 1.5}, {"leadgen_id": ""}, {"leadgen_id": "9" * 65}, {"leadgen_id": -1}),
            4,
        ),
        (announcing({"leadgen_id": "1"}, field="feed"), 0),
    ],
)
def test_nonsense_announces_nobody_and_is_counted(body: Any, nonsense: int) -> None:
    said = announced_in(body)
    assert (said.leads, said.nonsense) == ((), nonsense)


_anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.integers(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["entry", "changes", "field", "value"]), inner)
    ),
    max_leaves=20,
)


@given(_anything)
def test_no_body_breaks_the_reading(body: Any) -> None:
    announced_in(body)
    if isinstance(body, dict):
        graph_lead("1", body)


@pytest.mark.parametrize(
    ("written", "key"), [("f:120213", "120213"), (" 120213 ", "120213"), ("", None), ("form 7", None)]
)
def test_a_form_id_is_read_as_it_may_have_been_copied(written: str, key: str | None) -> None:
    assert form_key(written) == key


ANSWER: dict[str, Any] = {
    "id": "19902338985001",
    "created_time": "2025-09-12T12:05:13+0000",
    "campaign_name": "Sales Representative B2B",
    "form_id": "120213",
    "is_organic": False,
    "platform": "fb",
    "field_data": [
        {"name": "ai_experiență_în_vânzări?", "values": ["da,_peste_3_ani"]},
        {"name": "limbi", "values": ["ro", "en"]},
        {"name": "zip_code", "values": ["010101"]},
        {"name": "email", "values": ["Ana@Example.com"]},
        {"name": "full_name", "values": ["Ștefania Țăranu"]},
        {"name": "phone_number", "values": ["+40712000001"]},
    ],
}


def profile(answer: dict[str, Any]) -> Profile:
    read = read_lead(graph_lead(str(answer["id"]), answer), BUCHAREST)
    return profile_of(read.lead, read.questions, "ro")


def test_a_lead_of_the_graph_api_reads_like_a_row_of_an_export() -> None:
    lead = profile(ANSWER)
    assert (lead.lead_key, lead.full_name, lead.phone) == (
        "19902338985001",
        "Ștefania Țăranu",
        "+40712000001",
    )
    assert (lead.email, lead.platform, lead.campaign_name) == (
        "ana@example.com",
        "fb",
        ANSWER["campaign_name"],
    )
    assert lead.created is not None
    assert lead.created.isoformat() == "2025-09-12T12:05:13+00:00"
    assert lead.answers == (
        ("ai_experiență_în_vânzări?", "da, peste 3 ani"),
        ("limbi", "ro, en"),
        ("zip_code", "010101"),
    )


def test_a_number_without_country_code_is_of_where_the_position_is() -> None:
    fields = [{"name": "phone_number", "values": ["07400 123456"]}]
    given = graph_lead("1", ANSWER | {"field_data": fields})
    assert read_lead(given, ZoneInfo("Europe/London")).lead.phone == "+447400123456"
    assert read_lead(given, BUCHAREST).lead.phone is None


@pytest.mark.parametrize(
    ("name", "value"), [("full_name", "<test lead: dummy data for full_name>"), ("email", "test@meta.com")]
)
def test_test_leads_are_known_by_their_cells(name: str, value: str) -> None:
    fields = [{"name": name, "values": [value]}, {"name": "phone_number", "values": ["+40712000001"]}]
    with pytest.raises(TestLead):
        profile({**ANSWER, "field_data": fields})


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ([], "The form asks for neither a phone number nor an email."),
        ([("full_name", "Ana"), ("oraș", "Cluj")], "The form asks for neither a phone number nor an email."),
        (
            [("email", "none")],
            "The lead can't be brought in: the lead has no phone number, and its email is no",
        ),
        ([("email", ""), ("phone_number", "")], "The lead can't be brought in: the lead has neither"),
        (
            [("email", "a@example.com"), ("full_name", "A\0")],
            "The lead can't be brought in: the lead holds NUL",
        ),
        ([("email", "a@example.com"), ("why", "x" * 50_000)], "The lead is longer than 50,000 characters."),
        (
            [("email", "a@example.com"), *((f"q{n}", "x") for n in range(500))],
            "The form has too many fields.",
        ),
    ],
)
def test_what_can_not_be_read_says_why_without_quoting_the_person(
    fields: list[tuple[str, str]], reason: str
) -> None:
    with pytest.raises(UnreadableLead) as unreadable:
        read_lead(GraphLead("1", fields=tuple(fields)), BUCHAREST)
    assert unreadable.value.reason.startswith(reason)


def test_half_a_character_is_kept_from_the_database_and_seen() -> None:
    raw = json.dumps(ANSWER).replace("Ștefania".encode("unicode_escape").decode(), "\\ud800")
    lead = graph_lead("1", json.loads(raw))
    assert ("full_name", "\ufffd Țăranu") in lead.fields
    with pytest.raises(UnreadableLead):
        read_lead(lead, BUCHAREST)


METAS = (
    "id",
    "created_time",
    "ad_id",
    "ad_name",
    "campaign_id",
    "campaign_name",
    "form_id",
    "is_organic",
    "platform",
)


def exported(lead: GraphLead) -> bytes:
    """The file Meta would give: UTF-16LE, tabs, its own columns first and its prefixes."""
    own = {
        "id": f"l:{lead.leadgen_id}",
        "created_time": lead.created_time,
        "ad_id": "ag:1",
        "campaign_id": "c:2",
        "campaign_name": lead.campaign_name,
        "form_id": f"f:{lead.form_id}",
        "is_organic": "false",
        "platform": lead.platform,
    }
    cells = [
        f"p:{value}" if meaning_of(name) is Column.PHONE and value else value for name, value in lead.fields
    ]
    text = io.StringIO(newline="")
    file = csv.writer(text, delimiter="\t", lineterminator="\r\n")
    file.writerow([*METAS, *(name for name, _ in lead.fields), "lead_status"])
    file.writerow([*(own.get(name, "") for name in METAS), *cells, "complete"])
    return codecs.BOM_UTF16_LE + text.getvalue().encode("utf-16-le")


def by_file(body: bytes) -> Profile | str:
    shape, chunk = list(read_chunks(io.BytesIO(body), zone=BUCHAREST, size=10))
    assert isinstance(shape, FileShape)
    assert isinstance(chunk, LeadChunk)
    if chunk.leads:
        return profile_of(chunk.leads[0], shape.columns.questions, "ro")
    return "unreadable" if chunk.refused else "test lead"


def by_webhook(lead: GraphLead) -> Profile | str:
    try:
        read = read_lead(lead, BUCHAREST)
    except UnreadableLead:
        return "unreadable"
    except TestLead:
        return "test lead"
    return profile_of(read.lead, read.questions, "ro")


_words = st.text(st.characters(exclude_categories=("Cs",)), max_size=30) | st.sampled_from(
    [
        "",
        "da,_peste_3_ani",
        "=1+1",
        "'=1+1",
        "z:010101",
        "l:7",
        "<b>Ana</b>",
        "Ana\nPop",
        '"',
        "\u202eAna",
        "f:1",
    ]
)
_phones = st.sampled_from(
    ["+40712000001", "0712 000 001", "0040712000001", "07a", "+", "<test lead: x>", "712"]
)
_emails = st.sampled_from(["Ana@Example.com", "ana@", "test@meta.com", "ana@example.com ", ""])
_names = st.sampled_from(
    [
        "full_name",
        "first_name",
        "last_name",
        "nume_complet",
        "oraș",
        "ai_permis?",
        "zip_code",
        "whatsapp_number",
    ]
) | st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cf")), min_size=1, max_size=12)
_contact = st.lists(
    st.tuples(st.sampled_from(["phone_number", "telefon"]), _phones)
    | st.tuples(st.sampled_from(["email", "work_email"]), _emails),
    min_size=1,
    max_size=3,
)
_leads = st.builds(
    GraphLead,
    leadgen_id=st.integers(1, 10**17).map(str),
    form_id=st.just("120213"),
    created_time=st.sampled_from(["2025-09-12T12:05:13+0000", "1757678713", "", "yesterday"]),
    campaign_name=_words,
    platform=st.sampled_from(["fb", "ig", ""]),
    fields=st.tuples(_contact, st.lists(st.tuples(_names, _words), max_size=5))
    .map(lambda parts: [*parts[0], *parts[1]])
    .flatmap(st.permutations)
    .map(tuple),
)


@given(_leads)
@settings(max_examples=400, deadline=None)
def test_the_same_lead_says_the_same_by_webhook_and_by_file(lead: GraphLead) -> None:
    assert by_webhook(lead) == by_file(exported(lead))


def test_other_prefixes_or_another_order_of_answers_change_nobody() -> None:
    live = profile(ANSWER)
    by_hand = live._replace(
        phone_as_given="0712 000 001", lead_id="19902338985001", answers=live.answers[::-1]
    )
    assert merged(live, by_hand) == live
    assert merged(live, by_hand._replace(phone="+40712000002")).phone == "+40712000002"
    assert merged(live, by_hand._replace(answers=live.answers[:1])).answers == live.answers[:1]


def test_the_waits_grow_to_a_quarter_of_an_hour() -> None:
    waits = [wait_after(tries).total_seconds() for tries in range(1, 13)]
    assert waits[:4] == [2, 4, 8, 16]
    assert waits[-1] == timedelta(minutes=15).total_seconds()
    assert wait_after(10**9) == timedelta(minutes=15)
    assert wait_after(1, timedelta(minutes=1)) == timedelta(minutes=1)
