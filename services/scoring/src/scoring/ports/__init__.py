"""What the handlers of scoring need from the outside."""

from scoring.ports.evaluations import Evaluation, Evaluations, NotYetKnown, OpenEvaluation
from scoring.ports.model import Answer, Model, ModelObjects, ModelSilent
from scoring.ports.pipeline import Person, Pipeline, Position

__all__ = [
    "Answer",
    "Evaluation",
    "Evaluations",
    "Model",
    "ModelObjects",
    "ModelSilent",
    "NotYetKnown",
    "OpenEvaluation",
    "Person",
    "Pipeline",
    "Position",
]
