"""Taking a file in from a recruiter: its size first, then to the store, under a name that can do no harm."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from contracts import BlobRef
from starlette.datastructures import UploadFile

from recruiter_ui.domain.file_names import safe_name
from recruiter_ui.web import Visit

MOST_BYTES = 25 * 1024 * 1024
ROOM_FOR_FORM = 1024 * 1024
"""What the rest of the form may take, in bytes."""
LONGEST_NAME = 200
TYPE = "application/octet-stream"
"""What it is gets told by its content, later."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    file: BlobRef
    name: str


async def take_file(visit: Visit, name: str, key: str) -> Uploaded | str:
    """Keep the file of a form under a key; or what is wrong with it, in words."""
    file = visit.form.get(name)
    if not isinstance(file, UploadFile) or not file.filename:
        return "Choose the file."
    if not file.size:
        return "The file is empty. Choose another one."
    if file.size > MOST_BYTES:
        return "The file is larger than 25 MB. Ask for a smaller one."
    return Uploaded(await store(visit, file, key, TYPE), safe_name(file.filename)[:LONGEST_NAME])


async def store(visit: Visit, file: UploadFile, key: str, content_type: str) -> BlobRef:
    """What was sent lies in memory or in a file without a name; the store takes a file with one."""
    with TemporaryDirectory(prefix="upload") as folder:
        path = Path(folder) / "file"

        def copy() -> None:
            file.file.seek(0)
            with path.open("wb") as out:
                shutil.copyfileobj(file.file, out)

        await asyncio.to_thread(copy)
        return await visit.ui.blobs.put_file(key, path, content_type)
