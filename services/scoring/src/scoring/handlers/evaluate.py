"""From a finished call to a verdict: written down, the model asked outside any transaction, then settled.

Asking twice hurts nobody, so a crash in between just asks again. What can't be settled now is a timer, not a
waiting message: one silent hour of the model neither blocks the others nor uses up deliveries.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import structlog
from chassis import Begin, Clock, Handlers, Tx
from contracts.calling import CallCompleted
from contracts.scoring import (
    CriterionResult,
    EvaluationCompleted,
    EvaluationDue,
    EvaluationFailed,
    EvaluationRequested,
    Finding,
    Outcome,
    QuoteMark,
)

from scoring.domain.call import Turn, turns_of
from scoring.domain.evidence import Mark
from scoring.domain.judgement import Judgement, judge
from scoring.domain.patience import pause_after_bad_answer, pause_after_silence
from scoring.domain.prices import Prices
from scoring.domain.question import Question, ask_about
from scoring.domain.score import Result
from scoring.domain.verdict import UnusableAnswer, check_stop_reason
from scoring.ports import (
    Answer,
    Evaluation,
    Evaluations,
    Model,
    ModelObjects,
    ModelSilent,
    OpenEvaluation,
    Record,
)

handlers = Handlers("scoring")
log = structlog.get_logger(__name__)

SPEAKERS = {"agent": "Agent", "user": "User"}


@handlers.on(CallCompleted)
async def queue_completed_call_for_scoring(event: CallCompleted, tx: Tx, evaluations: Evaluations) -> None:
    """A finished call waits for its evaluation. One that nobody wrote down can't be judged, and says so."""
    evaluation = Evaluation(
        evaluation_id=tx.new_id(),
        call_id=event.call_id,
        application_id=event.application_id,
        candidate_id=event.candidate_id,
        transcript=_transcript(event),
        turns=_turns(event),
        ended_at=event.ended_at or event.placed_at,
    )
    if not await evaluations.add(tx, evaluation):
        return
    tx.publish(
        EvaluationRequested(
            candidate_id=event.candidate_id,
            application_id=event.application_id,
            evaluation_id=evaluation.evaluation_id,
            call_id=event.call_id,
        )
    )
    if not evaluation.transcript:
        await _give_up(tx, evaluations, evaluation, "the call has no transcript")


@handlers.acts_on(EvaluationRequested, EvaluationDue, consumer="evaluate")
async def evaluate(
    event: EvaluationRequested | EvaluationDue,
    begin: Begin,
    evaluations: Evaluations,
    model: Model,
    prices: Prices,
    clock: Clock,
) -> None:
    """Ask the model and settle the evaluation, or set the time at which it is asked again."""
    async with begin() as tx:
        case = await evaluations.open(tx, event.evaluation_id)
    if case is None:
        return
    question = ask_about(case.call)
    try:
        answer = await model.ask(question)
    except ModelSilent as silence:
        async with begin() as tx:
            await _wait_for_model(tx, clock, evaluations, case, silence)
        return
    except ModelObjects as objection:
        async with begin() as tx:
            await _give_up(tx, evaluations, case, f"the model's provider refused the question: {objection}")
        return
    async with begin() as tx:
        await _settle(tx, clock, evaluations, prices, case, question, answer)


async def _settle(
    tx: Tx,
    clock: Clock,
    evaluations: Evaluations,
    prices: Prices,
    case: OpenEvaluation,
    question: Question,
    answer: Answer,
) -> None:
    version = question.prompt_version
    cost = prices.cost(answer.model, answer.input_tokens, answer.output_tokens)
    try:
        check_stop_reason(answer.stop_reason)
        judgement = judge(case.call, answer.content)
    except UnusableAnswer as unusable:
        await evaluations.keep_answer(tx, case.evaluation_id, answer, version, unusable.problem, cost)
        await evaluations.count_bad_answer(tx, case.evaluation_id)
        pause = pause_after_bad_answer(case.bad_answers + 1)
        if pause is None:
            await _give_up(tx, evaluations, case, f"{unusable} ({case.bad_answers + 1} answers)")
        else:
            _ask_again(tx, clock, case, pause)
        return
    await evaluations.keep_answer(tx, case.evaluation_id, answer, version, None, cost)
    # Answers that could not be used were paid for as well.
    spent = None if cost is None or case.spent_usd is None else round(case.spent_usd + cost, 6)
    record = Record(answer, version, case.rubric, spent)
    if await evaluations.complete(tx, case.evaluation_id, judgement, record):
        tx.publish(_completed(tx, case, judgement, record))


