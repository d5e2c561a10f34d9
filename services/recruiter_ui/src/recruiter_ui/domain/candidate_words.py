"""A person's fields as a recruiter reads them, what happened to them, and on what they can be reached."""

from __future__ import annotations

from typing import Any

from recruiter_ui.domain.position_words import LANGUAGES

LABELS = {
    "full_name": "Name",
    "phone": "Phone",
    "phone_as_given": "Phone as given",
    "email": "Email",
    "whatsapp_number": "WhatsApp number",
    "language": "Language",
    "time_zone": "Time zone",
    "notes": "Notes",
    "source": "Source",
    "meta_lead_id": "Lead number",
    "meta_created_time": "Submitted",
    "campaign_name": "Campaign",
    "platform": "Platform",
    "form_answers": "Form answers",
}
TYPED = ("full_name", "phone", "email", "whatsapp_number", "language", "time_zone", "notes")
"""What a recruiter can write of a person."""
SOURCES = {"meta_form": "Meta form", "manual": "By hand"}
PLATFORMS = {"fb": "Facebook", "ig": "Instagram", "msg": "Messenger"}
CHANNELS = {"call": "Calls", "whatsapp": "WhatsApp", "email": "Email"}
GLYPHS = {"call": "phone", "whatsapp": "wa", "email": "mail"}
SAID_IN = ("In a call", "By WhatsApp", "By email", "In person", "Another way")
CAUSES = {
    "import": "Updated by an import",
    "recruiter": "Corrected",
    "live_lead": "Updated by a live lead",
    "merge": "Combined by a merge",
    "merge_undone": "Put back: the merge was undone",
    "import_undone": "Put back: the import was undone",
}
_DERIVED = ("first_name", "last_name")


def said(field: str, value: Any) -> str:
    """A value in words; empty text where there is none."""
    match field:
        case "language":
            return LANGUAGES.get(str(value), str(value or ""))
        case "source":
            return SOURCES.get(str(value), str(value or ""))
        case "platform":
            return PLATFORMS.get(str(value), str(value or ""))
        case _:
            return "" if value is None else str(value)


def worth_telling(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without what follows from another field: the parts of a name, a number as it was typed."""
    names = {change["field"] for change in changes}
    hidden = (*_DERIVED, "phone_as_given") if "phone" in names else _DERIVED
    return [change for change in changes if change["field"] not in hidden]
