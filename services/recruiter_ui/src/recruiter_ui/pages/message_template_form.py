"""One message template: its words with a preview as they are typed, and every revision it had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.ids import new_id
from contracts import Refused
from contracts.messaging import (
    MessageTemplate,
    MessageTemplateRevision,
    SaveMessageTemplate,
    ShowMessageTemplate,
    WordsWithoutTemplate,
)
from starlette.responses import Response

from recruiter_ui.domain.message_words import (
    PLACEHOLDERS,
    TYPES,
    language_name,
)
from recruiter_ui.domain.reading import number, typed
from recruiter_ui.domain.revisions import differences, fingerprint
from recruiter_ui.domain.text_changes import Stretch, changes
from recruiter_ui.pages.message_preview import preview_of
from recruiter_ui.pages.message_templates import HOME, PATIENCE_SECONDS, Which, named
from recruiter_ui.pages.refusals import trouble
from recruiter_ui.queries.people_shown import people_to_show
from recruiter_ui.web import Visit

LONGEST_SUBJECT, LONGEST_BODY = 300, 10_000
DONE = {
    "saved": "Saved. It is what is sent from now on",
    "off": "Saved. It is not active, so it is not sent",
    "same": "Nothing had changed: no new revision",
}
LABELS = {"subject": "Subject", "body": "Message", "is_active": "Active"}
STALE = "saved_meanwhile"


@dataclass(frozen=True, slots=True)
class Found:
    """``template`` None: there is none yet. ``fallback``: what is sent where none is active."""

    which: Which
    template: MessageTemplate | None
    fallback: WordsWithoutTemplate

    @property
    def revision(self) -> int:
        return self.template.revision if self.template else 0


@dataclass(frozen=True, slots=True)
class Past:
    """A revision, and what it changed of the one before."""

    revision: MessageTemplateRevision
    body: tuple[Stretch, ...]
    subject_from: str | None
    switched: str | None


async def edit(visit: Visit) -> Response:
    found = await find(visit)
    if isinstance(found, Response):
        return found
    values, origin = _values(found), None
    asked = number(visit.query.get("revision"))
    template = found.template
    older = next((it for it in template.revisions if it.revision == asked), None) if template else None
    if older is not None and older.revision != found.revision:
        values |= {"subject": older.subject, "body": older.body}
        origin = f"revision {older.revision}"
    elif template and visit.query.get("words") == "seed" and template.seed_body:
        values |= {"subject": template.seed_subject or "", "body": template.seed_body}
        origin = "the template as it came"
    return await _form(visit, found, values, origin=origin)


async def save(visit: Visit) -> Response:
    """Saves what was typed; what was only to be shown again (``take``) is not saved."""
    found = await find(visit)
    if isinstance(found, Response):
        return found
    values, take = _typed(visit, found), visit.field("take")
    if take in ("edit", "preview"):
        return await _form(visit, found, values)
    if take == "chosen":
        now = _values(found)
        values |= {name: now[name] for name in now if visit.field(f"pick.{name}") == "theirs"}
    errors = _wrong(values)
    if errors:
        return await _form(visit, found, values, errors=errors)
    command = SaveMessageTemplate(
        command_id=visit.command_id,
        actor=visit.actor,
        message_type=found.which.message_type,
        channel=found.which.channel,
        language=found.which.language,
        subject=values["subject"],
        body=values["body"],
        is_active=values["is_active"],
        expected_revision=number(visit.field("revision")) or 0,
    )
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        return await _refused(visit, found, values, reply, command)
    same = reply.result.get("revision") == found.revision
    done = "same" if same else ("saved" if values["is_active"] else "off")
    return visit.go(f"{found.which.address}?done={done}")


async def _refused(
    visit: Visit, found: Found, values: dict[str, Any], reply: Refused, command: SaveMessageTemplate
) -> Response:
    """At the field it is about; where somebody saved meanwhile, both versions side by side."""
    if reply.code == STALE:
        now = await find(visit)
        return now if isinstance(now, Response) else await _conflict(visit, now, values)
    if reply.code == "unavailable":
        problem = trouble(reply, command)
        return await _form(visit, found, values, problem=problem, command_id=command.command_id)
    field = "subject" if reply.code.startswith("subject_") else "body"
    return await _form(visit, found, values, errors={field: reply.message})


async def _conflict(visit: Visit, found: Found, values: dict[str, Any]) -> Response:
    theirs = _values(found)
    mine = {name: values[name] for name in theirs}
    hidden = {name: [value] for name, value in mine.items() if name != "is_active"}
    return await visit.page(
        "conflict.html",
        status=422,
        heading=found.which.title,
        back=("Message templates", HOME),
        address=found.which.address,
        who=found.template.updated_by if found.template else None,
        saved_at=found.template.updated_at if found.template else None,
        found=differences(mine, theirs, visit.field("shown"), LABELS, _said),
        typed=hidden | {"is_active": ["yes"] if mine["is_active"] else []},
        revision=found.revision,
        shown=fingerprint(theirs),
        command_id=new_id(),
    )


def _said(name: str, value: Any) -> str:
    if name == "is_active":
        return "yes" if value else "no"
    return str(value)


async def find(visit: Visit) -> Found | Response:
    which = named(visit)
    if which is None:
        return await visit.page(
            "message.html", status=404, title="Not found", text="There is no such template."
        )
    query = ShowMessageTemplate(
        command_id=new_id(),
        actor=visit.actor,
        message_type=which.message_type,
        channel=which.channel,
        language=which.language,
    )
    reply = await visit.ui.commands.send(query, timeout=PATIENCE_SECONDS)
    if isinstance(reply, Refused):
        if reply.code != "unavailable":
            return await visit.page("message.html", status=404, title="Not found", text=reply.message)
        return await _away(visit, which)
    template = reply.result["template"]
    return Found(
        which,
        None if template is None else MessageTemplate.model_validate(template),
        WordsWithoutTemplate.model_validate(reply.result["fallback"]),
    )


async def _away(visit: Visit, which: Which) -> Response:
    """What was typed stays in the page, to be sent again."""
    sent = [(name, value) for name, value in visit.form.multi_items() if isinstance(value, str)]
    return await visit.page("message_template_away.html", status=503, which=which, sent=sent)


async def _form(
    visit: Visit,
    found: Found,
    values: dict[str, Any],
    *,
    errors: dict[str, str] | None = None,
    problem: str | None = None,
    command_id: UUID | None = None,
    origin: str | None = None,
) -> Response:
    given = visit.field("revision")
    wanted = number(visit.field("about")) or number(visit.query.get("about"))
    async with visit.ui.begin() as tx:
        people = await people_to_show(tx.db, wanted)
    about = wanted if wanted in {it["application_id"] for it in people} else None
    template = found.template
    return await visit.page(
        "message_template.html",
        status=422 if errors or problem else 200,
        found=found,
        which=found.which,
        kept=template,
        values=values,
        errors=errors or {},
        problem=problem,
        command_id=command_id or new_id(),
        revision=given or str(found.revision),
        shown=visit.field("shown") or fingerprint(_values(found)),
        origin=origin,
        past=_past(template) if template else [],
        as_it_came=template is not None and _differs_from_seed(template),
        preview=await preview_of(visit, found.which, values, about),
        people=people,
        about=about,
        done=DONE.get(visit.query.get("done", "")),
        placeholders=PLACEHOLDERS,
        language=language_name(found.which.language),
        what_for=TYPES[found.which.message_type][1],
    )


def _values(found: Found) -> dict[str, Any]:
    """As the form shows it; a new one begins with the built-in words of its language, if there are any."""
    template, words = found.template, found.fallback
    if template:
        return {"subject": template.subject, "body": template.body, "is_active": template.is_active}
    known = words.language == found.which.language
    return {
        "subject": words.subject if known else "",
        "body": words.body if known else "",
        "is_active": True,
    }


def _typed(visit: Visit, found: Found) -> dict[str, Any]:
    subject = " ".join(typed(visit.field("subject")).split()) if found.which.channel == "email" else ""
    return {
        "subject": subject,
        "body": typed(visit.field("body")),
        "is_active": visit.field("is_active") == "yes",
    }


def _wrong(values: dict[str, Any]) -> dict[str, str]:
    errors = {}
    if not values["body"]:
        errors["body"] = "Write what the message says."
    for name, most in (("subject", LONGEST_SUBJECT), ("body", LONGEST_BODY)):
        if len(values[name]) > most:
            errors[name] = f"At most {most:,} characters."
    return errors


def _differs_from_seed(template: MessageTemplate) -> bool:
    if template.seed_body is None:
        return False
    return (template.subject, template.body) != (template.seed_subject or "", template.seed_body)


def _past(template: MessageTemplate) -> list[Past]:
    """The newest first, each against the one before it."""
    pairs = zip(template.revisions, [*template.revisions[1:], None], strict=False)
    return [
        Past(
            revision=it,
            body=tuple(changes(before.body, it.body)) if before else (),
            subject_from=before.subject if before and before.subject != it.subject else None,
            switched=("on" if it.is_active else "off")
            if before and before.is_active != it.is_active
            else None,
        )
        for it, before in pairs
    ]
