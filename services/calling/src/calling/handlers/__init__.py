"""What calling does when something happens: follow intake, dial, place, hear of calls, ask after them."""

from chassis import Handlers

from calling.handlers import dialling, following, hearing, placing, reconciling

handlers = Handlers("calling")
for part in (following, dialling, placing, hearing, reconciling):
    handlers.include(part.handlers)
