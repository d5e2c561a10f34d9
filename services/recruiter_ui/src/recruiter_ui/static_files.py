"""Our own few static files, kept in memory with their gzip form.

Addresses carry a digest of the content (``/static/rf.css?v=...``) or a version, so that browsers may keep
them for ever.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent / "static"

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    body: bytes
    zipped: bytes | None
    """None where zipping saves nothing."""
    content_type: str
    digest: str


@cache
def static_files() -> dict[str, StaticFile]:
    """By path below ``/static/``."""
    return {
        path.relative_to(ROOT).as_posix(): _read(path)
        for path in sorted(ROOT.rglob("*"))
        if path.is_file() and path.suffix in _TYPES
    }


def _read(path: Path) -> StaticFile:
    body = path.read_bytes()
    zipped = gzip.compress(body, 9, mtime=0)
    digest = hashlib.sha256(body).hexdigest()[:12]
    return StaticFile(body, zipped if len(zipped) < len(body) * 0.95 else None, _TYPES[path.suffix], digest)


def static_url(name: str) -> str:
    """Raises ``KeyError`` for a file that is not there: a dead link shows in the first test.

    What is vendored has its version in its name, and the style sheet names the font without a digest.
    """
    digest = static_files()[name].digest
    return f"/static/{name}" if name.startswith("vendor/") else f"/static/{name}?v={digest}"
