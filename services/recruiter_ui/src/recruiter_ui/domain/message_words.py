"""Templates of messages in words: their types, channels, languages, and what may stand in braces."""

from __future__ import annotations

TYPES = {
    "cv_request": ("CV request", "Asks a candidate who qualified for their CV."),
    "cv_request_rejected": (
        "Not a fit, CV for later",
        "Tells a candidate who did not qualify, and asks for their CV for later positions.",
    ),
    "cv_followup_1": ("First reminder", "When no CV has come after the position's interval."),
    "cv_followup_2": ("Last reminder", "When no CV has come after another interval."),
    "rejection": ("Rejection", "Sent by hand from an application."),
}
"""In the order in which a candidate would get them (recruitflow.md 4.11)."""
CHANNELS = {"email": "Email", "whatsapp": "WhatsApp"}
LANGUAGES = {
    "ro": "Romanian",
    "en": "English",
    "de": "German",
    "fr": "French",
    "hu": "Hungarian",
    "it": "Italian",
    "es": "Spanish",
    "uk": "Ukrainian",
}
"""Those with a name here; a template may be in any other with two letters."""
DEFAULT_LANGUAGE = "ro"
PLACEHOLDERS = {
    "first_name": "the candidate's first name; nothing is left open where it is not known",
    "position_title": "the position's title",
    "reference": "the application's reference, such as RF-7K3Q9DX; a reply that names it finds its candidate",
    "application_pk": "the application's number",
}


def language_name(code: str) -> str:
    return LANGUAGES.get(code, code.upper())


def is_language(code: str) -> bool:
    return len(code) == 2 and code.isascii() and code.isalpha() and code.islower()


def title_of(message_type: str, channel: str, language: str) -> str:
    return f"{TYPES[message_type][0]}, {CHANNELS[channel]}, {language_name(language)}"
