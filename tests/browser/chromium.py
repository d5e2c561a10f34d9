"""Where a Chromium is that Playwright can drive; fetched now where this user may.

Debian's is looked for first, and installed by root. An ordinary user gets Playwright's own build, where its
download is to be had. Playwright's driver needs ``libatomic1``, which a minimal Debian lacks.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright._impl._driver import compute_driver_executable

PACKAGES = ("chromium", "libatomic1")
INSTALL = f"apt-get install {' '.join(PACKAGES)}"
_PATIENCE = 300
"""Seconds for one download."""
_OWN_BUILD = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


class NoBrowser(Exception):
    """The message holds the exact line to type."""

    def __init__(self, why: str) -> None:
        super().__init__(f"not run: {why}; type: {INSTALL}")


def provide() -> str:
    """The executable; raises ``NoBrowser``."""
    with _one_at_a_time():
        if _debian() is None or not _starts(_driver()):
            _install()
    if not _starts(_driver()):
        raise NoBrowser("Playwright's driver does not start here")
    found = _debian() or _own_build()
    if found is None or not _starts(found):
        raise NoBrowser("there is no Chromium here")
    return found


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Tests run in several processes, and of two package managers at once one gives up."""
    lock = Path(tempfile.gettempdir()) / f"recruitflow-chromium-{os.geteuid()}.lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _debian() -> str | None:
    return shutil.which("chromium")


def _driver() -> str:
    return str(compute_driver_executable()[0])


def _starts(executable: str) -> bool:
    return _run(executable, "--version") is not None


def _install() -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _run("apt-get", "update", "-qq")
        _run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES)
    elif _starts(_driver()):
        _run(sys.executable, "-m", "playwright", "install", "chromium")


def _own_build() -> str | None:
    said = _run(sys.executable, "-c", _OWN_BUILD)
    return said.strip() if said and os.path.exists(said.strip()) else None


def _run(*command: str) -> str | None:
    """What it printed; None when it failed or took too long."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=_PATIENCE)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
