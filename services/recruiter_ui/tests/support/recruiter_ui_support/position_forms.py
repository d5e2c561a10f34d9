"""The form of a position as a browser would send it, and its revisions as intake would tell them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from contracts.intake import PositionDetails, PositionRevised

from recruiter_ui_support.stories import ASKED_AND_SAID, RECRUITER


def form_of(page: str) -> dict[str, Any]:
    """What a browser would send of the position's form."""
    form: dict[str, Any] = {}
    main = page[page.index('id="pf"') :]
    main = re.sub(r"<template.*?</template>", "", main, flags=re.S)
    for tag in re.findall(r"<(?:input|textarea|select)[^>]*>[^<]*", main):
        name = re.search(r' name="([^"]+)"', tag)
        if name is None or (re.search(r'type="(checkbox|radio)"', tag) and " checked" not in tag):
            continue
        value = re.search(r' value="([^"]*)"', tag)
        text = (
            unescape(value[1] if value else tag.partition(">")[2]) if not tag.startswith("<select") else "ro"
        )
        form[name[1]] = [*form[name[1]], text] if name[1] in form else [text]
    return form


def saved(position_id: int, revision: int, before: PositionDetails, **changes: Any) -> PositionRevised:
    return PositionRevised(
        position_id=position_id, revision=revision, before=before, actor=RECRUITER,
        details=before.model_copy(update=changes), reason="generated",
    )  # fmt: skip


def plain(number: int) -> PositionDetails:
    return PositionDetails(title=f"Electrician {number}", **ASKED_AND_SAID)
