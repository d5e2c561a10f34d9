"""What scoring does when something happens elsewhere."""

from chassis import Handlers

from scoring.handlers import evaluate, follow_intake, generating, prompt_templates, reevaluate

handlers = Handlers("scoring")
handlers.include(follow_intake.handlers)
handlers.include(evaluate.handlers)
handlers.include(reevaluate.handlers)
handlers.include(prompt_templates.handlers)
handlers.include(generating.handlers)
