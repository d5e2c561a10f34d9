"""The same answer as server-sent events (providers.md 2.4)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

_PIECE = 200


def events(message: dict[str, Any]) -> Iterator[str]:
    """Both ``event:`` and ``data:`` lines: the SDK skips events without a name."""
    yield _event({"type": "message_start", "message": {**message, "content": [], "stop_reason": None}})
    for index, block in enumerate(message["content"]):
        is_text = block["type"] == "text"
        empty = {**block, "text": ""} if is_text else {**block, "input": {}}
        yield _event({"type": "content_block_start", "index": index, "content_block": empty})
        whole = block["text"] if is_text else json.dumps(block["input"])
        for start in range(0, len(whole), _PIECE):
            piece = whole[start : start + _PIECE]
            delta = {"type": "text_delta", "text": piece} if is_text else _json_delta(piece)
            yield _event({"type": "content_block_delta", "index": index, "delta": delta})
        yield _event({"type": "content_block_stop", "index": index})
    ending = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    usage = {"output_tokens": message["usage"]["output_tokens"]}
    yield _event({"type": "message_delta", "delta": ending, "usage": usage})
    yield _event({"type": "message_stop"})


def _json_delta(piece: str) -> dict[str, str]:
    return {"type": "input_json_delta", "partial_json": piece}


def _event(body: dict[str, Any]) -> str:
    return f"event: {body['type']}\ndata: {json.dumps(body, ensure_ascii=False)}\n\n"
