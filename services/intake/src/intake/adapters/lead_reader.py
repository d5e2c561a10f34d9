"""Reads one lead file in a process of its own.

Parsing has a core to itself that way, and a hostile file gets none of the service's memory. Writes each
``Frame`` to standard output as JSON, behind its length in 4 bytes.

Started as ``python -m intake.adapters.lead_reader <descriptor> <time zone> <chunk size> <after record>``.
"""

from __future__ import annotations

import gc
import resource
import sys
from typing import BinaryIO
from zoneinfo import ZoneInfo

import msgspec

from intake.domain.lead_file import FileShape, LeadChunk, read_chunks
from intake.domain.lead_text import HopelessFile

MOST_MEMORY = 1 << 30
"""Bytes of address space; a file that needs more is no lead export."""
MOST_SECONDS = 900
"""Of CPU: a million rows take less than a minute."""


class Frame(msgspec.Struct, omit_defaults=True):
    """One of the three. First the shape, then the chunks; or the code and message of a hopeless file."""

    shape: FileShape | None = None
    chunk: LeadChunk | None = None
    hopeless: tuple[str, str] | None = None


def main(arguments: list[str]) -> None:
    descriptor, zone, size, after_record = arguments
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    gc.freeze()
    gc.disable()  # rows are tuples of text: there are no cycles to look for
    with open(int(descriptor), "rb") as file:
        write_frames(file, ZoneInfo(zone), int(size), int(after_record), sys.stdout.buffer)


def write_frames(file: BinaryIO, zone: ZoneInfo, size: int, after_record: int, out: BinaryIO) -> None:
    """One frame with the shape, then one per chunk; or one that says why the file is hopeless."""
    try:
        for part in read_chunks(file, zone=zone, size=size, after_record=after_record):
            if isinstance(part, FileShape):
                _write(Frame(shape=part), out)
            else:
                _write(Frame(chunk=part), out)
    except HopelessFile as hopeless:
        _write(Frame(hopeless=(hopeless.code, hopeless.message)), out)


def _write(frame: Frame, out: BinaryIO) -> None:
    body = msgspec.json.encode(frame)
    out.write(len(body).to_bytes(4, "big"))
    out.write(body)
    out.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
