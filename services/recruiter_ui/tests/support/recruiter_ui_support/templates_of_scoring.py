"""Scoring's answers about prompt templates: active, waiting, and from before there were sections."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from contracts import Accepted, Refused
from contracts.scoring import (
    ListPromptTemplates,
    PromptSection,
    PromptTemplate,
    PromptVersion,
    ShowPromptTemplate,
)

THEN = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
FIRST = "Write how the assistant behaves in a call for {title}.\n\nAsk: {campaign_questions}\nBe brief."
SECOND = (
    "Write how the assistant behaves in a call for {title}.\n\nAsk one at a time: {campaign_questions}\n"
    "Use {candidate_first_name}. Be brief and warm."
)


def templates() -> list[PromptTemplate]:
    versions = [
        PromptVersion(version=2, name="Calm interviewer", meta_prompt=SECOND, saved_at=THEN,
                      saved_by="Irina Dobre"),
        PromptVersion(version=1, name="Interviewer", meta_prompt=FIRST, saved_at=THEN - timedelta(days=3)),
    ]  # fmt: skip
    active = PromptTemplate(
        template_id=1, section=PromptSection.SYSTEM_PROMPT, name="Calm interviewer", meta_prompt=SECOND,
        version=2, is_active=True, updated_at=THEN, updated_by="Irina Dobre", versions=versions,
    )  # fmt: skip
    waiting = PromptTemplate(
        template_id=2, section=PromptSection.FIRST_MESSAGE, name="Short opening",
        meta_prompt="Say why you call, for {title}.", version=1, is_active=False, updated_at=THEN,
    )  # fmt: skip
    rules = PromptTemplate(
        template_id=4, section=PromptSection.QUALIFICATION_PROMPT, name="Conservative qualifier",
        meta_prompt="Write the rules for {title}.", version=5, is_active=True, updated_at=THEN,
        updated_by="Paul Achim",
    )  # fmt: skip
    legacy = PromptTemplate(
        template_id=3, section=None, name="All three at once", meta_prompt="Write JSON for {title}.",
        version=1, is_active=False, updated_at=THEN - timedelta(days=90),
    )  # fmt: skip
    return [active, waiting, rules, legacy]


def listed(query: ListPromptTemplates) -> Accepted:
    those = [it.model_copy(update={"versions": []}) for it in templates()]
    return Accepted(result={"templates": [it.model_dump(mode="json") for it in those]})


def shown(query: ShowPromptTemplate) -> Accepted | Refused:
    found = next((it for it in templates() if it.template_id == query.template_id), None)
    if found is None:
        return Refused(code="not_found", message=f"There is no prompt template {query.template_id}.")
    return Accepted(result={"template": found.model_dump(mode="json")})
