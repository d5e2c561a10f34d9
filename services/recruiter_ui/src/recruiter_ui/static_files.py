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


_JOINED = {
    "vendor/htmx-4.0.1-with-csp-and-sse.js": (
        "vendor/htmx-4.0.1.min.js",
        "vendor/hx-csp-4.0.1.min.js",
        "vendor/hx-sse-4.0.1.min.js",
    )
}
"""htmx looks at the page in the first moment after its script: extensions in scripts of their own may come
too late, and the one that refuses foreign markup must not."""


@cache
def static_files() -> dict[str, StaticFile]:
    """By path below ``/static/``."""
    bodies = {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for path in sorted(ROOT.rglob("*"))
        if path.is_file() and path.suffix in _TYPES
    }
    for name, parts in _JOINED.items():
        bodies[name] = b"\n;\n".join(bodies[part] for part in parts)
    return {name: _file(name, body) for name, body in bodies.items()}


def _file(name: str, body: bytes) -> StaticFile:
    zipped = gzip.compress(body, 9, mtime=0)
    digest = hashlib.sha256(body).hexdigest()[:12]
    return StaticFile(
        body, zipped if len(zipped) < len(body) * 0.95 else None, _TYPES[Path(name).suffix], digest
    )


def static_url(name: str) -> str:
    """Raises ``KeyError`` for a file that is not there: a dead link shows in the first test.

    What is vendored has its version in its name, and the style sheet names the font without a digest.
    """
    digest = static_files()[name].digest
    return f"/static/{name}" if name.startswith("vendor/") else f"/static/{name}?v={digest}"
