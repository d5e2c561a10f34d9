"""The page at ``/``: what goes on in this world, and a way to act as a candidate in it.

Server-rendered without a line of script; every value is escaped, and nothing of another site is obeyed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response, UploadFile
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from pydantic import ValidationError

from sandbox import views
from sandbox.control import phone_of, refuse_other_sites
from sandbox.faults import Fault, Kind
from sandbox.personas.cv import Cv
from sandbox.personas.kinds import Persona
from sandbox.personas.people import Person
from sandbox.stage import Stage

_HERE = Path(__file__).parent
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_KINDS = [persona.value for persona in Persona]


class Pages:
    """Templates and what they all show."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
        )

    def show(self, name: str, here: str, refresh: int | None = None, **values: Any) -> HTMLResponse:
        now = views.clock(self._stage.world.clock.now())
        text = self._templates.get_template(name).render(here=here, refresh=refresh, now=now, **values)
        return HTMLResponse(text, headers=_HEADERS)


def router(stage: Stage, operations: set[str]) -> APIRouter:
    """``operations`` are those of the providers, to be offered where a fault is added."""
    routes = APIRouter(dependencies=[Depends(refuse_other_sites)])
    pages = Pages(stage)
    _looking(routes, stage, pages)
    _calls(routes, stage, pages)
    _people(routes, stage, pages)
    _person(routes, stage, pages)
    _applying(routes, stage)
    _faults(routes, stage, pages, sorted(operations | set(views.WEBHOOKS)))
    return routes


def _back_to(path: str) -> Response:
    return RedirectResponse(path, status_code=303)


def _looking(routes: APIRouter, stage: Stage, pages: Pages) -> None:
    @routes.get("/static/sandbox.css")
    async def sheet() -> FileResponse:
        return FileResponse(_HERE / "static" / "sandbox.css", media_type="text/css")

    @routes.get("/")
    async def now() -> HTMLResponse:
        return pages.show("now.html", "/", refresh=4, **views.overview(stage))

    @routes.get("/google")
    async def google() -> HTMLResponse:
        grants = [{**grant, "at": views.clock(grant["at"])} for grant in stage.consents.all()]
        return pages.show("google.html", "/google", grants=grants)

    @routes.post("/google/{mark}/revoke")
    async def revoke(mark: str) -> Response:
        stage.consents.revoke(mark)
        return _back_to("/google")

    @routes.get("/ledger")
    async def ledger() -> HTMLResponse:
        return pages.show("ledger.html", "/ledger", entries=views.ledger(stage, 300))


def _calls(routes: APIRouter, stage: Stage, pages: Pages) -> None:
    @routes.get("/calls/{id}")
    async def call(id: str) -> HTMLResponse:
        found = stage.calls.get(id)
        if found is None:
            raise HTTPException(404, "There is no such call.")
        shown = views.call(stage, found)
        turns = found["turns"] if found["manual"] or found["status"] == "done" else []
        return pages.show("call.html", "/calls", call=shown, turns=turns, prompt=found["prompt"])

    @routes.post("/calls/{id}/answer")
    async def answer(id: str) -> Response:
        stage.by_hand.pick_up(id)
        return _back_to(f"/calls/{id}")

    @routes.post("/calls/{id}/reject")
    async def reject(id: str) -> Response:
        stage.by_hand.reject(id)
        return _back_to("/")

    @routes.post("/calls/{id}/say")
    async def say(id: str, words: str = Form(min_length=1, max_length=5000)) -> Response:
        stage.by_hand.say(id, words)
        return _back_to(f"/calls/{id}")

    @routes.post("/calls/{id}/end")
    async def end(id: str) -> Response:
        stage.by_hand.end(id)
        return _back_to(f"/calls/{id}")


