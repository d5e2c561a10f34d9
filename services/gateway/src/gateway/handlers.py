"""The gateway reacts to no event: it only takes deliveries in (see ``routes``)."""

from chassis import Handlers

handlers = Handlers("gateway")
