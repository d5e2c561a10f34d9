"""The console of all commands: wide enough in a pipe, where nobody measures it.

It knows no markup: reasons and file names may hold brackets, and are printed as they are.
"""

from __future__ import annotations

from rich.console import Console

console = Console(markup=False)
if not console.is_terminal:
    console = Console(width=160, markup=False)
