"""What calling does when something happens, from following intake to keeping recordings."""

from chassis import Handlers

from calling.handlers import (
    dialling,
    following,
    hearing,
    placing,
    previewing,
    recalling,
    reconciling,
    recording,
    resolving,
    stopping,
)

handlers = Handlers("calling")
for part in (
    following,
    previewing,
    dialling,
    placing,
    hearing,
    reconciling,
    recording,
    stopping,
    recalling,
    resolving,
):
    handlers.include(part.handlers)
