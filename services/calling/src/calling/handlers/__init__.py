"""What calling does when something happens, from following intake to keeping recordings."""

from chassis import Handlers

from calling.handlers import dialling, following, hearing, placing, reconciling, recording

handlers = Handlers("calling")
for part in (following, dialling, placing, hearing, reconciling, recording):
    handlers.include(part.handlers)
