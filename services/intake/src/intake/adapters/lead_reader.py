"""Reads one lead file in a process of its own.

Parsing has a core to itself that way, and a hostile file gets none of the service's memory. Writes JSON
frames to standard output, each behind its length in 4 bytes.

Started as ``python -m intake.adapters.lead_reader <file> <time zone> <chunk size> <after record>``.
"""

from __future__ import annotations

import gc
import resource
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from pydantic_core import to_json

from intake.domain.lead_file import FileShape, LeadChunk, read_chunks
from intake.domain.lead_text import HopelessFile

MOST_MEMORY = 1 << 30
"""Bytes of address space; a file that needs more is no lead export."""
MOST_SECONDS = 900
"""Of CPU: a million rows take less than a minute."""


def main(arguments: list[str]) -> None:
    path, zone, size, after_record = arguments
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    gc.freeze()
    gc.disable()  # rows are tuples of text: there are no cycles to look for
    with Path(path).open("rb") as file:
        write_frames(file, ZoneInfo(zone), int(size), int(after_record), sys.stdout.buffer)


def write_frames(file: BinaryIO, zone: ZoneInfo, size: int, after_record: int, out: BinaryIO) -> None:
    """One frame with the shape, then one per chunk; or one that says why the file is hopeless."""
    try:
        for part in read_chunks(file, zone=zone, size=size, after_record=after_record):
            if isinstance(part, FileShape):
                shape = [part.encoding, part.delimiter, part.columns.header, part.header_line]
                _write({"shape": shape}, out)
            else:
                _write({"chunk": _plain(part)}, out)
    except HopelessFile as hopeless:
        _write({"hopeless": [hopeless.code, hopeless.message]}, out)


def _plain(chunk: LeadChunk) -> dict[str, Any]:
    """As ``asdict``, but leads stay the tuples that they are: they are many."""
    return {entry.name: getattr(chunk, entry.name) for entry in fields(chunk)}


def _write(frame: dict[str, Any], out: BinaryIO) -> None:
    body = to_json(frame)
    out.write(len(body).to_bytes(4, "big"))
    out.write(body)
    out.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
