"""Candidates: who they are, what they asked us not to do, and who may be whom."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from contracts.base import Actor, Command, Event, Value
from contracts.intake.states import ContactChannel


class FormAnswer(Value):
    """One question of a lead form: as asked, as a person reads it, and what was answered."""

    question: str
    label: str
    answer: str


class CandidateProfile(Value):
    """A person as intake knows them. ``phone`` is E.164 or None; ``phone_as_given`` is never changed.

    A number that can't be used stands in ``phone_as_given`` alone.
    """

    full_name: str
    first_name: str
    last_name: str
    phone: str | None = None
    phone_as_given: str | None = None
    email: str | None = None
    whatsapp_number: str | None = None
    language: str = "ro"
    time_zone: str | None = None
    source: str = "meta_form"
    meta_lead_id: str | None = None
    meta_created_time: datetime | None = None
    campaign_name: str | None = None
    platform: str | None = None
    form_answers: list[FormAnswer] = Field(default_factory=list)
    notes: str | None = None


class CandidateAdded(Event, name="intake.candidate.added"):
    """A recruiter wrote a person down by hand. Their applications follow as facts of their own."""

    candidate_id: int
    profile: CandidateProfile
    actor: Actor


class CandidateProfileRevised(Event, name="intake.candidate.profile_revised"):
    """The person now reads like ``profile``; ``revision`` grows by one each time, from 1."""

    candidate_id: int
    profile: CandidateProfile
    before: CandidateProfile | None = None
    revision: int | None = None
    cause: Literal["import", "recruiter", "live_lead", "merge", "merge_undone", "import_undone"] = "import"
    actor: Actor = Actor(kind="system")
    import_id: UUID | None = None


class CandidateWithdrawn(Event, name="intake.candidate.withdrawn"):
    """The import that brought this person was undone, and nothing else holds them here."""

    candidate_id: int
    import_id: UUID


class CandidateReturned(Event, name="intake.candidate.returned"):
    """A person who was withdrawn came again, by a file or a live lead."""

    candidate_id: int


class ContactForbidden(Event, name="intake.candidate.contact_forbidden"):
    """This person is not to be contacted on a channel, from ``since`` on, by anybody.

    ``same_as`` names the person whose wish it was, when it was taken over by phone number or email.
    """

    candidate_id: int
    channel: ContactChannel
    since: datetime
    source: str
    reason: str
    actor: Actor
    same_as: int | None = None


class ContactAllowed(Event, name="intake.candidate.contact_allowed"):
    """What was forbidden is allowed again; ``reason`` says on whose word."""

    candidate_id: int
    channel: ContactChannel
    reason: str
    actor: Actor


class PossibleDuplicateFound(Event, name="intake.candidate.possible_duplicate_found"):
    """Two candidates share a phone, an email or a name under different lead ids; a recruiter decides."""

    candidate_id: int
    other_candidate_id: int
    shared: list[Literal["phone", "email", "name"]]


class CandidatesKeptApart(Event, name="intake.candidate.kept_apart"):
    """A recruiter looked: these are two people. ``candidate_id`` is the later one, as when it was found."""

    candidate_id: int
    other_candidate_id: int
    actor: Actor


class CandidatesMerged(Event, name="intake.candidate.merged"):
    """``merged_candidate_id`` is the same person as ``candidate_id``, who is kept.

    Nothing said before is rewritten: applications and messages keep the id they have, and whoever looks for
    the person finds both under the kept one. ``also`` are people who were merged into the merged one before.
    """

    candidate_id: int
    merged_candidate_id: int
    merge_id: UUID
    also: list[int] = Field(default_factory=list)
    actor: Actor


class CandidatesUnmerged(Event, name="intake.candidate.unmerged"):
    """The merge was taken back: ``merged_candidate_id`` and ``also`` stand as they did before it."""

    candidate_id: int
    merged_candidate_id: int
    merge_id: UUID
    also: list[int] = Field(default_factory=list)
    actor: Actor


class CandidateFields(Value):
    """What a recruiter types of a person; every field as it was typed. Empty text means none."""

    full_name: str = Field(default="", max_length=300)
    phone: str = Field(default="", max_length=100)
    email: str = Field(default="", max_length=254)
    whatsapp_number: str = Field(default="", max_length=100)
    language: str = Field(default="ro", max_length=10)
    time_zone: str = Field(default="", max_length=64)
    notes: str = Field(default="", max_length=10_000)


class AddCandidate(Command, name="intake.add_candidate"):
    """Answers ``{"candidate_id": int, "application_id": int | None}``.

    Refused with code ``known_already`` when somebody has the same phone or email, unless
    ``despite_duplicates``; the message then names the person.
    """

    fields: CandidateFields
    position_id: int | None = None
    despite_duplicates: bool = False


class CorrectCandidate(Command, name="intake.correct_candidate"):
    """Answers ``{"revision": int}``; refused when ``expected_revision`` is no longer the current one."""

    candidate_id: int
    fields: CandidateFields
    expected_revision: int | None = None


class ForbidContact(Command, name="intake.forbid_contact"):
    """Do not contact this person on these channels. What is forbidden already stays as it is."""

    candidate_id: int
    channels: list[ContactChannel] = Field(min_length=1, max_length=3)
    source: str = Field(min_length=1, max_length=100)
    reason: str = Field(min_length=1, max_length=500)


class AllowContact(Command, name="intake.allow_contact"):
    candidate_id: int
    channels: list[ContactChannel] = Field(min_length=1, max_length=3)
    reason: str = Field(min_length=1, max_length=500)


class KeepApart(Command, name="intake.keep_apart"):
    """Not the same person; this is remembered, and the pair is not offered again."""

    candidate_id: int
    other_candidate_id: int


class MergeCandidates(Command, name="intake.merge_candidates"):
    """``merged_candidate_id`` is the same person as ``kept_candidate_id``.

    ``take`` names the fields (of ``CandidateFields``) whose value comes from the merged one; of the others
    the kept one's counts, where there is one. Answers ``{"merge_id": str, "closed": [application ids]}``.
    """

    kept_candidate_id: int
    merged_candidate_id: int
    take: list[str] = Field(default_factory=list, max_length=10)


class UndoMerge(Command, name="intake.undo_merge"):
    """Within 30 days. Answers ``{"kept": [words]}``: what could not be put back, and why."""

    merge_id: UUID
