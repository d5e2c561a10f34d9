"""Claude over the wire, the JSON in its text, and what the schema holds."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.testing_http import HANGS_UP, LoopbackServer, Manner, Says
from chassis.testing_rooms import PostgresRoom
from contracts.calling import Turn
from contracts.scoring import EvaluationCompleted
from scoring.adapters.claude import Claude
from scoring.adapters.json_answer import read_json_object, storable, strip_json_fence
from scoring.domain.question import Question
from scoring.ports import Answer, ModelObjects, ModelSilent

from .fakes import ScoringRoom, ScriptedModel, a_call, a_position, an_answer, cut_off

SCHEMA = {"type": "object", "properties": {}, "additionalProperties": False}
QUESTION = Question("Judge.", "<transcript>User: da</transcript>", SCHEMA)


def a_message(text: str = '{"outcome": "qualified"}', **changed: Any) -> dict[str, Any]:
    message = {
        "id": "msg_01",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-6",
        "content": [{"type": "text", "text": text, "citations": None}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 10, "output_tokens": 5},
    }
    return {**message, **changed}


def an_error(status: int, **headers: str) -> Says:
    kind = {"type": "error", "error": {"type": "api_error", "message": "no"}, "request_id": "req_9"}
    return Says(kind, status, {name.replace("_", "-"): value for name, value in headers.items()})


async def ask(server: LoopbackServer) -> Answer:
    claude = Claude(api_key="k", base_url=server.url, model="claude-sonnet-4-6", max_tokens=8192, timeout=5)
    async with claude:
        return await claude.ask(QUESTION)


async def asked_of(manner: Manner) -> tuple[Answer, LoopbackServer]:
    async with LoopbackServer(manner).running() as server:
        return await ask(server), server


async def test_the_question_is_held_to_the_schema_and_carries_no_temperature() -> None:
    answer, server = await asked_of(lambda _: Says(a_message(), headers={"request-id": "req_7"}))
    [asked] = server.asked
    sent = asked.json()
    assert (asked.method, asked.path, asked.headers["authorization"]) == ("POST", "/v1/messages", "Bearer k")
    assert sent["output_config"] == {"format": {"type": "json_schema", "schema": SCHEMA}}
    assert (sent["model"], sent["max_tokens"]) == ("claude-sonnet-4-6", 8192)
    assert sent["system"] == QUESTION.system
    assert sent["messages"] == [{"role": "user", "content": QUESTION.user}]
    assert "temperature" not in sent
    assert answer.content == {"outcome": "qualified"}
    assert (answer.request_id, answer.input_tokens, answer.output_tokens) == ("req_7", 10, 5)
    assert answer.raw["id"] == "msg_01"


async def test_thinking_before_the_text_is_passed_over() -> None:
    thinking = {"type": "thinking", "thinking": "hm {", "signature": "s"}
    text = {"type": "text", "text": '{"score": 1}', "citations": None}
    answer, _ = await asked_of(lambda _: Says(a_message(content=[thinking, text])))
    assert answer.content == {"score": 1}


async def test_an_empty_answer_holds_nothing() -> None:
    answer, _ = await asked_of(lambda _: Says(a_message(content=[], stop_reason="refusal")))
    assert (answer.content, answer.stop_reason) == (None, "refusal")


@pytest.mark.parametrize("status", [401, 403, 404, 408, 409, 429, 500, 503, 529])
async def test_trouble_that_may_pass_is_silence_and_nothing_is_asked_twice(status: int) -> None:
    async with LoopbackServer(lambda _: an_error(status, retry_after="7")).running() as server:
        with pytest.raises(ModelSilent) as silence:
            await ask(server)
        assert len(server.asked) == 1
    assert silence.value.problem == f"HTTP {status}"
    assert silence.value.advised == 7


@pytest.mark.parametrize("status", [400, 413, 422])
async def test_a_question_that_is_wrong_is_an_objection(status: int) -> None:
    with pytest.raises(ModelObjects, match=str(status)):
        await asked_of(lambda _: an_error(status))


async def test_a_lost_connection_is_silence() -> None:
    with pytest.raises(ModelSilent):
        await asked_of(lambda _: HANGS_UP)
    with pytest.raises(ModelSilent):
        await ask(LoopbackServerThatIsGone())


class LoopbackServerThatIsGone(LoopbackServer):
    def __init__(self) -> None:
        super().__init__(lambda _: HANGS_UP)
        self.url = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("text", "content", "repaired"),
    [
        ('{"score": 5}', {"score": 5}, False),
        ('```json\n{"score": 5}\n```', {"score": 5}, False),
        ('```\n{"score": 5}```', {"score": 5}, False),
        (
            '{"reasoning": "a zis "da" la tot", "score": 5}',
            {"reasoning": 'a zis "da" la tot', "score": 5},
            True,
        ),
        ('Here you are: {"score": 5,}', {"score": 5}, True),
        ("I can't judge this.", None, False),
        ("", None, False),
        ("[1, 2]", [1, 2], False),
    ],
)
def test_json_is_found_strictly_first_and_then_by_repair(text: str, content: object, repaired: bool) -> None:
    assert read_json_object(text) == (content, repaired)


def test_a_fence_is_taken_off_only_where_it_stands() -> None:
    assert strip_json_fence('  {"a": "```"} ') == '{"a": "```"}'
    assert strip_json_fence("```json\n{}\n```\n") == "{}"


def test_what_postgres_can_not_keep_is_taken_out_wherever_it_stands() -> None:
    assert storable({"a\x00": ["x\x00y", "\ud800", 1, None]}) == {"a": ["xy", "?", 1, None]}


async def test_every_answer_is_kept_as_it_came(on_postgres: ScoringRoom, postgres_room: PostgresRoom) -> None:
    await on_postgres.knows_the_application()
    await on_postgres.hears_of(a_call())
    model = ScriptedModel(cut_off(), an_answer())
    await on_postgres.asks(model)
    await on_postgres.asks(model)
    rows = await postgres_room.pool.fetch("SELECT * FROM model_answers ORDER BY answer_id")
    assert [row["problem"] for row in rows] == ["it was cut off at ANTHROPIC_MAX_TOKENS", None]
    assert rows[1]["raw_response"]["id"] == "msg_1"
    assert (rows[1]["request_id"], rows[1]["input_tokens"], rows[1]["latency_ms"]) == ("req_1", 900, 1500)
    evaluation = await postgres_room.pool.fetchrow("SELECT * FROM evaluations")
    assert evaluation is not None
    assert (evaluation["status"], evaluation["score"], evaluation["bad_answers"]) == ("completed", 100, 1)
    assert evaluation["prompt_version"] == model.asked[0].prompt_version


async def test_everything_of_a_judgement_is_kept(
    on_postgres: ScoringRoom, postgres_room: PostgresRoom
) -> None:
    await on_postgres.knows_the_application()
    await on_postgres.judges(a_call(), an_answer(do_not_call=True, do_not_call_words="nu mă sunați"))
    row = await postgres_room.pool.fetchrow("SELECT * FROM evaluations")
    assert row is not None
    assert row["turns"][1] == {"role": "user", "text": "Da, categoria B.", "at_seconds": 7}
    [result] = row["results"]
    assert result == {
        "key": "question-1",
        "text": "Aveți permis?",
        "weight": 10,
        "required": False,
        "finding": "met",
        "quote": "Da, categoria B.",
        "turn": 1,
        "at_seconds": 7,
        "quote_found": True,
        "counted": "met",
        "points": 10,
    }
    assert (row["needs_review"], len(row["review_reasons"])) == (True, 1)
    assert (row["score"], row["model_score"], row["repaired"]) == (100, 82, False)
    assert (row["do_not_call"], row["do_not_call_words"]) == (True, "nu mă sunați")
    assert row["rubric"] == a_position().details.rubric
    assert row["cost_usd"] == pytest.approx(0.0045)
    assert (row["because"], row["former_id"]) == ("call_completed", None)


async def test_what_postgres_can_not_keep_stops_no_call(on_postgres: ScoringRoom) -> None:
    await on_postgres.knows_the_application()
    turns = [Turn(role="user", text="Da,\x00 categoria B.")]
    await on_postgres.judges(a_call(transcript="User: Da,\x00 categoria B.", turns=turns))
    [completed] = await on_postgres.room.said(EvaluationCompleted)
    assert completed.score == 100


async def test_evaluations_from_before_the_turns_were_kept_can_be_judged(
    on_postgres: ScoringRoom, postgres_room: PostgresRoom
) -> None:
    await on_postgres.knows_the_application()
    await on_postgres.judges(a_call())
    await postgres_room.pool.execute("UPDATE evaluations SET turns = NULL, results = NULL, rubric = NULL")
    await on_postgres.is_told_to_judge_again(1)
    await on_postgres.asks(ScriptedModel(an_answer()))
    completed = (await on_postgres.room.said(EvaluationCompleted))[-1]
    assert (completed.score, completed.criteria[0].turn, completed.criteria[0].at_seconds) == (100, 1, None)


async def test_a_position_from_before_criteria_were_kept_learns_its_own_when_it_is_read_again(
    on_postgres: ScoringRoom, postgres_room: PostgresRoom
) -> None:
    await on_postgres.knows_the_application()
    await postgres_room.pool.execute("UPDATE positions SET criteria = DEFAULT, rubric = NULL")
    await on_postgres.knows_the_application()
    row = await postgres_room.pool.fetchrow("SELECT * FROM positions")
    assert row is not None
    assert row["rubric"] == a_position().details.rubric
    assert [one["key"] for one in row["criteria"]] == ["question-1"]