def _people(routes: APIRouter, stage: Stage, pages: Pages) -> None:
    @routes.get("/people")
    async def people() -> HTMLResponse:
        known = [stage.described(person) for person in stage.people.all()]
        return pages.show("people.html", "/people", people=known, kinds=_KINDS)

    @routes.post("/people")
    async def add(
        name: str = Form(""), phone: str = Form(""), email: str = Form(""), persona: str = Form("")
    ) -> Response:
        if not phone and not email:
            raise HTTPException(422, "A person needs a phone or an email.")
        number = phone_of(phone) if phone else None
        person = stage.people.register(number, email or None, name or None, _persona(persona))
        return _back_to(f"/people/{person.id}")


def _must(stage: Stage, id: str) -> Person:
    try:
        return stage.people.get(id)
    except KeyError:
        raise HTTPException(404, "There is no such person.") from None


async def _file_of(stage: Stage, person: Person, file: UploadFile | None, generated: bool) -> Cv | None:
    if generated:
        return stage.cv_of(person)
    if file is None or not file.filename:
        return None
    return Cv(file.filename, file.content_type or "application/octet-stream", await file.read())


def _person(routes: APIRouter, stage: Stage, pages: Pages) -> None:
    @routes.get("/people/{id}")
    async def person(id: str) -> HTMLResponse:
        return pages.show("person.html", "/people", kinds=_KINDS, **views.person(stage, _must(stage, id)))

    @routes.post("/people/{id}/persona")
    async def name_persona(id: str, persona: str = Form("")) -> Response:
        stage.people.save(_must(stage, id).model_copy(update={"persona": _persona(persona)}))
        return _back_to(f"/people/{id}")

    @routes.post("/people/{id}/whatsapp")
    async def whatsapp(
        id: str, text: str = Form(""), file: UploadFile | None = None, generated: bool = Form(False)
    ) -> Response:
        person = _must(stage, id)
        attached = await _file_of(stage, person, file, generated)
        if person.phone and (text.strip() or attached):
            stage.write_whatsapp(person.phone, text, attached)
        return _back_to(f"/people/{id}")

    @routes.post("/people/{id}/mail")
    async def mail(
        id: str,
        address: str = Form(),
        subject: str = Form(""),
        text: str = Form(""),
        file: UploadFile | None = None,
        generated: bool = Form(False),
    ) -> Response:
        person = _must(stage, id)
        attached = await _file_of(stage, person, file, generated)
        stage.write_mail(address, stage.people.name_of(person), subject, text, attached)
        return _back_to(f"/people/{id}")


def _applying(routes: APIRouter, stage: Stage) -> None:
    @routes.post("/people/{id}/lead")
    async def lead(
        id: str,
        form_id: str = Form(pattern=r"^[0-9]{1,32}$"),
        question: str = Form("", max_length=200),
        answer: str = Form("", max_length=1000),
    ) -> Response:
        answers = {question: answer} if question.strip() else {}
        stage.fill_in_form(_must(stage, id), form_id, answers)
        return _back_to(f"/people/{id}")


def _persona(given: str) -> Persona | None:
    try:
        return Persona(given) if given else None
    except ValueError:
        raise HTTPException(422, "There is no such persona.") from None


def _faults(routes: APIRouter, stage: Stage, pages: Pages, operations: list[str]) -> None:
    @routes.get("/faults")
    async def faults() -> HTMLResponse:
        found = [fault.model_dump(mode="json") for fault in stage.world.faults.all()]
        kinds = [kind.value for kind in Kind]
        return pages.show("faults.html", "/faults", faults=found, kinds=kinds, operations=operations)

    @routes.post("/faults")
    async def add(request: Request) -> Response:
        given = {key: value for key, value in (await request.form()).items() if value != ""}
        fields = {"count": None, **given}  # an empty count means for ever, which is not the default
        try:
            stage.world.faults.add(Fault.model_validate(fields))
        except ValidationError as bad:
            raise HTTPException(422, "; ".join(error["msg"] for error in bad.errors())) from None
        return _back_to("/faults")

    @routes.post("/faults/{id}/remove")
    async def remove(id: str) -> Response:
        stage.world.faults.remove(id)
        return _back_to("/faults")
