"""Programs that stand in for the process that reads a file: taken over, broken, or without a cage."""

from __future__ import annotations

import sys
from pathlib import Path

TALKER = """
import sys
sys.stdin.buffer.read()
while True:
    sys.stdout.write("a" * 65536)
"""


def a_child(folder: Path, script: str) -> tuple[str]:
    program = folder / "child"
    program.write_text(f"#!{sys.executable}\n{script}")
    program.chmod(0o755)
    return (str(program),)
