"""What the handlers of scoring need from the outside."""

from scoring.ports.evaluations import (
    Evaluation,
    Evaluations,
    Judged,
    NotYetKnown,
    OpenEvaluation,
    Record,
)
from scoring.ports.model import Answer, Model, ModelObjects, ModelSilent, Written
from scoring.ports.pipeline import Person, Pipeline, Position
from scoring.ports.prompts import (
    Generation,
    Generations,
    PromptTemplates,
    SectionTask,
    Template,
    TemplateVersion,
)

__all__ = [
    "Answer",
    "Evaluation",
    "Evaluations",
    "Generation",
    "Generations",
    "Judged",
    "Model",
    "ModelObjects",
    "ModelSilent",
    "NotYetKnown",
    "OpenEvaluation",
    "Person",
    "Pipeline",
    "Position",
    "PromptTemplates",
    "Record",
    "SectionTask",
    "Template",
    "TemplateVersion",
    "Written",
]
