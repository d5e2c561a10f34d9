"""The lab from the command line: who answers, what it costs, what is left behind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from chassis.testing import eventually
from chassis.testing_http import Asked, LoopbackServer, Says
from ops.cli import app
from ops.lab.conduct import Conditions, Conducted, Wishes, conduct, show
from ops.lab.shelf import former, new_folder, read
from ops.lab.summary import SANDBOX_SAYS
from ops.say import Trouble
from rich.console import Console
from typer.testing import CliRunner

from .lab_settings import KEY, settings

FEW = ("ro-driver-clear-yes", "en-sales-no-travel", "ro-driver-never-again", "en-sales-in-an-hour")


class Page(HTMLParser):
    """What a browser would find: elements, and the text a reader sees."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def with_class(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for _, attrs in self.tags if name in (attrs.get("class") or "").split()]


def conditions(**told: Any) -> Conditions:
    return Conditions(
        settings=settings(**told), confirm=None, pauses=(), console=Console(file=StringIO(), width=160)
    )


async def a_run(tmp_path: Path, **wishes: Any) -> Conducted:
    asked = Wishes(**{"state": tmp_path, "only": FEW, "repeats": 2, **wishes})
    return await conduct(asked, conditions())


async def test_a_run_over_the_sandbox_leaves_a_result_and_a_page(tmp_path: Path) -> None:
    done = await a_run(tmp_path)
    content = json.loads((done.folder / "result.json").read_text())
    assert (content["schema"], content["kind"], content["model"]) == (1, "sandbox", "sandbox")
    assert [case["id"] for case in content["cases"]] == [case.case.id for case in done.figures.cases]
    runs = [run for case in content["cases"] for run in case["runs"]]
    assert len(runs) == 2 * len(FEW)
    assert all(run["judged"] and run["judged"]["outcome"] and run["failure"] is None for run in runs)
    assert {run["cost_usd"] for run in runs} == {None}, "rules cost nothing, and have no price"
    assert content["figures"]["agreement"]["strict"]["of"] == len(FEW)
    assert content["prompt_version"] in done.folder.name
    assert done.folder.stat().st_mode & 0o077 == 0
    page = Page((done.folder / "report.html").read_text())
    assert SANDBOX_SAYS in page.text
    assert len(page.with_class("case")) == len(FEW)
    assert "Am permis B din 2015" in page.text
    assert [tag for tag, _ in page.tags if tag in ("script", "link", "img", "iframe")] == []


async def test_the_next_run_says_what_changed(tmp_path: Path) -> None:
    first = await a_run(tmp_path, repeats=1)
    assert first.changes is None
    wording = tmp_path / "wording.toml"
    wording.write_text('driver = "Only a licence counts."', encoding="utf-8")
    second = await a_run(tmp_path, repeats=1, qualification=wording)
    assert second.changes is not None
    assert second.changes.before.made_at == first.result.made_at
    assert second.changes.cases == [], "the sandbox's rules don't read the wording"
    assert second.result.prompt_version != first.result.prompt_version
    assert second.result.cases_hash == first.result.cases_hash
    third = await a_run(tmp_path, repeats=1, only=FEW[:2])
    assert third.changes is None, "other calls: nothing to compare with by itself"
    assert third.result.prompt_version == first.result.prompt_version
    fourth = await a_run(tmp_path, repeats=1, only=FEW[:2], against=first.folder)
    assert fourth.changes is not None
    assert sorted(fourth.changes.only_before) == sorted(FEW[2:])
    again = await show(tmp_path, second.folder, None, Console(file=StringIO()))
    assert again.changes is not None
    assert again.changes.before.made_at == first.result.made_at
    last = await show(tmp_path, None, None, Console(file=StringIO()))
    assert last.folder == fourth.folder


def a_message(text: str) -> dict[str, Any]:
    return {
        "id": "msg_01",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-6",
        "content": [{"type": "text", "text": text, "citations": None}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 1000, "output_tokens": 100},
    }


async def a_run_against(says: Callable[[Asked], Says | None], tmp_path: Path) -> tuple[Conducted, str]:
    """A model at an address of one's own, which is asked like the real one."""
    async with LoopbackServer(says).running() as server:
        under = conditions(anthropic_api_key=KEY, anthropic_base_url=server.url)
        wishes = Wishes(state=tmp_path, only=FEW[:2], repeats=2, ask_above=10)
        done = await conduct(wishes, under)
    return done, (done.folder / "report.html").read_text()


@pytest.mark.parametrize(
    ("says", "kind", "cost"),
    [
        (Says(a_message("I would rather sing.")), "unusable", 0.018),
        (Says(a_message('{"outcome": "qualified"}')), "unusable", 0.018),
        (Says({"type": "error", "error": {"type": "api_error", "message": "no"}}, 503), "no_answer", None),
        (Says({"type": "error", "error": {"type": "x", "message": "no"}}, 400), "refused", None),
    ],
)
async def test_garbage_and_silence_are_failures_and_never_outcomes(
    says: Says, kind: str, cost: float | None, tmp_path: Path
) -> None:
    done, page = await a_run_against(lambda _: says, tmp_path)
    assert done.result.kind == "model"
    assert done.figures.failures == {kind: 4}
    assert done.figures.agreement.strict.of == 0
    assert done.figures.right_of_all == 0
    assert done.figures.cost_usd == cost
    assert all(row.keys() <= {"none"} for row in done.figures.matrix.values())
    assert "REAL MODEL: claude-sonnet-4-6 at 127.0.0.1" in Page(page).text


