"""People written down by hand, corrected, and put into positions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from chassis.testing import InMemoryTx
from contracts import Accepted, Event, Refused
from contracts.intake import (
    AddCandidate,
    AllowContact,
    ApplicationOpened,
    CandidateAdded,
    CandidateFields,
    CandidateProfileRevised,
    ContactAllowed,
    ContactChannel,
    ContactForbidden,
    CorrectCandidate,
    ForbidContact,
    OpenApplication,
    PositionDetails,
    PositionStatus,
)
from intake.domain.profiles import Profile
from intake.domain.status_machine import Status
from intake.domain.typed_people import NotUsable, corrected, taken_on, written_down
from intake.handlers.candidates import add_candidate, correct_candidate, open_application
from intake.handlers.contact import allow_contact, forbid_contact
from intake.ports import Candidate, Position
from intake_support.memory import MemoryApplications, MemoryCandidates, MemoryPositions, Shelf
from intake_support.memory_contacts import MemoryContacts
from intake_support.stores import RECRUITER, Store

CALL, WHATSAPP, EMAIL = ContactChannel.CALL, ContactChannel.WHATSAPP, ContactChannel.EMAIL
ANA = {"full_name": "Ana Maria Pop", "phone": "0712 000 001", "email": "Ana@Example.com"}


def typed(**fields: str) -> CandidateFields:
    return CandidateFields(**fields)


def shown(profile: Profile, **changes: str) -> CandidateFields:
    """The form as it stands on the screen, with what a recruiter changed in it."""
    stands = {
        "full_name": profile.full_name,
        "phone": profile.phone or profile.phone_as_given or "",
        "email": profile.email or "",
        "whatsapp_number": profile.whatsapp_number or "",
        "language": profile.language,
        "time_zone": profile.time_zone or "",
        "notes": profile.notes or "",
    }
    return CandidateFields(**stands | changes)


def test_what_is_typed_is_read_as_strictly_as_a_lead() -> None:
    person = written_down(
        typed(
            full_name="  Ștefan\u202e  Țurcanu Ene ",
            phone=" 0712 000 001 ",
            email=" Stefan@EXAMPLE.com",
            whatsapp_number="0712.000.002",
            language="RO",
            notes="Prefers mornings.\r\nHas a van.\x00 ",
        ),
        "RO",
    )
    assert (person.full_name, person.first_name, person.last_name) == (
        "Ștefan Țurcanu Ene",
        "Ștefan",
        "Țurcanu Ene",
    )
    assert person.name_folded == "stefan turcanu ene"
    assert (person.phone, person.phone_as_given) == ("+40712000001", "0712 000 001")
    assert (person.email, person.whatsapp_number) == ("stefan@example.com", "+40712000002")
    assert (person.language, person.time_zone, person.source) == ("ro", "Europe/Bucharest", "manual")
    assert person.notes == "Prefers mornings.\nHas a van."
    assert (person.lead_id, person.lead_key, person.answers) == (None, None, ())


def test_the_region_decides_where_no_country_is_written() -> None:
    assert written_down(typed(phone="07400 123456"), "GB").phone == "+447400123456"
    assert written_down(typed(phone="+40712000001"), "GB").phone == "+40712000001"


def test_a_number_that_is_none_is_kept_as_typed_and_never_guessed() -> None:
    person = written_down(typed(phone="0712-what"), "RO")
    assert (person.phone, person.phone_as_given, person.time_zone) == (None, "0712-what", None)


def test_a_whatsapp_number_that_is_the_phone_is_no_other() -> None:
    assert (
        written_down(typed(phone="0712000001", whatsapp_number="+40712000001"), "RO").whatsapp_number is None
    )


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"full_name": "Ana"}, "no_contact"),
        ({"full_name": "Ana", "phone": "\u200b "}, "no_contact"),
        ({"email": "ana@example"}, "bad_email"),
        ({"email": "a@example.com, b@example.com"}, "bad_email"),
        ({"phone": "0712000001", "whatsapp_number": "12"}, "bad_whatsapp_number"),
        ({"phone": "0712000001", "language": "romanian"}, "unknown_language"),
        ({"phone": "0712000001", "time_zone": "Mars/Base"}, "unknown_time_zone"),
    ],
)
def test_what_can_not_be_used_is_refused_by_name(fields: dict[str, str], code: str) -> None:
    with pytest.raises(NotUsable) as refused:
        written_down(typed(**fields), "RO")
    assert refused.value.code == code
    assert refused.value.message.endswith(".")


KNOWN = written_down(typed(**ANA), "RO")._replace(
    phone_as_given="p:0712000001", source="meta_form", lead_id="l:1", lead_key="1", answers=(("q?", "da"),)
)


@pytest.mark.parametrize("written", ["+40712000001", "p:0712000001", "0712 000 001", "0040712000001"])
def test_the_same_number_written_otherwise_is_no_correction(written: str) -> None:
    assert corrected(KNOWN, shown(KNOWN, phone=written)) == KNOWN


def test_another_number_keeps_what_was_typed_and_brings_its_time_zone() -> None:
    assert corrected(KNOWN, shown(KNOWN, phone="+49 1512 3456789")) == KNOWN._replace(
        phone="+4915123456789", phone_as_given="+49 1512 3456789", time_zone="Europe/Berlin"
    )


def test_a_time_zone_that_was_chosen_stays_with_a_new_number() -> None:
    chosen = KNOWN._replace(time_zone="Europe/Madrid")
    assert corrected(chosen, shown(chosen, phone="+447400123456")).time_zone == "Europe/Madrid"
    assert corrected(chosen, shown(chosen, time_zone="")).time_zone == "Europe/Bucharest"
    assert corrected(chosen, shown(chosen, time_zone="Europe/Rome")).time_zone == "Europe/Rome"


def test_a_number_without_country_code_is_of_where_the_person_is() -> None:
    british = KNOWN._replace(phone="+447400123456", phone_as_given=None, time_zone="Europe/London")
    assert corrected(british, shown(british, phone="07400 123457")).phone == "+447400123457"


def test_a_flagged_number_stays_flagged_until_it_is_corrected() -> None:
    flagged = KNOWN._replace(phone=None, phone_as_given="0712", time_zone=None)
    assert corrected(flagged, shown(flagged)) == flagged
    then = corrected(flagged, shown(flagged, phone="0712000009"))
    assert (then.phone, then.phone_as_given) == ("+40712000009", "0712000009")


def test_what_stood_there_before_is_not_judged_again() -> None:
    odd = KNOWN._replace(language="romanian", time_zone="Old/Zone", email="odd address")
    assert corrected(odd, shown(odd)) == odd


def test_nobody_loses_the_last_way_to_be_reached() -> None:
    with pytest.raises(NotUsable) as refused:
        corrected(KNOWN, shown(KNOWN, phone="", email=""))
    assert refused.value.code == "no_contact"
    unreachable = KNOWN._replace(phone=None, phone_as_given=None, email=None, time_zone=None)
    assert corrected(unreachable, shown(unreachable, notes="Moved.")).notes == "Moved."


def test_another_record_of_the_person_takes_on_what_was_corrected_and_stays_its_own_lead() -> None:
    alias = KNOWN._replace(lead_id="l:2", lead_key="2", platform="ig", notes="its own")
    then = corrected(KNOWN, shown(KNOWN, full_name="Ana Popescu"))
    taken = taken_on(alias, KNOWN, then)
    assert (taken.full_name, taken.name_folded) == ("Ana Popescu", "ana popescu")
    assert (taken.lead_key, taken.platform, taken.notes) == ("2", "ig", "its own")


class Desk:
    """Recruiters and people; position 1 is open, 2 is closed, 3 is in London."""

    def __init__(self) -> None:
        self.tx, self.shelf = InMemoryTx(), Shelf()
        for number, details in enumerate(
            (
                PositionDetails(title="Sales"),
                PositionDetails(title="Filled", status=PositionStatus.CLOSED),
                PositionDetails(title="Sales UK", time_zone="Europe/London", status=PositionStatus.PAUSED),
            ),
            start=1,
        ):
            self.shelf.positions[number] = Position(number, 1, details)
        self.candidates = MemoryCandidates(self.shelf)
        self.positions = MemoryPositions(self.shelf)
        self.applications = MemoryApplications(self.shelf)
        self.contacts = MemoryContacts(self.shelf)

    async def adds(self, position_id: int | None = None, *, anyway: bool = False, **fields: str) -> Any:
        command = AddCandidate(
            command_id=uuid4(),
            actor=RECRUITER,
            fields=CandidateFields(**fields),
            position_id=position_id,
            despite_duplicates=anyway,
        )
        ports = (self.candidates, self.positions, self.applications, self.contacts)
        return await add_candidate(command, self.tx, *ports)

    async def opens(self, candidate_id: int, position_id: int) -> Any:
        command = OpenApplication(
            command_id=uuid4(), actor=RECRUITER, candidate_id=candidate_id, position_id=position_id
        )
        return await open_application(command, self.tx, self.candidates, self.positions, self.applications)

    async def corrects(self, candidate_id: int, expected: int | None = None, **changes: str) -> Any:
        profile = self.shelf.candidates.get(candidate_id, KNOWN)
        command = CorrectCandidate(
            command_id=uuid4(),
            actor=RECRUITER,
            candidate_id=candidate_id,
            fields=shown(profile, **changes),
            expected_revision=expected,
        )
        return await correct_candidate(command, self.tx, self.candidates, self.contacts)

    async def forbids(self, candidate_id: int, *channels: ContactChannel, reason: str = "asked") -> Any:
        command = ForbidContact(
            command_id=uuid4(),
            actor=RECRUITER,
            candidate_id=candidate_id,
            channels=list(channels),
            source="phone",
            reason=reason,
        )
        return await forbid_contact(command, self.tx, self.candidates, self.contacts)

    async def allows(self, candidate_id: int, *channels: ContactChannel) -> Any:
        command = AllowContact(
            command_id=uuid4(),
            actor=RECRUITER,
            candidate_id=candidate_id,
            channels=list(channels),
            reason="called us",
        )
        return await allow_contact(command, self.tx, self.candidates, self.contacts)

    def forbidden(self) -> list[tuple[int | None, ContactChannel, int | None]]:
        said = self.tx.said(ContactForbidden)
        return [(event.candidate_id, event.channel, event.same_as) for event in said]


def code(answer: Accepted | Refused) -> str:
    assert isinstance(answer, Refused), answer
    assert answer.message.endswith(".")
    return answer.code


async def test_somebody_is_added_by_hand_without_and_with_a_position() -> None:
    desk = Desk()
    assert await desk.adds(**ANA) == Accepted(result={"candidate_id": 1, "application_id": None})
    added: list[Event] = list(desk.tx.published)
    (only,) = desk.tx.said(CandidateAdded)
    assert added == [only]
    assert (only.profile.source, only.profile.phone_as_given, only.actor) == (
        "manual",
        "0712 000 001",
        RECRUITER,
    )
    other = await desk.adds(3, phone="07400 123456")
    assert other == Accepted(result={"candidate_id": 2, "application_id": 1})
    (opened,) = desk.tx.said(ApplicationOpened)
    assert (opened.candidate_id, opened.position_id, opened.via, opened.actor) == (
        2,
        3,
        "recruiter",
        RECRUITER,
    )
    assert opened.profile.phone == "+447400123456"
    assert [type(event) for event in desk.tx.published[1:]] == [CandidateAdded, ApplicationOpened]


async def test_adding_into_no_position_or_a_closed_one_adds_nobody() -> None:
    desk = Desk()
    assert code(await desk.adds(9, **ANA)) == "no_position"
    assert code(await desk.adds(2, **ANA)) == "position_closed"
    assert code(await desk.adds(1, full_name="Ana")) == "no_contact"
    assert (desk.tx.published, desk.shelf.candidates) == ([], {})


@pytest.mark.parametrize(
    ("fields", "shared"),
    [
        ({"phone": "+40 712 000 001"}, "phone number"),
        ({"phone": "0040712000001"}, "phone number"),
        ({"phone": "0712.000.001"}, "phone number"),
        ({"email": "ANA@example.com"}, "email"),
        ({"phone": "0712000001", "email": "ana@example.com"}, "phone number and email"),
    ],
)
async def test_somebody_we_know_is_named_unless_it_is_somebody_else(
    fields: dict[str, str], shared: str
) -> None:
    desk = Desk()
    await desk.adds(**ANA)
    known = await desk.adds(**fields)
    assert code(known) == "known_already"
    assert f"Ana Maria Pop (candidate 1) has the same {shared}" in known.message
    assert isinstance(await desk.adds(anyway=True, **fields), Accepted)
    assert len(desk.shelf.candidates) == 2


async def test_who_was_withdrawn_is_nobody_we_know_and_of_merged_people_the_kept_one_is_named() -> None:
    desk = Desk()
    await desk.adds(**ANA)
    await desk.adds(full_name="Ana Kept", phone="0712000002")
    desk.shelf.merged_into[1] = 2
    known = await desk.adds(phone="0712000001")
    assert (code(known), "Ana Kept (candidate 2)" in known.message) == ("known_already", True)
    desk.shelf.withdrawn[2] = datetime(2026, 1, 1, tzinfo=UTC)
    assert isinstance(await desk.adds(phone="0712000001"), Accepted)


async def test_a_person_is_put_into_a_position_once() -> None:
    desk = Desk()
    await desk.adds(**ANA)
    assert await desk.opens(1, 1) == Accepted(result={"application_id": 1})
    again = await desk.opens(1, 1)
    assert (code(again), "application 1" in again.message) == ("has_application", True)
    assert "pending call" in again.message
    assert await desk.opens(1, 3) == Accepted(result={"application_id": 2})
    assert code(await desk.opens(1, 2)) == "position_closed"
    assert code(await desk.opens(1, 9)) == "no_position"
    assert code(await desk.opens(9, 1)) == "not_found"


async def test_an_application_of_a_merged_record_counts_for_the_person() -> None:
    desk = Desk()
    await desk.adds(**ANA)
    await desk.adds(phone="0712000002")
    await desk.opens(1, 1)
    desk.shelf.merged_into[1] = 2
    assert code(await desk.opens(2, 1)) == "has_application"
    assert code(await desk.opens(1, 3)) == "merged"
    desk.shelf.withdrawn[2] = datetime(2026, 1, 1, tzinfo=UTC)
    assert code(await desk.opens(2, 3)) == "withdrawn"


async def test_a_closed_application_is_reopened_and_not_opened_twice() -> None:
    desk = Desk()
    await desk.adds(**ANA)
    await desk.opens(1, 1)
    desk.shelf.applications[1] = replace(desk.shelf.applications[1], status=Status.CLOSED)
    again = await desk.opens(1, 1)
    assert (code(again), "Reopen it" in again.message) == ("has_application", True)


async def test_a_correction_is_a_fact_with_before_and_after() -> None:
    desk = Desk()
    await desk.adds(**ANA)
    answer = await desk.corrects(1, 0, phone="0712 000 009", notes="Moved.")
    assert answer == Accepted(result={"revision": 1})
    (revised,) = desk.tx.said(CandidateProfileRevised)
    assert revised.before is not None
    assert (revised.before.phone, revised.profile.phone) == ("+40712000001", "+40712000009")
    assert (revised.profile.phone_as_given, revised.profile.notes) == ("0712 000 009", "Moved.")
    assert (revised.revision, revised.cause, revised.actor) == (1, "recruiter", RECRUITER)
    assert code(await desk.corrects(1, 0, notes="Late.")) == "revised_meanwhile"
    assert code(await desk.corrects(1, email="no")) == "bad_email"
    assert code(await desk.corrects(9)) == "not_found"
    assert await desk.corrects(1, 1) == Accepted(result={"revision": 1})
    assert len(desk.tx.said(CandidateProfileRevised)) == 1


async def test_a_number_without_country_code_is_corrected_to_one_of_where_they_applied() -> None:
    desk = Desk()
    await desk.adds(3, phone="07400 12345", email="amy@example.com")
    await desk.corrects(1, phone="07400 123456")
    (revised,) = desk.tx.said(CandidateProfileRevised)
    assert revised.profile.phone == "+447400123456"


async def test_a_correction_reaches_every_record_of_a_merged_person() -> None:
    desk = Desk()
    await desk.adds(**ANA)
    await desk.adds(phone="0712000002")
    desk.shelf.merged_into[2] = 1
    await desk.corrects(1, phone="0712000009")
    revised = desk.tx.said(CandidateProfileRevised)
    assert [(event.candidate_id, event.profile.phone) for event in revised] == [
        (1, "+40712000009"),
        (2, "+40712000009"),
    ]
    assert code(await desk.corrects(2, notes="Moved.")) == "merged"


async def test_a_wish_counts_at_once_for_everybody_with_the_number_or_the_address() -> None:
    desk = Desk()
    await desk.adds(**ANA)
    await desk.adds(anyway=True, phone="0712000001", email="second@example.com")
    await desk.adds(anyway=True, email="second@example.com")
    await desk.adds(phone="0712000009")
    answer = await desk.forbids(1, CALL, EMAIL)
    assert answer == Accepted(result={"forbidden": ["call", "email"]})
    assert desk.forbidden() == [
        (one, channel, same) for one, same in ((1, None), (2, 1), (3, 1)) for channel in (CALL, EMAIL)
    ]
    (first, *_) = desk.tx.said(ContactForbidden)
    assert (first.source, first.reason, first.actor, first.since) == (
        "phone",
        "asked",
        RECRUITER,
        desk.tx.now,
    )
    assert await desk.forbids(1, CALL) == Accepted(result={"forbidden": []})
    assert await desk.forbids(1, CALL, WHATSAPP) == Accepted(result={"forbidden": ["whatsapp"]})
    assert code(await desk.forbids(9, CALL)) == "not_found"
    assert code(await desk.forbids(1, CALL, reason=" ")) == "no_reason"


async def test_who_is_added_or_corrected_takes_a_wish_over() -> None:
    desk = Desk()
    await desk.adds(**ANA)
    await desk.forbids(1, CALL)
    await desk.adds(1, anyway=True, phone="0712000001")
    await desk.adds(phone="0712000009")
    await desk.corrects(3, email="ana@example.com")
    assert desk.forbidden() == [(1, CALL, None), (2, CALL, 1), (3, CALL, 1)]


async def test_what_is_allowed_again_is_allowed_for_all_who_took_it_over() -> None:
    desk = Desk()
    await desk.adds(**ANA)
    await desk.adds(anyway=True, phone="0712000001")
    await desk.forbids(1, CALL, EMAIL)
    assert await desk.allows(1, CALL) == Accepted(result={"allowed_for": [1, 2]})
    allowed = desk.tx.said(ContactAllowed)
    assert [(event.candidate_id, event.channel, event.reason) for event in allowed] == [
        (1, CALL, "called us"),
        (2, CALL, "called us"),
    ]
    assert code(await desk.allows(1, CALL)) == "not_forbidden"
    assert code(await desk.allows(9, CALL)) == "not_found"
    await desk.corrects(2, notes="Somebody else.")
    assert len(desk.tx.said(ContactForbidden)) == 4


async def test_who_says_so_too_stays_forbidden_when_the_first_is_allowed_again() -> None:
    desk = Desk()
    await desk.adds(**ANA)
    await desk.adds(anyway=True, phone="0712000001")
    await desk.forbids(1, CALL)
    assert await desk.forbids(2, CALL) == Accepted(result={"forbidden": ["call"]})
    assert desk.forbidden() == [(1, CALL, None), (2, CALL, 1), (2, CALL, None)]
    assert await desk.allows(1, CALL) == Accepted(result={"allowed_for": [1]})
    assert [event.candidate_id for event in desk.tx.said(ContactAllowed)] == [1]


async def test_who_took_a_wish_over_from_two_stays_forbidden_when_one_is_allowed_again() -> None:
    desk = Desk()
    await desk.adds(**ANA)
    await desk.adds(phone="0712000002", email="second@example.com")
    await desk.forbids(1, CALL)
    await desk.forbids(2, CALL)
    await desk.adds(anyway=True, phone="0712000001", email="second@example.com")
    assert desk.forbidden()[2:] == [(3, CALL, 1)]
    assert await desk.allows(1, CALL) == Accepted(result={"allowed_for": [1]})
    assert desk.forbidden()[3:] == [(3, CALL, 2)]
    assert [event.candidate_id for event in desk.tx.said(ContactAllowed)] == [1]
    assert await desk.allows(2, CALL) == Accepted(result={"allowed_for": [2, 3]})


async def test_who_is_known_takes_a_wish_over_from_somebody_new_who_has_it() -> None:
    """The newcomer shows that the one who asked and the one we know share more than we knew."""
    desk = Desk()
    await desk.adds(**ANA)
    await desk.adds(phone="0712000002", email="second@example.com")
    await desk.forbids(1, CALL)
    await desk.adds(anyway=True, phone="0712000001", email="second@example.com")
    assert desk.forbidden() == [(1, CALL, None), (3, CALL, 1), (2, CALL, 1)]


async def test_a_person_of_several_records_is_allowed_again_as_one() -> None:
    desk = Desk()
    await desk.adds(**ANA)
    await desk.adds(phone="0712000002", email="second@example.com")
    await desk.forbids(2, CALL)
    desk.shelf.merged_into[2] = 1
    await desk.corrects(1, notes="One and the same.")
    assert desk.forbidden() == [(2, CALL, None), (1, CALL, 2)]
    assert await desk.allows(1, CALL) == Accepted(result={"allowed_for": [1, 2]})


async def test_where_somebody_applied_last_is_known(store: Store) -> None:
    first, second = await store.a_position(time_zone="Europe/London"), await store.a_position()
    async with store.begin() as tx:
        ana, ion = await store.add(tx, KNOWN, KNOWN._replace(lead_key="2", phone="+40712000002", email=None))
        assert await store.candidates.applied_where(tx, ana) is None
        await store.applications.open(tx, first, [ana, ion])
        assert await store.candidates.applied_where(tx, ana) == "Europe/London"
        await store.applications.open(tx, second, [ana])
        assert await store.candidates.applied_where(tx, ana) == "Europe/Bucharest"


async def test_people_are_found_as_they_are_kept(store: Store) -> None:
    position_id = await store.a_position()
    async with store.begin() as tx:
        ana, ion = await store.add(tx, KNOWN, KNOWN._replace(lead_key="2", phone="+40712000002", email=None))
        assert await store.candidates.get(tx, ana) == Candidate(ana, KNOWN)
        assert await store.candidates.get(tx, 99) is None
        assert await store.candidates.lock(tx, 99) is None
        noted = KNOWN._replace(notes="Moved.\nHas a van.")
        assert await store.candidates.revise(tx, {ana: noted}) == {ana: 1}
        assert await store.candidates.lock(tx, ana) == Candidate(ana, noted, revision=1)
        assert await store.candidates.revise(tx, {ana: KNOWN, ion: KNOWN._replace(lead_key="2")}) == {
            ana: 2,
            ion: 1,
        }
        assert await store.candidates.aliases(tx, ana) == []
        found = await store.candidates.reached_by(tx, "+40712000001", None)
        assert [person.candidate_id for person in found] == [ana, ion]
        assert await store.candidates.reached_by(tx, None, "nobody@example.com") == []
        assert await store.candidates.reached_by(tx, None, None) == []
        opened = await store.applications.open(tx, position_id, [ion])
        has = await store.candidates.application_for(tx, ion, position_id)
        assert has == (opened[ion], Status.PENDING_CALL)
        assert await store.candidates.application_for(tx, ana, position_id) is None
