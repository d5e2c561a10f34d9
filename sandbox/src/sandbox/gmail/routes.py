"""The paths of Gmail that RecruitFlow uses, and Google's token endpoint (providers.md 5)."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError

from sandbox.faults import Kind
from sandbox.gmail.consent import SCOPE, Consents
from sandbox.gmail.mailbox import Mailbox, NoSuchThread
from sandbox.gmail.parts import b64, headers_of
from sandbox.gmail.tokens import grant_of
from sandbox.settings import SandboxSettings
from sandbox.store import Document
from sandbox.wire import Manners, Refusal, json_object, route_class, world_of

_REASONS = {
    400: ("invalidArgument", "INVALID_ARGUMENT"),
    401: ("authError", "UNAUTHENTICATED"),
    403: ("rateLimitExceeded", "PERMISSION_DENIED"),
    404: ("notFound", "NOT_FOUND"),
    409: ("aborted", "ABORTED"),
    429: ("rateLimitExceeded", "RESOURCE_EXHAUSTED"),
    500: ("backendError", "INTERNAL"),
    503: ("backendError", "UNAVAILABLE"),
}


def _error(status: int, message: str) -> Any:
    reason, word = _REASONS.get(status, ("backendError", "UNKNOWN"))
    errors = [{"message": message, "domain": "global", "reason": reason}]
    return {"error": {"code": status, "message": message, "errors": errors, "status": word}}


def _no(status: int, message: str) -> Refusal:
    return Refusal(status, _error(status, message))


def _bad(message: str) -> Refusal:
    return _no(400, message)


def _admit(settings: SandboxSettings, request: Request) -> None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    mark = grant_of(settings.google_client_secret, token) if scheme.lower() == "bearer" else None
    grant = _consents(request).by_mark(mark) if mark else None
    if grant is None:
        raise _no(401, "Request had invalid authentication credentials.")
    if SCOPE not in grant["scope"].split():
        raise _forbidden("insufficientPermissions", "Request had insufficient authentication scopes.")
    if world_of(request).faults.strikes("gmail", "access", Kind.API_OFF):
        raise _forbidden("accessNotConfigured", "Gmail API has not been used in this project or is disabled.")
    request.state.grant = mark


def _forbidden(reason: str, message: str) -> Refusal:
    body = _error(403, message)
    body["error"]["errors"][0]["reason"] = reason
    return Refusal(403, body)


def _consents(request: Request) -> Consents:
    return Consents(world_of(request))


def _invalid(bad: RequestValidationError) -> Refusal:
    return _bad("; ".join(f"Invalid value at '{e['loc'][-1]}': {e['msg']}" for e in bad.errors()))


MANNERS = Manners("gmail", _admit, _error, _invalid)


_TOKEN_ERRORS = {400: "invalid_grant", 401: "invalid_client"}


def _token_error(status: int, message: str) -> Any:
    """A 400 is what a revoked access looks like; clients ask again after an internal failure only."""
    return {"error": _TOKEN_ERRORS.get(status, "internal_failure"), "error_description": message}


TOKEN_MANNERS = Manners("google", lambda settings, request: None, _token_error, _invalid)


def router(mailbox: Mailbox) -> APIRouter:
    routes = APIRouter(prefix="/gmail/gmail/v1/users/{user_id}", route_class=route_class(MANNERS))
    _labels(routes, mailbox)
    _listing(routes, mailbox)
    _looking(routes, mailbox)
    _history(routes, mailbox)
    _sending(routes, mailbox)
    _labelling(routes, mailbox)
    return routes


def _must(mailbox: Mailbox, id: str) -> Document:
    message = mailbox.get(id)
    if message is None:
        raise _no(404, "Requested entity was not found.")
    return message


def _labels(routes: APIRouter, mailbox: Mailbox) -> None:
    @routes.get("/labels", name="labels_list")
    async def listing() -> dict[str, Any]:
        return {"labels": mailbox.labels()}

    @routes.post("/labels", name="labels_create")
    async def create(request: Request) -> Document:
        body = await json_object(request, _bad)
        name = body.get("name")
        if not isinstance(name, str) or not name.strip():
            raise _bad("Invalid label name")
        kept = ("labelListVisibility", "messageListVisibility")
        label = mailbox.create_label(name.strip(), {key: body[key] for key in kept if key in body})
        if label is None:
            raise _no(409, "Label name exists or conflicts")
        return label

    @routes.get("/profile", name="profile")
    async def profile(request: Request) -> dict[str, Any]:
        messages, threads = mailbox.totals()
        grant = _consents(request).by_mark(request.state.grant)
        return {
            "emailAddress": grant["account"] if grant else mailbox.address,
            "messagesTotal": messages,
            "threadsTotal": threads,
            "historyId": mailbox.history_id,
        }


def _listing(routes: APIRouter, mailbox: Mailbox) -> None:
    @routes.get("/messages", name="messages_list")
    async def listing(
        request: Request,
        q: str = "",
        label_ids: Annotated[list[str] | None, Query(alias="labelIds")] = None,
        max_results: Annotated[int, Query(alias="maxResults", ge=1)] = 100,
        page_token: Annotated[str | None, Query(alias="pageToken")] = None,
        spam_and_trash: Annotated[bool, Query(alias="includeSpamTrash")] = False,
    ) -> dict[str, Any]:
        if page_token and not page_token.isdigit():
            raise _bad("Invalid pageToken")
        found = mailbox.search(q, label_ids or [], spam_and_trash)
        if q and world_of(request).faults.strikes("gmail", "messages_list", Kind.NOT_INDEXED):
            found = []
        start, size = int(page_token or 0), min(max_results, 500)
        page = found[start : start + size]
        answer: dict[str, Any] = {"resultSizeEstimate": len(found)}
        if page:
            # Gmail leaves the key out where there is nothing.
            answer["messages"] = [{"id": message["id"], "threadId": message["threadId"]} for message in page]
        if start + size < len(found):
            answer["nextPageToken"] = str(start + size)
        return answer


def _looking(routes: APIRouter, mailbox: Mailbox) -> None:
    @routes.get("/messages/{id}", name="messages_get")
    async def get(
        id: str,
        format: str = "full",
        metadata_headers: Annotated[list[str] | None, Query(alias="metadataHeaders")] = None,
    ) -> dict[str, Any]:
        if format not in ("full", "metadata", "minimal", "raw"):
            raise _bad(f"Invalid value at 'format': {format}")
        return mailbox.as_json(_must(mailbox, id), format, metadata_headers or [])

    @routes.get("/threads/{id}", name="threads_get")
    async def thread(
        id: str,
        format: str = "full",
        metadata_headers: Annotated[list[str] | None, Query(alias="metadataHeaders")] = None,
    ) -> dict[str, Any]:
        if format not in ("full", "metadata", "minimal"):
            raise _bad(f"Invalid value at 'format': {format}")
        mails = mailbox.thread(id)
        if not mails:
            raise _no(404, "Requested entity was not found.")
        shown = [mailbox.as_json(mail, format, metadata_headers or []) for mail in mails]
        return {"id": id, "historyId": shown[-1]["historyId"], "messages": shown}

    @routes.get("/messages/{message_id}/attachments/{id}", name="attachments_get")
    async def attachment(message_id: str, id: str) -> dict[str, Any]:
        _must(mailbox, message_id)
        content = mailbox.attachment(message_id, id)
        if content is None:
            raise _bad("Invalid attachment token")
        return {"size": len(content), "data": b64(content), "attachmentId": id}


def _history(routes: APIRouter, mailbox: Mailbox) -> None:
    @routes.get("/history", name="history")
    async def history(
        start: Annotated[int, Query(alias="startHistoryId", ge=1)],
        types: Annotated[list[str] | None, Query(alias="historyTypes")] = None,
        label_id: Annotated[str | None, Query(alias="labelId")] = None,
        max_results: Annotated[int, Query(alias="maxResults", ge=1, le=500)] = 100,
        page_token: Annotated[str | None, Query(alias="pageToken")] = None,
    ) -> dict[str, Any]:
        if start < 100_000:
            raise _no(404, "Requested entity was not found.")
        keys = {
            {"messageAdded": "messagesAdded", "labelAdded": "labelsAdded"}.get(t, "labelsRemoved")
            for t in types or []
        }
        found = [
            entry
            for entry in mailbox.history()
            if int(entry["id"]) > start
            and (not keys or keys & set(entry))
            and (label_id is None or any(label_id in one["labelIds"] for one in entry["messages"]))
        ]
        first = int(page_token or 0)
        answer: dict[str, Any] = {"historyId": mailbox.history_id}
        if page := found[first : first + max_results]:
            answer["history"] = page
        if first + max_results < len(found):
            answer["nextPageToken"] = str(first + max_results)
        return answer


def _sending(routes: APIRouter, mailbox: Mailbox) -> None:
    @routes.post("/messages/send", name="messages_send")
    async def send(request: Request) -> dict[str, Any]:
        body = await json_object(request, _bad)
        coded = body.get("raw")
        if not isinstance(coded, str) or not coded:
            raise _bad("'raw' RFC822 payload message string or uploading message via /upload/* URL required")
        try:
            raw = base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4))
        except (binascii.Error, ValueError):
            raise _bad("Invalid value at 'raw' (TYPE_BYTES), Base64 decoding failed") from None
        if not any(headers_of(raw).get(name) for name in ("to", "cc", "bcc")):
            raise _bad("Recipient address required")
        try:
            message = mailbox.send(raw, body.get("threadId"))
        except NoSuchThread:
            raise _no(404, "Requested entity was not found.") from None
        return {"id": message["id"], "threadId": message["threadId"], "labelIds": message["labelIds"]}


def _labelling(routes: APIRouter, mailbox: Mailbox) -> None:
    def check_labels(body: dict[str, Any], limit: int) -> tuple[list[str], list[str]]:
        add, remove = body.get("addLabelIds", []), body.get("removeLabelIds", [])
        for ids in (add, remove):
            if not isinstance(ids, list) or len(ids) > limit:
                raise _bad("Invalid label list")
        if unknown := sorted({*add, *remove} - mailbox.label_ids()):
            raise _bad(f"Invalid label: {unknown[0]}")
        return add, remove

    @routes.post("/messages/batchModify", name="messages_batch_modify")
    async def batch_modify(request: Request) -> Response:
        body = await json_object(request, _bad)
        ids = body.get("ids")
        if not isinstance(ids, list) or not 1 <= len(ids) <= 1000:
            raise _bad("No message ids specified" if not ids else "Too many message ids")
        add, remove = check_labels(body, 100)
        for id in ids:
            if message := mailbox.get(id):
                mailbox.modify(message, add, remove)
        return Response(status_code=204)

    @routes.post("/messages/{id}/modify", name="messages_modify")
    async def modify(id: str, request: Request) -> dict[str, Any]:
        message = _must(mailbox, id)
        add, remove = check_labels(await json_object(request, _bad), 100)
        if not add and not remove:
            raise _bad("No label add or removes specified")
        return mailbox.as_json(mailbox.modify(message, add, remove), "minimal")
