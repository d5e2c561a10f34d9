"""Calling a batch off at ElevenLabs (providers.md 1.3). It rings nowhere, so it may be asked repeatedly."""

from __future__ import annotations

from urllib.parse import quote

import httpx2

from calling.ports import TelephonyUnavailable

_NOT_DONE = {401, 402, 403, 408, 425, 429}


async def cancel(http: httpx2.AsyncClient, provider_batch_id: str) -> None:
    """Any other 4xx says that there is nothing to cancel (any more): what is so, the batch's detail tells."""
    path = f"/v1/convai/batch-calling/{quote(provider_batch_id, safe='')}/cancel"
    try:
        response = await http.post(path)
    except httpx2.HTTPError as silent:
        raise TelephonyUnavailable(type(silent).__name__) from silent
    status = response.status_code
    if status in _NOT_DONE or not (200 <= status < 300 or 400 <= status < 500):
        raise TelephonyUnavailable(f"ElevenLabs answers {status}")
