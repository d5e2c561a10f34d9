"""Logins made from the command line."""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys

import pytest
from recruiter_ui.passwords import is_right
from recruiter_ui.users import main
from recruiter_ui_support.running import Running


async def command(ui: Running, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "DATABASE_URL": ui.settings.database_url,
        "DATABASE_SCHEMA": str(ui.settings.database_schema),
    }
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "recruiter_ui.users", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )


async def test_a_login_is_made_once_and_its_password_is_shown_once(ui: Running) -> None:
    made = await command(ui, "add", "Paul@Example.com", "--name", "Paul Achim")
    assert made.returncode == 0, made.stderr
    password = made.stdout.split()[-1]
    hashed = await ui.db.fetchval("SELECT password_hash FROM recruiters WHERE email = 'paul@example.com'")
    assert await is_right(password, hashed)
    assert password not in hashed

    again = await command(ui, "add", "paul@example.com", "--name", "Paul Achim")
    assert again.returncode == 1
    assert "already" in again.stderr


async def test_a_password_from_standard_input_replaces_the_old_one(ui: Running) -> None:
    await command(
        ui, "add", "sorina@example.com", "--name", "Sorina", "--password-stdin", stdin="first password\n"
    )
    changed = await command(
        ui, "set-password", "sorina@example.com", "--password-stdin", stdin="second password\n"
    )
    assert changed.returncode == 0, changed.stderr
    hashed = await ui.db.fetchval("SELECT password_hash FROM recruiters WHERE email = 'sorina@example.com'")
    assert await is_right("second password", hashed)
    assert not await is_right("first password", hashed)
    nobody = await command(
        ui, "set-password", "nobody@example.com", "--password-stdin", stdin="second password\n"
    )
    assert nobody.returncode == 1


def test_a_short_password_and_a_wrong_address_are_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("short\n"))
    assert main(["add", "x@example.com", "--name", "X", "--password-stdin"]) == 2
    assert "at least 10" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["add", "no-address", "--name", "X"])
