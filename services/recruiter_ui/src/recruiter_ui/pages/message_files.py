"""What people sent, by the message it came with: files as downloads, and the whole of a long text."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from chassis.blobs import BlobMissing
from contracts import BlobRef
from starlette.responses import Response

from recruiter_ui.domain.file_names import named_as, not_opened_as, safe_name
from recruiter_ui.queries.conversations import find_kind, find_message
from recruiter_ui.web import Visit

LONGEST_SHOWN = 400_000
"""Characters of a text that are shown on a page; the rest is in the download."""


async def download(visit: Visit) -> Response:
    """A file by its place in the message, always as a download: strangers may send a page with script."""
    message = await _message(visit)
    files: list[dict[str, Any]] = (message or {}).get("attachments") or []
    place = visit.request.path_params["place"]
    if message is None or place >= len(files):
        return await _gone(visit)
    file, given = files[place]["file"], files[place]["file_name"]
    body = await _read(visit, file)
    if body is None:
        return await _gone(visit)
    async with visit.ui.begin() as tx:
        kind = await find_kind(tx.db, file.get("sha256"))
    return as_download(body, named_as(kind, given) if kind else not_opened_as(given))


async def whole_text(visit: Visit) -> Response:
    """All of a long message: beside it where script puts it there, else as a page of its own."""
    message = await _message(visit)
    if message is None or not message["body_ref"]:
        return await _gone(visit)
    body = await _read(visit, message["body_ref"])
    if body is None:
        return await _gone(visit)
    text = body.decode("utf-8", "replace")
    shown: dict[str, Any] = {
        "text": text[:LONGEST_SHOWN],
        "cut": len(text) > LONGEST_SHOWN,
        "message": message,
    }
    if visit.is_partial:
        return visit.part("parts/whole_text.html", **shown)
    return await visit.page("whole_text.html", **shown)


async def download_text(visit: Visit) -> Response:
    message = await _message(visit)
    body = await _read(visit, message["body_ref"]) if message and message["body_ref"] else None
    return await _gone(visit) if body is None else as_download(body, "message.txt")


def as_download(body: bytes, file_name: str | None) -> Response:
    """Never shown in our origin, under a name that can do no harm."""
    name = safe_name(file_name)
    plain, encoded = name.encode("ascii", "replace").decode().replace("?", "_"), quote(name, safe="")
    return Response(
        body,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, no-store",
        },
    )


async def _message(visit: Visit) -> dict[str, Any] | None:
    async with visit.ui.begin() as tx:
        return await find_message(tx.db, visit.request.path_params["message_id"])


async def _read(visit: Visit, reference: dict[str, Any]) -> bytes | None:
    try:
        return await visit.ui.blobs.get(BlobRef.model_validate(reference))
    except BlobMissing:
        return None


async def _gone(visit: Visit) -> Response:
    text = "This is not here any more."
    return await visit.page("message.html", status=404, title="Not found", text=text)
