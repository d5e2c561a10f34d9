"""People: who they are, what they forbade, and who may be whom."""

from __future__ import annotations

from contracts import Envelope
from contracts.intake import (
    CandidateAdded,
    CandidateProfile,
    CandidateProfileRevised,
    CandidateReturned,
    CandidatesKeptApart,
    CandidatesMerged,
    CandidatesUnmerged,
    CandidateWithdrawn,
    ContactAllowed,
    ContactForbidden,
    PossibleDuplicateFound,
)
from people import fold as fold_name

from recruiter_ui.domain import tables as read
from recruiter_ui.domain.folding import Row
from recruiter_ui.projection.writers import Rows, changes_between, timeline, writes


def candidate_row(candidate_id: int, profile: CandidateProfile, envelope: Envelope) -> Row:
    """A person as a fact describes them; every fact that carries a profile writes it."""
    phone = (profile.phone or "").removeprefix("+")
    return {
        "candidate_id": candidate_id,
        "first_seen_at": envelope.time,
        "profile_at": envelope.time,
        "profile_event": envelope.id,
        **profile.model_dump(exclude={"form_answers"}),
        "form_answers": [answer.model_dump(mode="json") for answer in profile.form_answers],
        "search": " ".join(
            filter(None, (_in_any_turn(profile.full_name), (profile.email or "").lower(), phone))
        ),
    }


def _in_any_turn(full_name: str) -> str:
    """ "Ana Popescu" is found as "Popescu Ana" too: said in a circle, a name begins with any of its words."""
    words = fold_name(full_name).split()
    return " ".join((*words, *words[:-1]))


@writes(CandidateAdded)
def add_candidate(event: CandidateAdded, envelope: Envelope) -> Rows:
    yield read.CANDIDATES, candidate_row(event.candidate_id, event.profile, envelope)
    yield from timeline(event, envelope, event.actor)


@writes(CandidateProfileRevised)
def revise_profile(event: CandidateProfileRevised, envelope: Envelope) -> Rows:
    row = candidate_row(event.candidate_id, event.profile, envelope)
    yield read.CANDIDATES, row | {"profile_revision": event.revision}
    if event.cause == "merge" and event.before is not None:
        former = candidate_row(event.candidate_id, event.before, envelope)["search"]
        ids = {"candidate_id": event.candidate_id, "said_event": envelope.id}
        yield read.FORMER_SEARCHES, ids | {"search": former}
    changes = changes_between(event.before, event.profile, named_only={"form_answers", "notes"})
    if event.before is not None:
        yield from timeline(event, envelope, event.actor, cause=event.cause, changes=changes)


@writes(CandidateWithdrawn)
def withdraw_candidate(event: CandidateWithdrawn, envelope: Envelope) -> Rows:
    yield read.CANDIDATES, _presence(event, envelope, withdrawn=True)


@writes(CandidateReturned)
def return_candidate(event: CandidateReturned, envelope: Envelope) -> Rows:
    yield read.CANDIDATES, _presence(event, envelope, withdrawn=False)


def _presence(event: CandidateWithdrawn | CandidateReturned, envelope: Envelope, *, withdrawn: bool) -> Row:
    return {
        "candidate_id": event.candidate_id,
        "presence_at": envelope.time,
        "presence_event": envelope.id,
        "withdrawn": withdrawn,
    }


@writes(ContactForbidden)
def forbid_contact(event: ContactForbidden, envelope: Envelope) -> Rows:
    yield (
        read.CONTACT_BANS,
        {
            "candidate_id": event.candidate_id,
            "channel": event.channel.value,
            "said_at": envelope.time,
            "said_event": envelope.id,
            "forbidden": True,
            "since": event.since,
            "source": event.source,
            "reason": event.reason,
            "actor_name": event.actor.name,
            "same_as": event.same_as,
        },
    )
    yield from timeline(event, envelope, event.actor, channel=event.channel.value, reason=event.reason)


@writes(ContactAllowed)
def allow_contact(event: ContactAllowed, envelope: Envelope) -> Rows:
    yield (
        read.CONTACT_BANS,
        {
            "candidate_id": event.candidate_id,
            "channel": event.channel.value,
            "said_at": envelope.time,
            "said_event": envelope.id,
            "forbidden": False,
            "since": envelope.time,
            "reason": event.reason,
            "actor_name": event.actor.name,
        },
    )
    yield from timeline(event, envelope, event.actor, channel=event.channel.value, reason=event.reason)


@writes(PossibleDuplicateFound)
def note_duplicate(event: PossibleDuplicateFound, envelope: Envelope) -> Rows:
    yield (
        read.DUPLICATES,
        {
            "candidate_id": event.candidate_id,
            "other_candidate_id": event.other_candidate_id,
            "found_at": envelope.time,
            "found_event": envelope.id,
            "shared": list(event.shared),
        },
    )


@writes(CandidatesKeptApart)
def keep_apart(event: CandidatesKeptApart, envelope: Envelope) -> Rows:
    pair = event.candidate_id, event.other_candidate_id
    yield read.DUPLICATES, _decided(pair, envelope, "apart", event.actor.name)


@writes(CandidatesMerged)
def merge_candidates(event: CandidatesMerged, envelope: Envelope) -> Rows:
    for candidate_id in (event.merged_candidate_id, *event.also):
        yield read.CANDIDATES, _merged(candidate_id, event.candidate_id, envelope)
    pair = event.candidate_id, event.merged_candidate_id
    yield read.DUPLICATES, _decided(pair, envelope, "merged", event.actor.name)
    yield (
        read.MERGES,
        {
            "merge_id": event.merge_id,
            "candidate_id": event.candidate_id,
            "merged_candidate_id": event.merged_candidate_id,
            "merged_at": envelope.time,
            "merged_by": event.actor.name,
        },
    )
    yield from timeline(event, envelope, event.actor, merged=event.merged_candidate_id)


@writes(CandidatesUnmerged)
def unmerge_candidates(event: CandidatesUnmerged, envelope: Envelope) -> Rows:
    yield read.CANDIDATES, _merged(event.merged_candidate_id, None, envelope)
    for candidate_id in event.also:
        yield read.CANDIDATES, _merged(candidate_id, event.merged_candidate_id, envelope)
    pair = event.candidate_id, event.merged_candidate_id
    yield read.DUPLICATES, _decided(pair, envelope, "open", event.actor.name)
    yield read.MERGES, {"merge_id": event.merge_id, "undone_at": envelope.time}
    yield from timeline(event, envelope, event.actor, merged=event.merged_candidate_id)


def _merged(candidate_id: int, into: int | None, envelope: Envelope) -> Row:
    return {
        "candidate_id": candidate_id,
        "merge_at": envelope.time,
        "merge_event": envelope.id,
        "merged_into": into,
    }


def _decided(pair: tuple[int, int], envelope: Envelope, decision: str, by: str | None) -> Row:
    return {
        "candidate_id": max(pair),
        "other_candidate_id": min(pair),
        "decided_at": envelope.time,
        "decided_event": envelope.id,
        "decision": decision,
        "decided_by": by,
    }
