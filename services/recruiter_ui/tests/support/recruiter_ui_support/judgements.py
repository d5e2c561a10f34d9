"""People whose calls were judged criterion by criterion: sound and unsound evidence, twice, in vain."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.calling import CallCompleted, Turn
from contracts.intake import ApplicationStatus as S
from contracts.scoring import (
    CriterionResult,
    EvaluationCompleted,
    EvaluationFailed,
    EvaluationRequested,
    Finding,
    Outcome,
    QuoteMark,
)
from people import fold

from recruiter_ui_support.stories import RECRUITER, Storyteller

SOUND, UNSOUND, FAILED, TWICE, LATER, OLDER = range(301, 307)
"""Application ids, by what is the matter with each."""
NAMES = {
    SOUND: "Andreea Munteanu-Vâlcea", UNSOUND: "Cristian Băcanu", FAILED: "Magda Țurlea",
    TWICE: "Florin Dăscălescu", LATER: "Irina Șerbănoiu", OLDER: "Viorel Hâncu",
}  # fmt: skip
SAID = [
    Turn(role="agent", at_seconds=0, text="Bună ziua, Andreea. Sunt asistentul virtual al firmei Nordvale, "
         "un sistem AI. Apelul este înregistrat. Este în regulă să continuăm?"),
    Turn(role="user", at_seconds=11, text="Da, sigur, vă rog."),
    Turn(role="agent", at_seconds=58, text="Mulțumesc. Ce experiență aveți în vânzări către firme?"),
    Turn(role="user", at_seconds=62, text="Am lucrat patru ani în vânzări B2B, la un distribuitor de "
         "ambalaje din Turda. Eu negociam direct cu clienții, și prețul, și termenele de plată."),
    Turn(role="agent", at_seconds=130, text="Aveți permis de conducere categoria B?"),
    Turn(role="user", at_seconds=134, text="Da, am permis categoria B din 2016, conduc zilnic."),
    Turn(role="agent", at_seconds=165, text="Ce fel de program căutați?"),
    Turn(role="user", at_seconds=171, text="Da, caut ceva stabil, cu normă întreagă. Mă puteți suna mâine "
         "după două, dacă mai e nevoie."),
    Turn(role="agent", at_seconds=197, text="Ați folosit un program CRM până acum?"),
    Turn(role="user", at_seconds=202, text="Nu, la firma veche țineam totul în Excel. Dar învăț repede."),
]  # fmt: skip


def mark(turn: int, quote: str) -> list[QuoteMark]:
    """As scoring would mark these words, which differ from what was said in case and diacritics at most."""
    start = fold(SAID[turn].text).index(fold(quote))
    return [QuoteMark(turn=turn, start=start, end=start + len(quote))]


def met(key: str, text: str, weight: int, quote: str, turn: int, **extra: Any) -> CriterionResult:
    return CriterionResult(
        key=key, text=text, weight=weight, finding=Finding.MET, quote=quote, turn=turn,
        at_seconds=SAID[turn].at_seconds, quote_found=True, counted=Finding.MET, points=weight,
        **{"marks": mark(turn, quote)} | extra,
    )  # fmt: skip


def not_met(key: str, text: str, weight: int, quote: str, turn: int, **extra: Any) -> CriterionResult:
    return met(key, text, weight, quote, turn, **extra).model_copy(
        update={"finding": Finding.NOT_MET, "counted": Finding.NOT_MET, "points": 0.0}
    )


def unknown(key: str, text: str, weight: int, quote: str | None = None, **extra: Any) -> CriterionResult:
    """With a quote: one that nobody said."""
    return CriterionResult(
        key=key, text=text, weight=weight, finding=Finding.MET if quote else Finding.UNKNOWN, quote=quote,
        quote_found=False if quote else None, counted=Finding.UNKNOWN, points=weight / 2, **extra,
    )  # fmt: skip


B2B = met("b2b", "Vânzări B2B, cel puțin 3 ani", 30, "am lucrat patru ani in vanzari B2B", 3, required=True)
PRICES = met("prices", "Negociază direct prețul și termenele", 20, "Eu negociam direct cu clienții", 3)
LICENCE = met("licence", "Permis categoria B", 15, "Da, am permis categoria B din 2016", 5, required=True)
FULL_TIME = met("full", "Contract cu normă întreagă", 10, "caut ceva stabil, cu normă întreagă", 7)
TRAVEL = unknown("travel", "Deplasări regulate la clienți", 14)
CRM = not_met("crm", "Experiență cu un CRM", 11, "la firma veche țineam totul în Excel", 9)
ALL = [B2B, PRICES, LICENCE, FULL_TIME, TRAVEL, CRM]
MADE_UP = unknown("crm", "Experiență cu un CRM", 11, "Am folosit Salesforce trei ani la rând")


def judgements(told: Storyteller, now: datetime, rubric: str) -> dict[str, UUID]:
    """Returns ids of calls and evaluations by name; ``rubric`` is the position's present one."""
    told.at = now - timedelta(minutes=50)
    for number, name in NAMES.items():
        told.person(number, name, 1)
    known: dict[str, UUID] = {}
    known["call"], known["sound"] = judged(
        told, SOUND, Outcome.QUALIFIED, 82, ALL, rubric=rubric, proposed=True
    )
    reasons = [
        "“Experiență cu un CRM”: the quote is not in the transcript.",
        "The model's own score is 95, the points add up to 60.",
    ]
    known["unsound_call"], known["unsound"] = judged(
        told, UNSOUND, Outcome.QUALIFIED, 60, [B2B, LICENCE, TRAVEL, MADE_UP], rubric=rubric, proposed=True,
        needs_review=True, review_reasons=reasons, do_not_call=True, cost_usd=None,
        do_not_call_words="nu mă mai sunați",
    )  # fmt: skip
    known["failed_call"], known["failed"] = _spoken_to(told, FAILED)
    told.say(EvaluationFailed(**_ids(FAILED, known["failed_call"], known["failed"]),
             reason="The model's answer was cut off three times."))  # fmt: skip
    told.becomes(FAILED, S.NEEDS_HUMAN, "The evaluation failed",
                 needs_human_reason="The evaluation failed: decide by the transcript")  # fmt: skip
    known["twice_call"], known["twice"] = judged(told, TWICE, Outcome.NOT_QUALIFIED, 41, [
        B2B, PRICES.model_copy(update={"counted": Finding.UNKNOWN, "points": 10.0, "quote": None}),
        TRAVEL, CRM,
    ], rubric="0ld0ld00", cost_usd=0.0113)  # fmt: skip
    known["again"] = repeated(told, TWICE, known["twice_call"], known["twice"], Outcome.QUALIFIED, 82,
                              [B2B, PRICES, TRAVEL, CRM, LICENCE], rubric=rubric)  # fmt: skip
    judged(told, LATER, Outcome.CALLBACK_REQUESTED, 0, [], rubric=rubric, callback_requested=True,
            callback_at=now + timedelta(hours=20), callback_words="mâine după două",
            callback_marks=mark(7, "mâine după două"))  # fmt: skip
    judged(told, OLDER, Outcome.QUALIFIED, 75, [B2B, LICENCE], rubric="0ld0ld00", cost_usd=0.0087)
    return known


