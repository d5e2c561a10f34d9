"""Ports in memory, and lead files as people make them, for every test of this service."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "support"))
