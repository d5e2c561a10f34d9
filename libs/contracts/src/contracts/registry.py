"""All contexts in one import: whoever parses events of any context imports this module first."""

from contracts import calling, cv_matching, gateway, intake, messaging, scoring
from contracts.base import COMMANDS, EVENTS

__all__ = ["COMMANDS", "EVENTS", "calling", "cv_matching", "gateway", "intake", "messaging", "scoring"]