async def _wait_for_model(
    tx: Tx, clock: Clock, evaluations: Evaluations, case: OpenEvaluation, silence: ModelSilent
) -> None:
    await evaluations.count_silence(tx, case.evaluation_id)
    pause = pause_after_silence(case.silences + 1, silence.advised)
    log.warning("model_silent", evaluation_id=str(case.evaluation_id), problem=silence.problem, pause=pause)
    if pause is None:
        await _give_up(tx, evaluations, case, f"the model could not be reached: {silence.problem}")
    else:
        _ask_again(tx, clock, case, pause)


def _ask_again(tx: Tx, clock: Clock, case: OpenEvaluation, pause: float) -> None:
    due = EvaluationDue(
        candidate_id=case.candidate_id,
        application_id=case.application_id,
        evaluation_id=case.evaluation_id,
    )
    # The provider lives in real time, whatever the pace of our clock.
    second = clock.real_seconds(timedelta(seconds=1))
    tx.publish(due, at=tx.now + timedelta(seconds=pause / second), key=f"evaluation:{case.evaluation_id}")


async def _give_up(tx: Tx, evaluations: Evaluations, case: Evaluation | OpenEvaluation, reason: str) -> None:
    if await evaluations.fail(tx, case.evaluation_id, reason):
        tx.publish(
            EvaluationFailed(
                candidate_id=case.candidate_id,
                application_id=case.application_id,
                evaluation_id=case.evaluation_id,
                call_id=case.call_id,
                reason=reason,
                former_id=case.former_id if isinstance(case, OpenEvaluation) else None,
            )
        )


def _completed(tx: Tx, case: OpenEvaluation, judgement: Judgement, record: Record) -> EvaluationCompleted:
    answer = record.answer
    return EvaluationCompleted(
        candidate_id=case.candidate_id,
        application_id=case.application_id,
        evaluation_id=case.evaluation_id,
        call_id=case.call_id,
        outcome=Outcome(judgement.outcome.value),
        qualified=judgement.qualified,
        score=judgement.score,
        reasoning=judgement.reasoning,
        callback_requested=judgement.callback_requested,
        callback_notes=judgement.callback_notes,
        callback_at=judgement.callback_at,
        needs_human=judgement.needs_human,
        needs_human_notes=judgement.needs_human_notes,
        model=answer.model,
        input_tokens=answer.input_tokens,
        output_tokens=answer.output_tokens,
        latency_ms=answer.latency_ms,
        evaluated_at=tx.now,
        criteria=[_criterion(result) for result in judgement.results],
        needs_review=judgement.needs_review,
        review_reasons=list(judgement.review_reasons),
        model_score=judgement.model_score,
        callback_words=judgement.callback_words,
        do_not_call=judgement.do_not_call,
        do_not_call_words=judgement.do_not_call_words,
        rubric=record.rubric,
        prompt_version=record.prompt_version,
        cost_usd=record.cost_usd,
        repaired=answer.repaired,
        former_id=case.former_id,
        callback_marks=_marks(judgement.callback_marks),
        do_not_call_marks=_marks(judgement.do_not_call_marks),
    )


def _marks(marks: Sequence[Mark]) -> list[QuoteMark]:
    return [QuoteMark(turn=mark.turn, start=mark.start, end=mark.end) for mark in marks]


def _criterion(result: Result) -> CriterionResult:
    return CriterionResult(
        key=result.criterion.key,
        text=result.criterion.text,
        weight=result.criterion.weight,
        required=result.criterion.required,
        finding=Finding(result.finding.value),
        quote=result.quote,
        turn=result.turn,
        at_seconds=result.at_seconds,
        quote_found=result.quote_found,
        counted=Finding(result.counted.value),
        points=result.points,
        marks=_marks(result.marks),
    )


def _turns(event: CallCompleted) -> list[Turn]:
    """The turns under their own numbers; of a call that came without them, those its text shows."""
    if any(turn.text.strip() for turn in event.turns):
        return [Turn(turn.role, turn.text, turn.at_seconds) for turn in event.turns]
    return turns_of((event.transcript or "").strip())


def _transcript(event: CallCompleted) -> str:
    written = (event.transcript or "").strip()
    if written:
        return written
    spoken = (f"{SPEAKERS[turn.role]}: {turn.text.strip()}" for turn in event.turns if turn.text.strip())
    return "\n\n".join(spoken)
