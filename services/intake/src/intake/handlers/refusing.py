"""Why nothing can be decided about two people as they were named."""

from __future__ import annotations

from contracts import Refused

from intake.ports import Candidate


def not_themselves(one: Candidate, other: Candidate) -> Refused | None:
    """Why a decision about these two can't be made; the message says about whom it can."""
    if one.merged_into == other.candidate_id or other.merged_into == one.candidate_id:
        return Refused(code="merged_already", message="These two are merged already.")
    for person in (one, other):
        if person.merged_into is not None:
            message = (
                f"Candidate {person.candidate_id} was merged into candidate {person.merged_into}:"
                f" decide about {person.merged_into}."
            )
            return Refused(code="merged_already", message=message)
        if person.withdrawn_at is not None:
            message = f"The import that brought candidate {person.candidate_id} was undone."
            return Refused(code="withdrawn", message=message)
    return None
