"""``ApplicationOpened`` as JSON, for whole imports: to build and dump a model for every row is dear.

The structs take their fields from the contracts, and what is the same in every row of an import is dumped by
the contract itself. A test holds each against what the contract writes, as does the transaction in memory.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any
from uuid import UUID

from chassis.tx import Written
from contracts.base import Message
from contracts.intake import ApplicationOpened, CandidateProfile, FormAnswer
from msgspec import Raw, defstruct
from msgspec.json import Encoder
from people import humanize_question

from intake.domain.profiles import Profile
from intake.handlers.profiles import published_fields


def _struct_of(contract: type[Message]) -> Callable[..., Any]:
    """As cheap as a tuple, and written as an object; all of the contract's fields have to be given."""
    return defstruct(contract.__name__, list(contract.model_fields))


_opened = _struct_of(ApplicationOpened)
_profile = _struct_of(CandidateProfile)
_answer = _struct_of(FormAnswer)
_label = lru_cache(maxsize=1_000)(humanize_question)
_json = Encoder()


class WrittenOpened:
    """Of the people that one import brings into a position."""

    def __init__(self, position_id: int, import_id: UUID) -> None:
        event = ApplicationOpened(
            candidate_id=0,
            application_id=0,
            position_id=position_id,
            profile=CandidateProfile(full_name="", first_name="", last_name=""),
            import_id=import_id,
        )
        same = event.model_dump(mode="json", exclude={"candidate_id", "application_id", "profile"})
        self._same = {field: Raw(_json.encode(value)) for field, value in same.items()}

    def of(self, candidate_id: int, application_id: int, profile: Profile) -> Written:
        event = _opened(
            candidate_id=candidate_id,
            application_id=application_id,
            profile=_profile(**published_fields(profile, _answered)),
            **self._same,
        )
        return Written(candidate_id, application_id, _json.encode(event).decode())


def _answered(question: str, answer: str) -> Any:
    return _answer(question, _label(question), answer)
