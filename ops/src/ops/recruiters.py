"""Logins of recruiters: they belong to recruiter_ui, whose own functions make them."""

from __future__ import annotations

import os
import re
import secrets

import asyncpg
from chassis.servers import ServiceDatabase
from recruiter_ui.adapters.logins import EmailTaken, add_recruiter
from recruiter_ui.passwords import hash_password

from ops.instance import Instance
from ops.say import Trouble

RECRUITER = "recruiter@example.com"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


async def new_user(database: ServiceDatabase, email: str, name: str) -> str:
    """Answers the generated password, which is kept nowhere."""
    if not _EMAIL.fullmatch(email):
        raise Trouble(f"{email} is no email address.")
    password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
    connection = await asyncpg.connect(database.url)
    try:
        await add_recruiter(connection, email, name, hash_password(password))
    except EmailTaken as taken:
        raise Trouble(f"{taken}.".capitalize()) from taken
    finally:
        await connection.close()
    return password


async def first_recruiter(instance: Instance) -> str:
    """Make the first login where there is none; its password stays in a file that only the owner reads."""
    path = instance.folder / "secrets" / "first-login"
    if not path.exists():
        password = await new_user(instance.ground.database("recruiter_ui"), RECRUITER, "Recruiter")
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(f"{RECRUITER} {password}\n")
    return path.read_text().split()[-1]
