"""Live leads on the page of imports: who came, what waits, and the one press that lets it go on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest_asyncio
from contracts import Accepted, Refused
from contracts.intake import BindLeadForm, LiveLeadAnnounced, LiveLeadBroughtIn, LiveLeadHeld, RetryLiveLeads
from recruiter_ui_support.running import Running
from recruiter_ui_support.stories import Storyteller
from recruiter_ui_support.visiting import hidden, log_in

HOSTILE = "<script>alert(1)</script>"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def recruiter(ui: Running) -> AsyncIterator[httpx2.AsyncClient]:
    told = Storyteller(datetime.now(UTC))
    told.position(1, "Electrician")
    told.person(9, "Cătălin Țurcanu", 1)
    for number in range(5):
        _announced(told, f"h{number}", "20044")
        _held(told, f"h{number}", "20044", "no_position", form_name=HOSTILE)
    _announced(told, "x1", "30055")
    _held(told, "x1", "30055", "no_access", message="The page gives us no leads.")
    _announced(told, "t1", "30055")
    _held(told, "t1", "30055", "test_lead")
    _announced(told, "b1", "40066")
    ids: dict[str, Any] = {"candidate_id": 9, "application_id": 9, "position_id": 1}
    told.say(LiveLeadBroughtIn(**ids, leadgen_id="b1", form_id="40066", created=True))
    _announced(told, "f1", "40066")
    await ui.told(told.envelopes)
    async with httpx2.AsyncClient(base_url=ui.url, timeout=20) as client:
        assert (await log_in(client)).status_code == 303
        yield client


def _announced(told: Storyteller, lead: str, form: str) -> None:
    told.say(LiveLeadAnnounced(leadgen_id=lead, form_id=form, announced_at=told.at))


def _held(told: Storyteller, lead: str, form: str, code: Any, **given: Any) -> None:
    said = {"message": "No position takes leads of this form."} | given
    told.say(LiveLeadHeld(leadgen_id=lead, form_id=form, code=code, **said))


async def test_what_waits_is_grouped_by_form_and_reason(recruiter: httpx2.AsyncClient) -> None:
    page = (await recruiter.get("/import")).text
    assert "5 leads wait" in page
    assert "1 lead waits" in page
    assert "The page gives us no leads." in page
    assert HOSTILE not in page
    assert "A test lead of Meta" in page
    assert "Being fetched from Meta" in page
    assert 'href="/applications/9"' in page


async def test_what_waits_is_counted_beside_import_and_on_the_dashboard(
    recruiter: httpx2.AsyncClient,
) -> None:
    page = (await recruiter.get("/")).text
    assert '<span>Import</span><span class="n hot">6</span>' in page
    assert "6 live leads are held" in page


async def test_a_form_gets_a_position_and_its_leads_go_on(ui: Running, recruiter: httpx2.AsyncClient) -> None:
    form = _form((await recruiter.get("/import")).text, "/live-leads/bind")
    unsaid = await recruiter.post("/live-leads/bind", data=form)
    assert "Choose the position of this form." in unsaid.text
    taken = Refused(code="form_taken", message="The form belongs to Operator CNC.")
    async with ui.answering(BindLeadForm, lambda command: taken):
        refused = await recruiter.post("/live-leads/bind", data=form | {"position": "1"})
    assert refused.status_code == 422
    assert "The form belongs to Operator CNC." in refused.text
    async with ui.answering(BindLeadForm, lambda command: Accepted(result={"released": 5})):
        done = await recruiter.post("/live-leads/bind", data=form | {"position": "1"})
    assert done.status_code == 303
    command = ui.received[-1]
    assert isinstance(command, BindLeadForm)
    assert (command.form_id, command.position_id) == ("20044", 1)


async def test_other_reasons_are_tried_again(ui: Running, recruiter: httpx2.AsyncClient) -> None:
    form = _form((await recruiter.get("/import")).text, "/live-leads/retry")
    away = await recruiter.post("/live-leads/retry", data=form)
    assert "Intake is not answering" in away.text
    async with ui.answering(RetryLiveLeads, lambda command: Accepted(result={"released": 1})):
        assert (await recruiter.post("/live-leads/retry", data=form)).status_code == 303
    command = ui.received[-1]
    assert isinstance(command, RetryLiveLeads)
    assert command.form_id == "30055"


async def test_a_form_of_nobody_is_refused(recruiter: httpx2.AsyncClient) -> None:
    csrf = hidden((await recruiter.get("/import")).text, "csrf")
    odd = {"csrf": csrf, "form_id": "9" * 40, "position": "1", "command_id": "x"}
    assert (await recruiter.post("/live-leads/bind", data=odd)).status_code == 400


def _form(page: str, action: str) -> dict[str, str]:
    part = page.split(f'action="{action}"')[1]
    return {name: hidden(part, name) for name in ("csrf", "command_id", "form_id")}
