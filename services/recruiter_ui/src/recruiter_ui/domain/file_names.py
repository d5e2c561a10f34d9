"""Names for downloads: what a stranger called a file, made harmless."""

from __future__ import annotations

import re
import unicodedata

_LONGEST = 120
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*;%]+')


def safe_name(given: str | None) -> str:
    """No path, no control or direction marks, no leading dot, not too long; the extension stays."""
    text = "".join(
        char
        for char in (given or "")
        if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    )
    name = _UNSAFE.sub("_", text.replace("\\", "/").rpartition("/")[2]).strip(" .")
    if len(name) > _LONGEST:
        stem, dot, extension = name.rpartition(".")
        name = (
            f"{stem[: _LONGEST - len(extension) - 1]}.{extension}"
            if dot and len(extension) < 10
            else name[:_LONGEST]
        )
    return name or "file"
