"""What scoring does when something happens elsewhere."""

from chassis import Handlers

from scoring.handlers import evaluate, follow_intake

handlers = Handlers("scoring")
handlers.include(follow_intake.handlers)
handlers.include(evaluate.handlers)
