"""Evaluations as a recruiter reads them: the words each criterion rests on, doubts, several side by side."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from contracts import Accepted, Refused
from contracts.intake import AdoptEvaluation, PositionDetails
from contracts.intake import ApplicationStatus as S
from contracts.scoring import Outcome, Reevaluate, ReevaluatePosition
from recruiter_ui_support.judgements import (
    ALL,
    FAILED,
    LATER,
    OLDER,
    SOUND,
    TWICE,
    UNSOUND,
    judged,
    judgements,
    repeated,
)
from recruiter_ui_support.running import Running
from recruiter_ui_support.stories import ASKED_AND_SAID, RECRUITER, Storyteller
from recruiter_ui_support.visiting import hidden, log_in

RUBRIC = PositionDetails(title="Sales Rep B2B, Cluj", **ASKED_AND_SAID).rubric


@dataclass
class Judged:
    ui: Running
    known: dict[str, UUID]
    told: Storyteller


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(ui: Running) -> Judged:
    now = datetime.now(UTC)
    told = Storyteller(now - timedelta(days=1))
    told.position(1, "Sales Rep B2B, Cluj")
    known = judgements(told, now, RUBRIC)
    await ui.told(told.envelopes)
    return Judged(ui, known, told)


@pytest_asyncio.fixture(loop_scope="session")
async def recruiter(town: Judged) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=town.ui.url, timeout=20) as client:
        assert (await log_in(client)).status_code == 303
        yield client


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


async def test_every_criterion_stands_with_its_quote_and_the_way_to_where_it_was_said(
    town: Judged, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get(f"/applications/{SOUND}")).text
    words = words_of(page)
    assert "4 met 1 not met 1 unknown" in words
    assert "Not clearly answered. Half weight until asked. Not counted as a no." in words
    assert "7 / 14" in words
    call = town.known["call"]
    assert f'href="#t-{call}-3" data-seek="62" data-call="{call}"' in page
    assert f'id="t-{call}-3"' in page
    assert "<mark>Am lucrat patru ani în vânzări B2B</mark>" in page, "without its marks in the quote"
    assert page.count("<mark>") == 5
    for made in ("claude-sonnet-4-6", "prompt e3f1", f"rules {RUBRIC}", "3,140 + 512 tokens", "$0.0171",
                 "6.8 s"):  # fmt: skip
        assert made in words


async def test_an_unsound_quote_is_struck_and_says_why_nothing_follows_by_itself(
    town: Judged, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get(f"/applications/{UNSOUND}")).text
    words = words_of(page)
    assert "<s>“Am folosit Salesforce trei ani la rând”</s>" in page
    assert "Not found in the transcript: not counted. The AI had said “met”. Half weight" in words
    assert "Look before you decide. “Experiență cu un CRM”: the quote is not in the transcript." in words
    assert "The model&#39;s own score is 95, the points add up to 60." in words
    assert "Look first: “Experiență cu un CRM”: the quote is not in the transcript. Confirming:" in words
    assert "Asked not to be called again. “nu mă mai sunați”" in words
    assert "cost not known" in words
    assert "$0" not in words


async def test_a_callback_shows_the_words_it_came_from_and_no_score(
    recruiter: httpx2.AsyncClient,
) -> None:
    page = (await recruiter.get(f"/applications/{LATER}")).text
    assert "Asked to be called again" in page
    assert "“mâine după două”" in page
    assert 'data-seek="171"' in page
    assert '<div class="big">0' not in page


async def test_a_failed_evaluation_says_why_and_can_be_asked_for_again(
    town: Judged, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get(f"/applications/{FAILED}")).text
    assert "The evaluation failed." in page
    assert "cut off three times" in page
    form = {"csrf": hidden(page, "csrf"), "command_id": "01900000-0000-7000-8000-00000000e001"}
    away = await recruiter.post(f"/applications/{FAILED}/evaluate", data=form)
    assert away.status_code == 422
    assert "Scoring is not answering; nothing was changed" in away.text
    refusal = {"application_id": FAILED, "code": "no_transcript", "message": "Nothing was said in that call."}
    async with town.ui.answering(
        Reevaluate, lambda it: Accepted(result={"requested": [], "refused": [refusal]})
    ):
        refused = await recruiter.post(f"/applications/{FAILED}/evaluate", data=form)
    assert "Nothing was said in that call." in refused.text
    async with town.ui.answering(Reevaluate, lambda it: Accepted(result={"requested": [FAILED]})):
        done = await recruiter.post(f"/applications/{FAILED}/evaluate", data=form)
    assert done.headers["location"] == f"/applications/{FAILED}"
    command = town.ui.received[-1]
    assert isinstance(command, Reevaluate)
    assert (command.application_ids, command.actor) == ([FAILED], RECRUITER)


async def test_the_former_evaluation_counts_until_another_is_chosen(
    town: Judged, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get(f"/applications/{TWICE}")).text
    words = words_of(page)
    assert re.search(r"Evaluated again \w+ \d\d:\d\d: qualified, score 82\.", words)
    assert "The former one counts until you choose." in words
    assert "1 met 1 not met 2 unknown" in words, "the former one is shown"
    both = (await recruiter.get(f"/applications/{TWICE}/evaluations")).text
    assert both.index("Qualified") < both.index("Not a fit"), "the newest first"
    assert words_of(both).count("Counts now") == 1
    assert "not asked, differs" not in words_of(both)
    assert words_of(both).count("not asked") == 1, "the licence was not asked for then"
    assert words_of(both).count(", differs") == 2, "prices and licence"
    assert "A CV request goes out" in both or "The CV request goes out by email and WhatsApp." in both
    assert "as they are now" in both
    assert "older" in both
    assert both.count("Use this outcome") == 1


async def test_using_another_outcome_is_one_command_with_the_state_it_was_decided_on(
    town: Judged, recruiter: httpx2.AsyncClient
) -> None:
    both = (await recruiter.get(f"/applications/{TWICE}/evaluations")).text
    form = {
        name: hidden(both.partition("/adopt")[2], name)
        for name in ("csrf", "command_id", "sequence", "evaluation")
    }
    assert form["evaluation"] == str(town.known["again"])
    moved = Refused(code="moved_meanwhile", message="The application has moved since.")
    async with town.ui.answering(AdoptEvaluation, lambda it: moved):
        refused = await recruiter.post(f"/applications/{TWICE}/adopt", data=form)
    assert (refused.status_code, "The application has moved since." in refused.text) == (422, True)
    async with town.ui.answering(AdoptEvaluation, lambda it: Accepted(result={"sequence": 6})):
        done = await recruiter.post(f"/applications/{TWICE}/adopt", data=form)
    assert done.headers["location"] == f"/applications/{TWICE}"
    command = town.ui.received[-1]
    assert isinstance(command, AdoptEvaluation)
    assert (str(command.evaluation_id), command.expected_sequence) == (
        form["evaluation"],
        int(form["sequence"]),
    )
    odd = await recruiter.post(f"/applications/{TWICE}/adopt", data=form | {"evaluation": "x"})
    assert odd.status_code == 400


@pytest.mark.parametrize(
    ("number", "flag"),
    [
        (SOUND, "not every criterion was answered"),
        (UNSOUND, "a quote was not found in the transcript"),
        (OLDER, "the rules have changed since this score"),
    ],
)
async def test_a_score_in_the_list_has_at_most_one_flag(
    recruiter: httpx2.AsyncClient, number: int, flag: str
) -> None:
    page = (await recruiter.get("/applications")).text
    row = page.partition(f'id="a{number}"')[2].partition("</tr>")[0]
    cell = row.partition('class="c-sc')[2].partition("</td>")[0]
    assert f'<span class="sr">{flag}</span>' in cell
    assert cell.count('class="sr"') == 1


async def test_a_score_by_older_rules_says_so(recruiter: httpx2.AsyncClient) -> None:
    assert "goes by the older ones" in (await recruiter.get(f"/applications/{OLDER}")).text
    assert "goes by the older ones" not in (await recruiter.get(f"/applications/{SOUND}")).text


async def test_an_application_without_evaluation_or_none_at_all(recruiter: httpx2.AsyncClient) -> None:
    assert (await recruiter.get("/applications/999/evaluations")).status_code == 404


async def test_who_was_judged_by_older_rules_is_judged_anew_after_one_question(
    town: Judged, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get("/positions/1")).text
    assert "1 person was judged by older rules." in page, "who was judged twice is so by the present ones"
    sheet = (await recruiter.get("/positions/1/reevaluate", headers={"HX-Request": "true"})).text
    assert "It costs about $0.0087, going by what these calls cost before." in words_of(sheet)
    assert "No outcome changes by itself." in sheet
    form = {name: hidden(sheet, name) for name in ("csrf", "command_id")}
    away = await recruiter.post("/positions/1/reevaluate", data=form)
    assert (away.status_code, "Scoring is not answering" in away.text) == (422, True)
    async with town.ui.answering(ReevaluatePosition, lambda it: Accepted(result={"requested": 1})):
        done = await recruiter.post("/positions/1/reevaluate", data=form)
        part = await recruiter.post("/positions/1/reevaluate", data=form, headers={"HX-Request": "true"})
    assert done.headers["location"] == "/positions/1?evaluating=1"
    assert 'data-toast="1 call is being evaluated again"' in part.text
    command = town.ui.received[-1]
    assert isinstance(command, ReevaluatePosition)
    assert command.position_id == 1
    assert (await recruiter.get("/positions/99/reevaluate")).status_code == 404


async def test_one_from_before_there_were_criteria_was_judged_as_a_whole(
    town: Judged, recruiter: httpx2.AsyncClient
) -> None:
    told, number = town.told, 391
    known = len(told.envelopes)
    told.person(number, "Dan Olteanu", 1)
    call_id, former_id = judged(told, number, Outcome.QUALIFIED, 82, [], rubric=None)
    repeated(told, number, call_id, former_id, Outcome.QUALIFIED, 60, ALL, rubric="n3wn3w00")
    await town.ui.told(told.envelopes[known:])
    both = words_of((await recruiter.get(f"/applications/{number}/evaluations")).text)
    assert (both.count("judged as a whole"), both.count("not asked")) == (len(ALL), 0)
    assert both.count(", differs") == 0, "there was nothing to differ from"


async def test_who_is_on_the_way_of_an_outcome_is_promised_nothing_again(
    town: Judged, recruiter: httpx2.AsyncClient
) -> None:
    told, number = town.told, 390
    known = len(told.envelopes)
    told.person(number, "Oana Sârbu", 1)
    call_id, former_id = judged(told, number, Outcome.QUALIFIED, 82, ALL, rubric="0ld0ld00")
    told.becomes(number, S.AWAITING_CV, "Asked for a CV")
    repeated(told, number, call_id, former_id, Outcome.QUALIFIED, 60, ALL, rubric="n3wn3w00")
    repeated(told, number, call_id, former_id, Outcome.NOT_QUALIFIED, 20, ALL, rubric="n3wn3w00")
    await town.ui.told(told.envelopes[known:])
    both = words_of((await recruiter.get(f"/applications/{number}/evaluations")).text)
    assert both.count("Score and reasons change. The status stays, and nothing is sent again.") == 1
    assert both.count("A CV for later roles is asked for") == 1
    assert "Call 1, asked for by Irina Dobre" in both
