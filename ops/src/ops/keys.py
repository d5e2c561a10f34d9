"""Passwords and shared secrets of one installation: random, made once, in a file only its owner reads."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from ops.say import Trouble


class Keys:
    """``keys.get("postgres.intake")`` answers the same value for as long as the folder lives."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "secrets" / "keys.json"
        self._values: dict[str, str] = {}
        if self._path.exists():
            self._values = self._read()

    def get(self, name: str) -> str:
        if name not in self._values:
            self._values[name] = secrets.token_urlsafe(24)
            self._save()
        return self._values[name]

    def _read(self) -> dict[str, str]:
        try:
            kept = json.loads(self._path.read_text())
        except ValueError:
            kept = None
        if not isinstance(kept, dict):
            raise Trouble(
                f"{self._path} is damaged, and the passwords of this folder's servers are in it. "
                "Put a copy of it back, or begin anew with RECRUITFLOW_STATE naming another folder."
            )
        return kept

    def _save(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self._path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(self._values, indent=1, sort_keys=True))
        fresh.replace(self._path)
