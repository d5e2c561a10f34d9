"""Why a call is not placed now: one name per reason, and its words for a recruiter."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """In the order in which they count where several hold (those of the gate)."""

    NO_LONGER_QUEUED = "no_longer_queued"
    DO_NOT_CONTACT = "do_not_contact"
    POSITION_CLOSED = "position_closed"
    NO_VALID_NUMBER = "no_valid_number"
    PROMPTS_MISSING = "prompts_missing"
    ATTEMPTS_USED_UP = "attempts_used_up"

    POSITION_PAUSED = "position_paused"
    STOPPED = "stopped"
    UNKNOWN_TIME_ZONE = "unknown_time_zone"
    NO_CALLING_HOURS = "no_calling_hours"
    NO_COMMON_HOURS = "no_common_hours"

    PLANNED_LATER = "planned_later"
    COOLDOWN = "cooldown"
    PUBLIC_HOLIDAY = "public_holiday"
    OUTSIDE_DAYS = "outside_days"
    OUTSIDE_HOURS = "outside_hours"
    PERSON_BEING_CALLED = "person_being_called"
    DAILY_CAP = "daily_cap"
    LINES_BUSY = "lines_busy"

    PROVIDER_BUSY = "provider_busy"
    NUMBER_CORRECTED = "number_corrected"


MESSAGES: dict[Reason, str] = {
    Reason.POSITION_CLOSED: "The position is closed. Open it again to call its candidates.",
    Reason.POSITION_PAUSED: "The position is paused. The call waits until it is open again.",
    Reason.NO_LONGER_QUEUED: "The application left the call queue.",
    Reason.DO_NOT_CONTACT: (
        "The candidate asked not to be called."
        " Allow calls again only when they say so, then trigger the call again."
    ),
    Reason.NO_VALID_NUMBER: (
        "The candidate has no phone number that can be dialled. Correct it, then trigger the call again."
    ),
    Reason.PROMPTS_MISSING: (
        "The position has no system prompt or no first message."
        " Write or generate them, then trigger the call again."
    ),
    Reason.ATTEMPTS_USED_UP: "Every attempt that the position allows was made.",
    Reason.STOPPED: "Dialling is stopped. The call waits until it is resumed.",
    Reason.PLANNED_LATER: "The next attempt is planned for later.",
    Reason.COOLDOWN: "The same person was called for another application a short while ago.",
    Reason.PERSON_BEING_CALLED: "The same person is being called for another application.",
    Reason.PUBLIC_HOLIDAY: "It is a public holiday where the person is.",
    Reason.OUTSIDE_DAYS: "Where the person is, it is no day on which the position calls.",
    Reason.OUTSIDE_HOURS: "Outside the calling hours where the person is.",
    Reason.NO_CALLING_HOURS: "The position has no calling hours or days. Set them, and the call is placed.",
    Reason.NO_COMMON_HOURS: (
        "The number may be in several time zones, and at no moment are all of them within the calling hours."
        " Say in the candidate's profile which zone it is, and the call is placed."
    ),
    Reason.UNKNOWN_TIME_ZONE: "The position's time zone is not known. Correct it, and the call is placed.",
    Reason.DAILY_CAP: "As many calls as are allowed in a day were made today.",
    Reason.LINES_BUSY: "As many calls as are allowed at once are under way. The next one to end makes room.",
    Reason.PROVIDER_BUSY: "The telephony provider takes no calls at the moment.",
    Reason.NUMBER_CORRECTED: "The phone number was corrected just now: the new one is called instead.",
}
