"""The texts of a position that can be written by a model: their names and what may stand in braces."""

from __future__ import annotations

SECTIONS = {
    "system_prompt": "Instructions",
    "first_message": "First message",
    "qualification_prompt": "Qualification rules",
}
"""In the order in which they are written; as the position form names them."""
WHAT_FOR = {
    "system_prompt": "How the assistant behaves in a call and what it asks.",
    "first_message": "What the assistant says after its opening line.",
    "qualification_prompt": "By what rules an answered call is judged.",
}
FILLED_NOW = {
    "title": "the position's title",
    "description": "its description",
    "campaign_questions": "its screening questions",
}
"""What a template is filled with before the model reads it (recruitflow.md 4.10)."""
SPOKEN_FROM = ("system_prompt", "first_message")
"""Whose placeholders are filled for each call; a template may ask the model to write them into the text."""
