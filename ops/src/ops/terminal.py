"""The console of all commands: wide enough in a pipe, where nobody measures it."""

from __future__ import annotations

from rich.console import Console

console = Console()
if not console.is_terminal:
    console = Console(width=160)
