"""The sound of a call, from the blob store, in the parts that a player asks for (RFC 9110, 14)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from chassis.blobs import BlobMissing, Blobs
from contracts import BlobRef
from starlette.responses import Response, StreamingResponse

from recruiter_ui.queries.detail import find_recording
from recruiter_ui.web import Visit

PART_BYTES = 256 * 1024
_TYPES = {
    "audio/mpeg": "mp3",
    "audio/mp3": "mp3",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/webm": "webm",
}
_HEADERS = {
    "Accept-Ranges": "bytes",
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; media-src 'self'; frame-ancestors 'none'",
}


async def play(visit: Visit) -> Response:
    """Only for who is logged in; nothing of it stays in a cache."""
    call_id = visit.request.path_params["call_id"]
    async with visit.ui.begin() as tx:
        found = await find_recording(tx.db, call_id)
    ref = BlobRef.model_validate(found) if found else None
    if ref is None or not await _is_there(visit.ui.blobs, ref):
        return Response("There is no recording of this call.", 404, headers={"Cache-Control": "no-store"})
    kind = ref.content_type.partition(";")[0].strip().lower()
    headers = _HEADERS | {"Content-Disposition": f'inline; filename="call.{_TYPES.get(kind, "bin")}"'}
    content_type = kind if kind in _TYPES else "application/octet-stream"
    wanted = part_of(visit.request.headers.get("Range"), ref.size)
    if wanted is None:
        refusal = headers | {"Content-Range": f"bytes */{ref.size}"}
        return Response(status_code=416, headers=refusal)
    start, end = wanted
    headers["Content-Length"] = str(end - start)
    whole = (start, end) == (0, ref.size) and "Range" not in visit.request.headers
    if not whole:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{ref.size}"
    if visit.request.method == "HEAD":
        return Response(status_code=200 if whole else 206, headers=headers, media_type=content_type)
    body = _parts(visit.ui.blobs, ref, start, end)
    return StreamingResponse(body, 200 if whole else 206, headers=headers, media_type=content_type)


def part_of(header: str | None, size: int) -> tuple[int, int] | None:
    """From which byte to before which; None where the part asked for is not there.

    What is no single range of bytes is answered with the whole, as the standard allows.
    """
    found = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", (header or "").strip())
    if found is None or found.groups() == ("", ""):
        return 0, size
    first, last = found.groups()
    if not first:
        return (max(size - int(last), 0), size) if int(last) else None
    start, end = int(first), min(int(last) + 1, size) if last else size
    if last and int(last) < start:
        return 0, size
    return (start, end) if start < size else None


async def _is_there(blobs: Blobs, ref: BlobRef) -> bool:
    try:
        await blobs.get_part(ref, 0, 1)
    except BlobMissing:
        return False
    return ref.size > 0


async def _parts(blobs: Blobs, ref: BlobRef, start: int, end: int) -> AsyncIterator[bytes]:
    while start < end:
        part = await blobs.get_part(ref, start, min(PART_BYTES, end - start))
        if not part:
            return
        yield part
        start += len(part)
