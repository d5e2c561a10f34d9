"""Write down what was published since the last time: samples of new events, schemas of grown messages.

An old sample is never rewritten, and a change that breaks a promise is refused.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from contracts.base import EVENTS
from contracts.compatibility import broken_promises
from contracts.registry import COMMANDS
from contracts.samples import golden

GOLDEN = Path(__file__).parent / "golden"
PUBLISHED = GOLDEN / "published.json"


def record() -> list[str]:
    """What could not be recorded, in words."""
    published: dict[str, Any] = json.loads(PUBLISHED.read_text()) if PUBLISHED.exists() else {}
    broken = []
    for name, cls in sorted({**EVENTS, **COMMANDS}.items()):
        today = cls.model_json_schema()
        problems = broken_promises(published[name], today) if name in published else []
        broken += [f"{name}: {problem}" for problem in problems]
        if not problems:
            published[name] = today
    for kind, cls in EVENTS.items():
        path = GOLDEN / f"{kind}.json"
        if not path.exists():
            path.write_text(golden(cls).model_dump_json(indent=2) + "\n")
    PUBLISHED.write_text(json.dumps(published, indent=1, sort_keys=True) + "\n")
    return broken


if __name__ == "__main__":
    problems = record()
    sys.exit("\n".join(problems) if problems else None)
