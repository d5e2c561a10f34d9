"""The kinds of candidates there are, and who is which.

Chosen from the seed and the phone number, unless named: by the control API, or by a plus tag in the lead's
own email address (``ana.pop+never-answers@example.com``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sandbox.dice import Dice


class Persona(StrEnum):
    QUALIFIES = "qualifies"
    SENDS_CV_BY_WHATSAPP = "sends-cv-by-whatsapp"
    CV_FROM_ANOTHER_ADDRESS = "cv-from-another-address"
    CV_FROM_A_FRIENDS_ADDRESS = "cv-from-a-friends-address"
    REPLIES_FIRST = "replies-first"
    CV_AFTER_FOLLOW_UP_1 = "cv-after-follow-up-1"
    CV_AFTER_FOLLOW_UP_2 = "cv-after-follow-up-2"
    NEVER_SENDS_CV = "never-sends-cv"
    NOT_QUALIFIED = "not-qualified"
    NOT_QUALIFIED_CV_BY_EMAIL = "not-qualified-cv-by-email"
    NOT_QUALIFIED_CV_BY_WHATSAPP = "not-qualified-cv-by-whatsapp"
    CALL_BACK_TOMORROW = "call-back-tomorrow"
    WANTS_A_HUMAN = "wants-a-human"
    NEVER_ANSWERS = "never-answers"
    VOICEMAIL = "voicemail"
    BUSY_THEN_ANSWERS = "busy-then-answers"
    ANSWERS_AT_SECOND_TRY = "answers-at-second-try"
    MANUAL = "manual"


class OnCall(StrEnum):
    """What happens when the phone rings."""

    FITS = "fits"
    DOES_NOT_FIT = "does_not_fit"
    CALL_BACK = "call_back"
    WANTS_HUMAN = "wants_human"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    VOICEMAIL = "voicemail"
    MANUAL = "manual"


class Sends(StrEnum):
    """How a CV leaves."""

    NEVER = "never"
    EMAIL = "email"
    OTHER_EMAIL = "other_email"
    FRIENDS_EMAIL = "friends_email"
    WHATSAPP = "whatsapp"


@dataclass(frozen=True, slots=True)
class Traits:
    """``calls`` by number of the call, the last one for all further; ``asks``: how often one must ask."""

    calls: tuple[OnCall, ...]
    sends: Sends = Sends.NEVER
    asks: int = 1
    replies_first: bool = False
    weight: int = 0


_FITS = (OnCall.FITS,)
_NOT = (OnCall.DOES_NOT_FIT,)

TRAITS: dict[Persona, Traits] = {
    Persona.QUALIFIES: Traits(_FITS, Sends.EMAIL, weight=22),
    Persona.SENDS_CV_BY_WHATSAPP: Traits(_FITS, Sends.WHATSAPP, weight=9),
    Persona.CV_FROM_ANOTHER_ADDRESS: Traits(_FITS, Sends.OTHER_EMAIL, weight=4),
    Persona.CV_FROM_A_FRIENDS_ADDRESS: Traits(_FITS, Sends.FRIENDS_EMAIL, weight=2),
    Persona.REPLIES_FIRST: Traits(_FITS, Sends.EMAIL, replies_first=True, weight=4),
    Persona.CV_AFTER_FOLLOW_UP_1: Traits(_FITS, Sends.EMAIL, asks=2, weight=4),
    Persona.CV_AFTER_FOLLOW_UP_2: Traits(_FITS, Sends.EMAIL, asks=3, weight=3),
    Persona.NEVER_SENDS_CV: Traits(_FITS, weight=6),
    Persona.NOT_QUALIFIED: Traits(_NOT, weight=12),
    Persona.NOT_QUALIFIED_CV_BY_EMAIL: Traits(_NOT, Sends.EMAIL, weight=3),
    Persona.NOT_QUALIFIED_CV_BY_WHATSAPP: Traits(_NOT, Sends.WHATSAPP, weight=3),
    Persona.CALL_BACK_TOMORROW: Traits((OnCall.CALL_BACK, OnCall.FITS), Sends.EMAIL, weight=6),
    Persona.WANTS_A_HUMAN: Traits((OnCall.WANTS_HUMAN,), weight=4),
    Persona.NEVER_ANSWERS: Traits((OnCall.NO_ANSWER,), weight=7),
    Persona.VOICEMAIL: Traits((OnCall.VOICEMAIL,), weight=3),
    Persona.BUSY_THEN_ANSWERS: Traits((OnCall.BUSY, OnCall.FITS), Sends.EMAIL, weight=4),
    Persona.ANSWERS_AT_SECOND_TRY: Traits((OnCall.NO_ANSWER, OnCall.FITS), Sends.WHATSAPP, weight=4),
    Persona.MANUAL: Traits((OnCall.MANUAL,)),
}


def choose(dice: Dice, key: str) -> Persona:
    """The persona of a phone number (or of an address that never had one)."""
    total = sum(traits.weight for traits in TRAITS.values())
    mark = dice.number("persona", key) % total
    for persona, traits in TRAITS.items():
        mark -= traits.weight
        if mark < 0:
            return persona
    raise AssertionError("weights do not add up")


def named_in(email: str) -> Persona | None:
    """The persona that a plus tag names, if it names one."""
    local = email.partition("@")[0].lower()
    tag = local.partition("+")[2].replace("_", "-")
    return Persona(tag) if tag in Persona._value2member_map_ else None


def on_call(persona: Persona, number: int) -> OnCall:
    """What happens at the ``number``-th call, counted from 1."""
    calls = TRAITS[persona].calls
    return calls[min(number, len(calls)) - 1]