async def test_what_a_model_writes_is_text_on_the_page(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 * 7 }}</style>"

    def says(asked: Asked) -> Says:
        properties = asked.json()["output_config"]["format"]["schema"]["properties"]
        keys = properties["criteria"]["items"]["properties"]["key"]["enum"]
        answer = dict.fromkeys(properties) | {
            "criteria": [{"key": key, "finding": "met", "quote": evil, "turn": 1} for key in keys],
            "outcome": "needs_human",
            "score": 50,
            "reasoning": evil,
            "callback_requested": False,
            "needs_human": True,
            "needs_human_notes": evil,
            "do_not_call": False,
        }
        return Says(a_message(json.dumps(answer)))

    done, html = await a_run_against(says, tmp_path)
    assert done.figures.failures == {}
    assert done.figures.quotes.right == 0
    page = Page(html)
    assert [tag for tag, _ in page.tags if tag in ("script", "img")] == []
    assert [tag for tag, _ in page.tags].count("style") == 1
    assert evil in page.text
    assert done.figures.cost_usd == 0.018


async def test_a_run_that_is_stopped_keeps_what_was_paid_for(tmp_path: Path) -> None:
    async with LoopbackServer(lambda _: Says(a_message("I would rather sing."))).running() as server:

        async def asked() -> int:
            return len(server.asked)

        under = conditions(anthropic_api_key=KEY, anthropic_base_url=server.url)
        wishes = Wishes(state=tmp_path, repeats=3, at_once=1, yes=True)
        run = asyncio.create_task(conduct(wishes, under))
        await eventually(asked, lambda times: times > 3, what="some questions")
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
    [folder] = (tmp_path / "lab").iterdir()
    result = read(folder)
    answered = sum(len(case.runs) for case in result.cases)
    assert not result.complete
    assert 3 <= answered <= len(server.asked)
    assert answered < 3 * len(result.cases)
    assert "STOPPED BEFORE THE END" in Page((folder / "report.html").read_text()).text
    later = result.model_copy(update={"made_at": datetime.now(UTC)})
    assert former(tmp_path / "lab", later, tmp_path) is None, "half a run is nothing to compare with"


async def test_nothing_is_asked_where_nobody_agreed_to_the_sum(tmp_path: Path) -> None:
    async with LoopbackServer(lambda _: Says(a_message("x"))).running() as server:
        under = conditions(anthropic_api_key=KEY, anthropic_base_url=server.url)
        with pytest.raises(Trouble, match="--yes"):
            await conduct(Wishes(state=tmp_path, repeats=3), under)
        assert server.asked == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"only": ("no-such-call",)}, "There is no case no-such-call"),
        ({"language": "de"}, "No case is left"),
        ({"cases": Path("/nonexistent")}, "positions.toml"),
        ({"against": Path("/nonexistent/result.json")}, "No such file"),
    ],
)
async def test_wishes_that_can_not_be_met_are_said_before_anything_starts(
    wishes: dict[str, Any], said: str, tmp_path: Path
) -> None:
    with pytest.raises(Trouble, match=said):
        await a_run(tmp_path, **wishes)
    assert list(tmp_path.iterdir()) == []


def test_two_runs_of_one_second_lie_side_by_side(tmp_path: Path) -> None:
    for expected in ("a-run", "a-run-2", "a-run-3"):
        folder = new_folder(tmp_path, "a-run")
        assert folder.name == expected
        folder.mkdir()


async def test_a_folder_of_ones_own_is_never_written_over(tmp_path: Path) -> None:
    out = tmp_path / "mine"
    await a_run(tmp_path, repeats=1, only=FEW[:1], out=out)
    kept = (out / "result.json").read_bytes()
    with pytest.raises(Trouble, match="there is a result already"):
        await a_run(tmp_path, repeats=1, only=FEW[:1], out=out)
    assert (out / "result.json").read_bytes() == kept


@pytest.mark.parametrize("content", ["[", "[]", "{}", '{"schema": 99}', '{"schema": 1, "cases": 7}'])
def test_a_file_that_is_no_result_is_said_to_be_none(content: str, tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(Trouble, match=r"result\.json"):
        read(tmp_path)


def test_the_command_fails_under_a_share_that_is_not_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    command = ["lab", "run", "--state", str(tmp_path), "--only", FEW[0], "--only", FEW[1], "--repeats", "1"]
    passed = CliRunner().invoke(app, [*command, "--fail-under", "0"])
    assert passed.exit_code == 0, passed.output
    share = read(next((tmp_path / "lab").iterdir()))
    right = sum(
        run.judged is not None and run.judged.outcome is case.expected
        for case in share.cases
        for run in case.runs
    )
    assert right < 2, "the sandbox's rules take a no to travelling for a detail"
    failed = CliRunner().invoke(app, ["lab", "show", "--state", str(tmp_path), "--fail-under", "1"])
    assert failed.exit_code == 1
    assert "were asked for" in failed.output
