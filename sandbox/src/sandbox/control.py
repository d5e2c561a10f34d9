"""The control API under ``/__control__``: what happened, what will, who is who, what goes wrong.

It is for tests and for whoever drives a demonstration. Like the page it obeys no other site and tells it
nothing: what a browser sends from elsewhere is refused, and so is a name that somebody made point here.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field

from sandbox.faults import Fault
from sandbox.personas.cv import Cv
from sandbox.personas.kinds import TRAITS, Persona
from sandbox.personas.leads import lead_in, people_in
from sandbox.personas.people import tidy_phone
from sandbox.stage import Stage
from sandbox.wire import world_of


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PersonIn(Strict):
    phone: str | None = None
    email: str | None = None
    name: str | None = None
    persona: Persona | None = None


class PersonaIn(Strict):
    persona: Persona | None


class Words(Strict):
    words: str = Field(min_length=1, max_length=5000)


class FileIn(Strict):
    """``content`` is base64; without it, and with ``generated``, the person's own CV is made."""

    file_name: str = "cv.pdf"
    content_type: str = "application/pdf"
    content: str | None = None
    generated: bool = False


class WhatsAppIn(Strict):
    phone: str
    text: str = ""
    file: FileIn | None = None


class MailIn(Strict):
    address: str
    name: str | None = None
    subject: str = ""
    text: str = ""
    file: FileIn | None = None


class LeadIn(Strict):
    """A form as somebody sends it: ``fields`` by the names that the form gives them.

    ``leadgen_id`` names a lead that a file may hold as well; without it a fresh one is made.
    """

    form_id: str = Field(pattern=r"^[0-9]{1,32}$")
    fields: dict[str, str] = Field(min_length=1, max_length=100)
    leadgen_id: str | None = Field(default=None, pattern=r"^[0-9]{1,32}$")
    form_name: str | None = Field(default=None, max_length=200)
    campaign_name: str = Field(default="Recruiting campaign", max_length=200)
    platform: str = Field(default="fb", max_length=20)
    created_time: datetime | None = None


LOOPBACK = ("127.0.0.1", "localhost", "::1")


def refuse_other_sites(request: Request) -> None:
    """Browsers say where a request comes from; nothing of another site is obeyed.

    A page whose own name was made to point here (DNS rebinding) counts as ours for the browser; its name
    gives it away, as long as we listen on loopback only.
    """
    if world_of(request).settings.host in LOOPBACK and request.url.hostname not in LOOPBACK:
        raise HTTPException(403, "This comes from another site.")
    if request.method in ("GET", "HEAD"):
        return
    site = request.headers.get("sec-fetch-site", "none")
    origin = request.headers.get("origin")
    own = f"{request.url.scheme}://{request.headers.get('host', '')}"
    if site not in ("none", "same-origin") or (origin is not None and origin != own):
        raise HTTPException(403, "This comes from another site.")


def router(stage: Stage) -> APIRouter:
    routes = APIRouter(prefix="/__control__", dependencies=[Depends(refuse_other_sites)])
    _looking(routes, stage)
    _people(routes, stage)
    _faults(routes, stage)
    _acting(routes, stage)
    _writing(routes, stage)
    _applying(routes, stage)
    return routes


def phone_of(given: str) -> str:
    phone = tidy_phone(given)
    if phone is None:
        raise HTTPException(422, f"{given!r} is no phone number.")
    return phone


def _looking(routes: APIRouter, stage: Stage) -> None:
    @routes.get("/health")
    async def health() -> dict[str, Any]:
        return {"status": "ok", "now": stage.world.clock.now().isoformat()}

    @routes.get("/state")
    async def state(limit: int = 50) -> dict[str, Any]:
        return stage.state(limit)

    @routes.get("/ledger")
    async def ledger(
        kind: str | None = None, provider: str | None = None, after: int = 0, limit: int = 100_000
    ) -> dict[str, Any]:
        entries = stage.world.ledger.entries(kind, provider, after, limit)
        return {"entries": entries, "counts": stage.world.ledger.counts()}

    @routes.get("/ledger/duplicates")
    async def duplicates() -> dict[str, Any]:
        """Every effect on a person that was accepted again; empty is as it should be."""
        return {"entries": stage.world.ledger.duplicates()}

    @routes.post("/reset")
    async def reset(keep_people: bool = False) -> dict[str, Any]:
        stage.reset(keep_people)
        return {"status": "empty"}


