"""Everything cv_matching listens to."""

from __future__ import annotations

from chassis import Handlers

from cv_matching.handlers import following, matching, reviewing

handlers = Handlers("cv_matching")
handlers.include(following.handlers)
handlers.include(matching.handlers)
handlers.include(reviewing.handlers)
