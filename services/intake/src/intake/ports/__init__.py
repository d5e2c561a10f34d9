"""What the handlers of intake need from outside their own code."""

from intake.ports.applications import Applications, Callable, Move
from intake.ports.candidates import Candidates, Duplicate
from intake.ports.imports import Imports, LeadChunks, LeadFiles, LeadsImport, Notice, Tally
from intake.ports.positions import Position, Positions

__all__ = [
    "Applications",
    "Callable",
    "Candidates",
    "Duplicate",
    "Imports",
    "LeadChunks",
    "LeadFiles",
    "LeadsImport",
    "Move",
    "Notice",
    "Position",
    "Positions",
    "Tally",
]
