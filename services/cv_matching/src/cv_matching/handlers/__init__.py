"""Everything cv_matching listens to."""

from __future__ import annotations

from chassis import Handlers

from cv_matching.handlers import assigning, following, linking, matching, reviewing, taking_back

handlers = Handlers("cv_matching")
handlers.include(following.handlers)
handlers.include(linking.handlers)
handlers.include(matching.handlers)
handlers.include(assigning.handlers)
handlers.include(reviewing.handlers)
handlers.include(taking_back.handlers)
