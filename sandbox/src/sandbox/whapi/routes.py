"""The paths of Whapi that RecruitFlow uses (providers.md 3.1 to 3.6)."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import UploadFile

from sandbox.settings import SandboxSettings
from sandbox.whapi.channel import CHANNEL_ID, OWN_NUMBER, Channel, File
from sandbox.wire import Manners, Refusal, json_object, route_class, same, world_of

_TO = re.compile(r"^[\d-]{9,31}(?:@(?:s\.whatsapp\.net|g\.us|newsletter|lid))?$")
_MEDIA_TYPES = ("image", "video", "gif", "short", "audio", "voice", "document", "sticker")


def _error(status: int, message: str) -> Any:
    return {"error": {"code": status, "message": message, "href": "", "support": ""}}


def _no(status: int, message: str) -> Refusal:
    return Refusal(status, _error(status, message))


def _bad(message: str) -> Refusal:
    return _no(400, message)


def _admit(settings: SandboxSettings, request: Request) -> None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not same(token, settings.whapi_token):
        raise _no(401, "Need channel authorization")


def _invalid(bad: RequestValidationError) -> Refusal:
    return _bad("; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in bad.errors()))


MANNERS = Manners("whapi", _admit, _error, _invalid)


def router(channel: Channel) -> APIRouter:
    routes = APIRouter(prefix="/whapi", route_class=route_class(MANNERS))
    _sending(routes, channel)
    _sending_media(routes, channel)
    _media(routes, channel)
    _about(routes)
    _about_webhooks(routes)
    return routes


def _chat_id(to: Any) -> str:
    if not isinstance(to, str) or not _TO.match(to):
        raise _bad("to: must match pattern ^[\\d-]{9,31}(@[\\w\\.]{1,})?$")
    return to if "@" in to else f"{to}@s.whatsapp.net"


def _sending(routes: APIRouter, channel: Channel) -> None:
    @routes.post("/messages/text", name="messages_text")
    async def text(request: Request) -> dict[str, Any]:
        body = await json_object(request, _bad)
        to = _chat_id(body.get("to"))
        if not isinstance(body.get("body"), str) or not body["body"]:
            raise _bad("body: is required and must be a non-empty string")
        return {"sent": True, "message": channel.send(to, "text", {"body": body["body"]}, {})}

    @routes.get("/messages/list/{chat_id}", name="messages_list")
    async def listing(
        chat_id: str,
        count: Annotated[int, Query(ge=1, le=500)] = 100,
        offset: Annotated[int, Query(ge=0)] = 0,
        from_me: bool | None = None,
        time_from: int | None = None,
        time_to: int | None = None,
    ) -> dict[str, Any]:
        found = [
            message
            for message in channel.messages(_chat_id(chat_id))
            if from_me in (None, message["from_me"])
            and message["timestamp"] >= (time_from or 0)
            and message["timestamp"] <= (time_to or 2**40)
        ]
        page = found[offset : offset + count]
        return {"messages": page, "count": len(page), "total": len(found), "offset": offset}


def _sending_media(routes: APIRouter, channel: Channel) -> None:
    async def media(request: Request, type: str) -> dict[str, Any]:
        if type not in _MEDIA_TYPES:
            raise _no(404, "Not found")
        fields, file = await _media_fields(request, channel)
        facts = channel.keep_media(file)
        content = facts | ({"caption": fields["caption"]} if fields.get("caption") else {})
        return {
            "sent": True,
            "message": channel.send(_chat_id(fields.get("to")), type, content, {"file": file.name}),
        }

    @routes.post("/messages/media/{type}", name="messages_media")
    async def media_of_type(type: str, request: Request) -> dict[str, Any]:
        return await media(request, type)

    @routes.post("/messages/{type}", name="messages_media")
    async def media_by_path(type: str, request: Request) -> dict[str, Any]:
        return await media(request, type)


async def _media_fields(request: Request, channel: Channel) -> tuple[dict[str, Any], File]:
    """JSON with base64, data URI or media id; or a form with a file part."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        form = await request.form()
        upload = form.get("media")
        if not isinstance(upload, UploadFile):
            raise _bad("media: is required")
        fields: dict[str, Any] = {key: value for key, value in form.items() if isinstance(value, str)}
        _chat_id(fields.get("to"))
        kind = upload.content_type or "application/octet-stream"
        return fields, File(fields.get("filename") or upload.filename or "file", kind, await upload.read())
    fields = await json_object(request, _bad)
    _chat_id(fields.get("to"))
    return fields, _file_of(fields, channel)


