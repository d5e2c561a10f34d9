"""People on whom somebody has decided, or has to: proposals of the AI, notes, hands that moved a status."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from contracts import Actor
from contracts.intake import ApplicationAssigned, ClosedBecause, NoteAdded, OutcomeConfirmed
from contracts.intake import ApplicationStatus as S
from contracts.scoring import Outcome

from recruiter_ui_support.stories import RECRUITER, Storyteller
from recruiter_ui_support.town import GOOD, WEAK, tomorrow_at_two

PAUL = Actor(kind="recruiter", id="2", name="Paul Achim")
QUALIFIED, NOT_A_FIT, CALLBACK, ASKED, BY_HAND, WITHDREW, CLOSED, CONFIRMED, REOPENED, SILENT = range(
    201, 211
)
"""Application ids, by what is the matter with each."""
NAMES = {
    QUALIFIED: "Ilinca Rădulescu-Ene", NOT_A_FIT: "Horia Bălănescu", CALLBACK: "Teodora Țepeneag",
    ASKED: "Nicoleta Grozav", BY_HAND: "Matei Vlădescu", WITHDREW: "Sanda Pop-Iliescu",
    CLOSED: "Emil Doroftei", CONFIRMED: "Anca Mărgineanu", REOPENED: "Liviu Săvulescu",
    SILENT: "Ruxandra Călin",
}  # fmt: skip


def decisions(told: Storyteller, now: datetime) -> None:
    told.at = now - timedelta(minutes=55)
    for number, name in NAMES.items():
        told.person(number, name, number % 4 + 1)
    is_proposed(told, QUALIFIED, Outcome.QUALIFIED, 82, GOOD)
    is_proposed(told, NOT_A_FIT, Outcome.NOT_QUALIFIED, 31, WEAK)
    is_proposed(
        told, CALLBACK, Outcome.CALLBACK_REQUESTED, 0, "At work, asks for tomorrow.",
        callback_requested=True, callback_at=tomorrow_at_two(now),
    )  # fmt: skip
    is_proposed(
        told, ASKED, Outcome.NEEDS_HUMAN, 61, "Asks about the shift pattern.", needs_human=True,
        proposed=False, needs_human_notes="Asked for a person: shift pattern",
    )  # fmt: skip
    is_assigned(told, ASKED, RECRUITER, by=PAUL)
    is_noted(told, ASKED, "Only early shifts.\nCall after 16:00, ask for the licence.", PAUL)
    is_noted(told, ASKED, "Called back at 13:20, no answer.", RECRUITER)
    is_proposed(told, BY_HAND, Outcome.NOT_QUALIFIED, 48, WEAK, proposed=False)
    told.becomes(BY_HAND, S.QUALIFIED, "Has worked with us before, CRM was there", RECRUITER,
                 score=48, qualified=True, by_hand=True)  # fmt: skip
    told.becomes(WITHDREW, S.CLOSED, "Took another job", PAUL, by_hand=True,
                 closed_because=ClosedBecause.WITHDRAWN)  # fmt: skip
    told.becomes(CLOSED, S.CLOSED, "Position filled", PAUL, by_hand=True,
                 closed_because=ClosedBecause.RECRUITER)  # fmt: skip
    is_proposed(told, CONFIRMED, Outcome.QUALIFIED, 77, GOOD)
    is_confirmed(told, CONFIRMED, S.QUALIFIED, PAUL)
    is_assigned(told, CONFIRMED, PAUL, by=PAUL)
    told.is_asked_for_a_cv(CONFIRMED, 77)
    told.becomes(REOPENED, S.CLOSED, "Position filled", PAUL, by_hand=True,
                 closed_because=ClosedBecause.RECRUITER)  # fmt: skip
    told.becomes(REOPENED, S.PENDING_CALL, "One seat is free again", RECRUITER, by_hand=True)


def is_proposed(
    told: Storyteller, number: int, outcome: Outcome, score: int, reasoning: str, **extra: object
) -> UUID:
    told.is_queued(number)
    call = told.later(seconds=2).is_called(number)
    told.talks(number, call, seconds=64)
    told.is_judged(number, call, outcome, score, reasoning, **({"proposed": True} | extra))
    return call


def is_confirmed(told: Storyteller, number: int, status: S, by: Actor) -> None:
    told.say(
        OutcomeConfirmed(
            candidate_id=number,
            application_id=number,
            position_id=1,
            sequence=told.sequence(number),
            status=status,
            actor=by,
        )
    )


def is_assigned(told: Storyteller, number: int, to: Actor | None, by: Actor) -> None:
    told.say(ApplicationAssigned(candidate_id=number, application_id=number, assignee=to, actor=by))


def is_noted(told: Storyteller, number: int, text: str, by: Actor) -> None:
    note_id = told.new_id()
    told.say(NoteAdded(candidate_id=number, application_id=number, note_id=note_id, text=text, actor=by))
