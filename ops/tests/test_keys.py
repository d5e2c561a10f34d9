"""Secrets are made once and kept from others."""

from __future__ import annotations

import stat
from pathlib import Path

from ops.keys import Keys


def test_a_key_stays_the_same_over_restarts_and_others_differ(tmp_path: Path) -> None:
    first = Keys(tmp_path).get("nats.intake")
    assert Keys(tmp_path).get("nats.intake") == first
    assert Keys(tmp_path).get("nats.calling") != first
    assert len(first) >= 32


def test_only_the_owner_reads_the_file(tmp_path: Path) -> None:
    Keys(tmp_path).get("anything")
    path = tmp_path / "secrets" / "keys.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
