"""Names for downloads: what a stranger called a file, made harmless."""

from __future__ import annotations

import re
import unicodedata

_LONGEST = 120
_EXTENSIONS = {
    "pdf": ("pdf",),
    "docx": ("docx",),
    "doc": ("doc",),
    "odt": ("odt",),
    "rtf": ("rtf",),
    "pages": ("pages",),
    "locked_document": ("docx", "doc", "odt"),
    "spreadsheet": ("xlsx", "xls", "ods"),
    "presentation": ("pptx", "ppt", "odp"),
    "image": ("jpg", "jpeg", "png", "gif", "webp", "heic", "heif", "avif", "tif", "tiff", "bmp"),
    "audio": ("ogg", "opus", "oga", "mp3", "m4a", "aac", "amr", "wav", "flac"),
    "video": ("mp4", "mov", "3gp", "webm", "mkv", "avi", "mpg"),
    "calendar": ("ics",),
    "contact_card": ("vcf",),
    "email": ("eml", "msg"),
}
"""What a file of a kind may be called; by the first one where it is called otherwise."""
_HARMLESS = frozenset({*(name for names in _EXTENSIONS.values() for name in names), "txt", "csv"})
_NOT_TO_BE_OPENED = "kept-apart"
"""No computer has a program for it, so that nothing is started by a double click."""
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.I)
"""What Windows takes for a device, whatever follows the dot."""
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
            if dot and len(extension) <= len(_NOT_TO_BE_OPENED)
            else name[:_LONGEST]
        )
    return f"_{name}" if _DEVICES.match(name) else name or "file"


def named_as(kind: str | None, given: str | None) -> str:
    """A safe name whose extension is of what the file is by its content, whatever its sender called it.

    What may do harm, and what is of no known kind, gets one that no program opens. None: nobody looked.
    """
    name = safe_name(given)
    if kind is None:
        return name
    known = _EXTENSIONS.get("image" if kind == "signature_image" else kind, (_NOT_TO_BE_OPENED,))
    stem, dot, extension = name.rpartition(".")
    return name if dot and stem and extension.lower() in known else _called(name, known[0])


def not_opened_as(given: str | None) -> str:
    """A safe name for a file that nobody looked into: one that a program would run gets ``.bin``."""
    name = safe_name(given)
    stem, dot, extension = name.rpartition(".")
    return name if dot and stem and extension.lower() in _HARMLESS else _called(name, "bin")


def _called(name: str, extension: str) -> str:
    """No longer than a safe name is, so that nothing cuts the extension off again."""
    return f"{name[: _LONGEST - len(extension) - 1]}.{extension}"
