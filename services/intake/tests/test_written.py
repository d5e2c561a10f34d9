"""An import writes what the contract would write, and leads pass whole from process to process."""

from __future__ import annotations

import io
from dataclasses import fields
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from contracts.intake import ApplicationOpened
from hypothesis import given
from hypothesis import strategies as st
from intake.adapters.lead_reader import Frame, write_frames
from intake.domain.lead_cells import LONGEST_CHOICE
from intake.domain.lead_file import FileShape, read_chunks
from intake.domain.profiles import Profile
from intake.handlers.profiles import published
from intake.handlers.written import WrittenOpened
from intake_support.desk import somebody
from intake_support.files import a_meta_export, a_row

texts = st.text(max_size=40)
some = st.none() | texts
moments = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
profiles = st.builds(
    Profile,
    *(texts, texts, texts, texts, some, some, some, some, texts, some, texts, some, some),
    st.none() | moments | moments.map(lambda moment: moment.replace(microsecond=0)),
    *(some, some, st.lists(st.tuples(texts, texts), max_size=5).map(tuple), some),
)
ids = st.integers(1, 2**63 - 1)


@given(profiles, ids, ids, ids, st.uuids())
def test_an_opened_application_is_written_as_its_contract_writes_it(
    profile: Profile, candidate_id: int, application_id: int, position_id: int, import_id: UUID
) -> None:
    event = ApplicationOpened(
        candidate_id=candidate_id,
        application_id=application_id,
        position_id=position_id,
        profile=published(profile),
        import_id=import_id,
    )
    fact = WrittenOpened(position_id, import_id).of(candidate_id, application_id, profile)
    assert fact == (candidate_id, application_id, event.model_dump_json())


def test_every_control_character_is_written_as_the_contract_writes_it() -> None:
    every = "".join(map(chr, range(0x250)))
    profile = somebody()._replace(full_name=every, answers=((every, every),))
    event = ApplicationOpened(
        candidate_id=1, application_id=2, position_id=3, profile=published(profile), import_id=UUID(int=4)
    )
    assert WrittenOpened(3, UUID(int=4)).of(1, 2, profile).data == event.model_dump_json()


def test_what_the_reader_sends_arrives_as_it_was_read() -> None:
    body = a_meta_export(
        [a_row(1), a_row(1), a_row(2, phone_number="", email=""), a_row(3, phone_number="7")]
    )
    zone, sent = ZoneInfo("Europe/Bucharest"), io.BytesIO()
    write_frames(io.BytesIO(body), zone, 3, 0, sent)
    sent.seek(0)
    for part in read_chunks(io.BytesIO(body), zone=zone, size=3):
        frame = msgspec.json.decode(sent.read(int.from_bytes(sent.read(4), "big")), type=Frame)
        got = frame.shape if isinstance(part, FileShape) else frame.chunk
        assert got == part
        for field in fields(part):
            assert repr(getattr(got, field.name)) == repr(
                getattr(part, field.name)
            )  # tuples of names, not lists
    assert sent.read() == b""


@given(st.integers(0, 2 * LONGEST_CHOICE))
def test_a_long_answer_is_read_like_a_short_one(length: int) -> None:
    """Only short ones are remembered from row to row."""
    answer = ("da_nu " * length)[:length].strip("_ ")
    body = a_meta_export([a_row(1, **{"ai_permis_de_conducere_categoria_b?": f" z:{answer}"})])
    _, chunk = read_chunks(io.BytesIO(body), zone=ZoneInfo("Europe/Bucharest"), size=3)
    assert not isinstance(chunk, FileShape)
    told = [text for number, text in chunk.leads[0].answers if number == 1]
    assert told == ([" ".join(answer.replace("_", " ").split())] if answer else [])