def _people(routes: APIRouter, stage: Stage) -> None:
    @routes.get("/personas")
    async def personas() -> dict[str, Any]:
        kinds = {persona.value: {"weight": traits.weight} for persona, traits in TRAITS.items()}
        return {"kinds": kinds, "people": [stage.described(person) for person in stage.people.all()]}

    @routes.post("/people")
    async def register(people: list[PersonIn]) -> dict[str, Any]:
        known = []
        for one in people:
            if not one.phone and not one.email:
                raise HTTPException(422, "A person needs a phone or an email.")
            phone = phone_of(one.phone) if one.phone else None
            known.append(stage.described(stage.people.register(phone, one.email, one.name, one.persona)))
        return {"people": known}

    @routes.post("/people/file")
    async def register_file(request: Request) -> dict[str, Any]:
        """The body is a lead file, as it will be imported."""
        leads = people_in(await request.body())
        known = [stage.described(stage.people.register(lead.phone, lead.email, lead.name)) for lead in leads]
        return {"people": known}

    @routes.put("/personas/{phone}")
    async def name_persona(phone: str, body: PersonaIn) -> dict[str, Any]:
        """Null lets the persona follow from the number again."""
        person = stage.people.at_phone(phone_of(phone))
        person.persona = body.persona
        stage.people.save(person)
        return stage.described(person)


def _faults(routes: APIRouter, stage: Stage) -> None:
    @routes.get("/faults")
    async def listing() -> dict[str, Any]:
        return {"faults": [fault.model_dump(mode="json") for fault in stage.world.faults.all()]}

    @routes.post("/faults", status_code=201)
    async def add(fault: Fault) -> dict[str, Any]:
        fresh = fault.model_copy(update={"tried": 0, "struck": 0})
        return stage.world.faults.add(fresh).model_dump(mode="json")

    @routes.delete("/faults/{id}")
    async def remove(id: str) -> dict[str, Any]:
        if not stage.world.faults.remove(id):
            raise HTTPException(404, "No such fault.")
        return {"removed": id}

    @routes.delete("/faults")
    async def clear() -> dict[str, Any]:
        stage.world.faults.clear()
        return {"removed": "all"}


def _acting(routes: APIRouter, stage: Stage) -> None:
    def done(worked: bool) -> dict[str, Any]:
        if not worked:
            raise HTTPException(409, "That call is not in a state for this.")
        return {"done": True}

    @routes.get("/act/ringing")
    async def ringing() -> dict[str, Any]:
        return {"calls": stage.by_hand.ringing()}

    @routes.post("/act/calls/{id}/answer")
    async def answer(id: str) -> dict[str, Any]:
        return done(stage.by_hand.pick_up(id))

    @routes.post("/act/calls/{id}/reject")
    async def reject(id: str) -> dict[str, Any]:
        return done(stage.by_hand.reject(id))

    @routes.post("/act/calls/{id}/say")
    async def say(id: str, body: Words) -> dict[str, Any]:
        return done(stage.by_hand.say(id, body.words))

    @routes.post("/act/calls/{id}/end")
    async def end(id: str) -> dict[str, Any]:
        return done(stage.by_hand.end(id))

    @routes.get("/act/batches")
    async def batches() -> dict[str, Any]:
        """Batches as the provider shows them, newest first."""
        return {"batches": [stage.batches.detail(batch) for batch in stage.batches.all()]}

    @routes.post("/act/batches/{id}/let-go")
    async def let_go(id: str) -> dict[str, Any]:
        """Dial what the fault ``held`` keeps back."""
        batch = stage.batches.get(id)
        if batch is None:
            raise HTTPException(404, "No such batch.")
        return {"calls": stage.batches.let_go(batch)}


def _writing(routes: APIRouter, stage: Stage) -> None:
    @routes.post("/act/whatsapp")
    async def whatsapp(body: WhatsAppIn) -> dict[str, Any]:
        phone = phone_of(body.phone)
        own = stage.cv_of(stage.people.at_phone(phone))
        return {"id": stage.write_whatsapp(phone, body.text, _file(body.file, own))["id"]}

    @routes.post("/act/google/revoke")
    async def revoke() -> dict[str, Any]:
        """The owner of the account takes every access back."""
        return {"revoked": stage.consents.revoke_all()}

    @routes.post("/act/mail")
    async def mail(body: MailIn) -> dict[str, Any]:
        if "@" not in body.address:
            raise HTTPException(422, f"{body.address!r} is no address.")
        own = stage.cv_of(stage.people.at_email(body.address, body.name, None))
        return {
            "id": stage.write_mail(body.address, body.name, body.subject, body.text, _file(body.file, own))[
                "id"
            ]
        }


def _applying(routes: APIRouter, stage: Stage) -> None:
    @routes.post("/act/lead")
    async def lead(body: LeadIn) -> dict[str, Any]:
        """Somebody sends a lead form; who they are is read from what they wrote."""
        who = lead_in(body.fields)
        if who.phone or who.email:
            stage.people.register(who.phone, who.email, who.name)
        return {"leadgen_id": stage.forms.submit(**body.model_dump())["id"]}


def _file(given: FileIn | None, own: Cv) -> Cv | None:
    if given is None:
        return None
    if given.content is None:
        return own
    try:
        return Cv(given.file_name, given.content_type, base64.b64decode(given.content, validate=True))
    except binascii.Error:
        raise HTTPException(422, "content is not base64.") from None