def repeated(
    told: Storyteller, number: int, call_id: UUID, former_id: UUID, outcome: Outcome, score: int,
    criteria: list[CriterionResult], **extra: Any,
) -> UUID:  # fmt: skip
    evaluation_id = told.later(minutes=1).new_id()
    ids = _ids(number, call_id, evaluation_id) | {"former_id": former_id}
    told.say(EvaluationRequested(**ids, because="on_demand", actor=RECRUITER))
    told.later(seconds=8).say(_completed(ids, told.at, outcome, score, criteria, **extra))
    return evaluation_id


def judged(
    told: Storyteller, number: int, outcome: Outcome, score: int | None, criteria: list[CriterionResult],
    *, proposed: bool = False, **extra: Any,
) -> tuple[UUID, UUID]:  # fmt: skip
    call_id, evaluation_id = _spoken_to(told, number)
    ids = _ids(number, call_id, evaluation_id)
    told.say(_completed(ids, told.at, outcome, score, criteria, **extra))
    status = {
        Outcome.QUALIFIED: S.QUALIFIED,
        Outcome.NOT_QUALIFIED: S.NOT_QUALIFIED,
        Outcome.CALLBACK_REQUESTED: S.CALLBACK_SCHEDULED,
        Outcome.NEEDS_HUMAN: S.NEEDS_HUMAN,
    }[outcome]
    judged = outcome in (Outcome.QUALIFIED, Outcome.NOT_QUALIFIED)
    told.becomes(number, status, "Evaluated by the AI", score=score, proposed=proposed,
                 qualified=outcome is Outcome.QUALIFIED if judged else None, evaluation_id=evaluation_id,
                 needs_review=extra.get("needs_review", False),
                 callback_at=extra.get("callback_at"))  # fmt: skip
    return call_id, evaluation_id


def _spoken_to(told: Storyteller, number: int) -> tuple[UUID, UUID]:
    told.is_queued(number)
    call_id = told.later(seconds=2).is_called(number)
    placed = told.at
    told.later(seconds=252).say(
        CallCompleted(
            candidate_id=number,
            application_id=number,
            call_id=call_id,
            attempt_number=1,
            conversation_id=f"conv_{number}",
            transcript="Agent: ...",
            turns=SAID,
            duration_seconds=252,
            summary="Four years of B2B sales, negotiates directly, drives daily. No CRM yet.",
            summary_title="Experienced B2B seller",
            placed_at=placed,
            ended_at=told.at,
        )
    )
    told.becomes(number, S.CALL_COMPLETED, "The call ended")
    evaluation_id = told.new_id()
    told.say(EvaluationRequested(**_ids(number, call_id, evaluation_id)))
    told.becomes(number, S.SCORING, "Evaluation started")
    told.later(seconds=9)
    return call_id, evaluation_id


def _ids(number: int, call_id: UUID, evaluation_id: UUID) -> dict[str, Any]:
    return {
        "candidate_id": number,
        "application_id": number,
        "evaluation_id": evaluation_id,
        "call_id": call_id,
    }


def _completed(
    ids: dict[str, Any], at: datetime, outcome: Outcome, score: int | None,
    criteria: list[CriterionResult], **extra: Any,
) -> EvaluationCompleted:  # fmt: skip
    made: dict[str, Any] = {
        "reasoning": "Four years of B2B sales and direct negotiation. Travel was not clearly answered.",
        "model": "claude-sonnet-4-6", "input_tokens": 3_140, "output_tokens": 512, "latency_ms": 6_840,
        "prompt_version": "e3f1", "cost_usd": 0.0171,
    }  # fmt: skip
    return EvaluationCompleted(
        **ids, outcome=outcome, qualified=outcome is Outcome.QUALIFIED, score=score, evaluated_at=at,
        criteria=criteria, **(made | extra),
    )  # fmt: skip
