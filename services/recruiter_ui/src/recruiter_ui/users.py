"""``python -m recruiter_ui.users``: make a recruiter's login, or give one a new password.

Without ``--password-stdin`` a password is made up and printed once; it is kept nowhere.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys

from chassis.database import connect

from recruiter_ui.adapters.logins import EmailTaken, add_recruiter, set_password
from recruiter_ui.passwords import PasswordTooShort, hash_password
from recruiter_ui.settings import Settings

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike


def made_up_password() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def main(arguments: list[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    password = sys.stdin.readline().rstrip("\n") if given.password_stdin else made_up_password()
    try:
        hashed = hash_password(password)
    except PasswordTooShort as short:
        print(f"{short}.", file=sys.stderr)
        return 2
    problem = asyncio.run(_carry_out(given, hashed))
    if problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"{given.email} can log in" + ("." if given.password_stdin else f" with the password {password}"))
    return 0


async def _carry_out(given: argparse.Namespace, hashed: str) -> str | None:
    """What went wrong, in words; None when it is done."""
    settings = Settings()
    db = await connect(
        settings.database_url, settings.database_schema or "recruiter_ui", "recruiter_ui_users"
    )
    try:
        if given.action == "add":
            await add_recruiter(db, given.email, given.name, hashed)
        elif not await set_password(db, given.email, hashed):
            return f"There is no recruiter with the address {given.email}."
    except EmailTaken as taken:
        return f"{taken}.".capitalize()
    finally:
        await db.close()
    return None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="recruiter_ui.users", description="Logins of recruiters.")
    actions = parser.add_subparsers(dest="action", required=True)
    add = actions.add_parser("add", help="make a login")
    add.add_argument("email", type=_email)
    add.add_argument("--name", required=True, help="as shown on screens and in histories")
    change = actions.add_parser("set-password", help="give a recruiter a new password and end their sessions")
    change.add_argument("email", type=_email)
    for action in (add, change):
        action.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input"
        )
    return parser


def _email(text: str) -> str:
    local, at, domain = text.strip().partition("@")
    if not (local and at and "." in domain) or " " in text.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is no email address")
    return text.strip()


if __name__ == "__main__":
    sys.exit(main())