def _file_of(fields: dict[str, Any], channel: Channel) -> File:
    media, kind = fields.get("media"), fields.get("mime_type") or "application/octet-stream"
    if not isinstance(media, str) or not media:
        raise _bad("media: is required")
    name = fields.get("filename") or "file"
    if kept := channel.media(media):
        return File(name, kept.content_type, kept.content)
    if media.startswith(("http://", "https://")):
        raise _bad(
            "media: the sandbox does not fetch addresses; send the file itself or an uploaded media id"
        )
    if media.startswith("data:"):
        header, _, media = media.partition(",")
        kind = header.removeprefix("data:").partition(";")[0] or kind
    try:
        return File(name, kind, base64.b64decode(media, validate=True))
    except binascii.Error:
        raise _bad("media: is neither base64, a data URI nor a media id") from None


def _media(routes: APIRouter, channel: Channel) -> None:
    @routes.get("/media", name="media_list")
    async def listing() -> dict[str, Any]:
        found = channel.media_facts()
        return {"files": found, "count": len(found), "total": len(found), "offset": 0}

    @routes.post("/media", name="media_upload")
    async def upload(request: Request) -> dict[str, Any]:
        kind = request.headers.get("content-type", "application/octet-stream")
        content = await request.body()
        if kind.startswith("multipart/form-data"):
            part = (await request.form()).get("media")
            if not isinstance(part, UploadFile):
                raise _bad("media: is required")
            kind, content = part.content_type or "application/octet-stream", await part.read()
        if not content:
            raise _bad("media: is empty")
        return {"media": [{"id": channel.keep_media(File("file", kind, content))["id"]}]}

    @routes.get("/media/{media_id}", name="media_get")
    async def get(media_id: str) -> Response:
        body = channel.media(media_id)
        if body is None:
            raise _no(404, "Specified media not found")
        return Response(body.content, media_type=body.content_type)

    @routes.delete("/media/{media_id}", name="media_delete")
    async def delete(media_id: str) -> dict[str, Any]:
        if not channel.forget_media(media_id):
            raise _no(404, "Specified media not found")
        return {"success": True}


def _about(routes: APIRouter) -> None:
    @routes.get("/health", name="health")
    async def health(request: Request) -> dict[str, Any]:
        return {
            "channel_id": CHANNEL_ID,
            "start_at": int(world_of(request).clock.now().timestamp()),
            "uptime": 1,
            "version": "sandbox",
            "status": {"code": 4, "text": "AUTH"},
            "user": {"id": OWN_NUMBER, "name": "RecruitFlow"},
        }

    @routes.get("/limits", name="limits")
    async def limits() -> dict[str, Any]:
        return {"limits": []}

    @routes.post("/contacts", name="contacts_check")
    async def contacts(request: Request) -> dict[str, Any]:
        body = await json_object(request, _bad)
        found = []
        for given in body.get("contacts", []):
            digits = re.sub(r"\D", "", str(given))
            valid = 9 <= len(digits) <= 15
            entry = {"input": given, "status": "valid" if valid else "invalid"}
            found.append({**entry, "wa_id": f"{digits}@s.whatsapp.net"} if valid else entry)
        return {"contacts": found}


def _about_webhooks(routes: APIRouter) -> None:
    @routes.get("/settings", name="settings_get")
    async def settings(request: Request) -> dict[str, Any]:
        return _settings(request)

    @routes.patch("/settings", name="settings_patch")
    async def change(request: Request) -> dict[str, Any]:
        body = await json_object(request, _bad)
        for webhook in body.get("webhooks", []):
            if not isinstance(webhook, dict) or not str(webhook.get("url", "")).startswith(
                ("http://", "https://")
            ):
                raise _bad("webhooks: each needs a url")
            if len(webhook.get("headers") or {}) > 5:
                raise _bad("webhooks: at most 5 headers")
        world = world_of(request)
        with world.store.atomic():
            world.store.put("whapi_settings", "channel", {**_settings(request), **body})
        return _settings(request)

    @routes.get("/settings/events", name="settings_events")
    async def events() -> dict[str, Any]:
        return {"events": [{"type": type, "method": "post"} for type in ("messages", "statuses")]}


def _settings(request: Request) -> dict[str, Any]:
    world = world_of(request)
    url, headers = world.webhooks.whapi_target()
    events = [{"type": "messages", "method": "post"}, {"type": "statuses", "method": "post"}]
    return {
        "callback_backoff_delay_ms": world.settings.whapi_backoff_ms,
        "max_callback_backoff_delay_ms": world.settings.whapi_max_backoff_ms,
        "callback_persist": True,
        "webhooks": [{"url": url, "mode": "body", "events": events, "headers": headers}],
    }
