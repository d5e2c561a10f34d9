"""Plain text on request: the three prompts of a position, from its title, description and questions."""

from __future__ import annotations

import re

from sandbox.personas.speech import language_of

_TITLE = re.compile(
    r"^\W*(?:position title|job title|title|position|titlu(?:l)?(?: postului)?|post(?:ul)?|rol(?:ul)?)"
    r"\W*:\s*\W*(.+?)\W*$",
    re.IGNORECASE | re.MULTILINE,
)
_SECTIONS = {
    "first_message": re.compile(
        r"first[ _]message|opening (?:line|message)|primul mesaj|mesajul? de deschidere", re.I
    ),
    "qualification_prompt": re.compile(
        r"qualification[ _]prompt|qualif\w+ criteria|criterii\w* de calificare", re.I
    ),
    "system_prompt": re.compile(
        r"system[ _]prompt|prompt\w* de sistem|instructions for the (?:voice )?agent", re.I
    ),
}


def compose(text: str, last: str) -> str:
    """The text asked for; a short plain answer where nothing is recognised."""
    language = language_of(last)
    found = _TITLE.search(last) or _TITLE.search(text)
    title = found.group(1).strip() if found else "{position_title}"
    questions = [line.strip(" -*•\t") for line in last.splitlines() if line.strip().endswith("?")][:8]
    section = _section(last) or _section(text)
    if section == "first_message":
        return _first_message(language, title)
    if section == "qualification_prompt":
        return _qualification(language, title, questions)
    if section == "system_prompt":
        return _system(language, title, questions)
    return "Am citit mesajul." if language == "ro" else "I have read the message."


def _section(text: str) -> str | None:
    places = {name: found.start() for name, pattern in _SECTIONS.items() if (found := pattern.search(text))}
    return min(places, key=lambda name: places[name]) if places else None


def _first_message(language: str, title: str) -> str:
    if language == "ro":
        return (
            f"Bună ziua, {{candidate_first_name}}! Sunt asistentul virtual al echipei de recrutare și vă sun"
            f" în legătură cu postul de {title}. Aveți câteva minute?"
        )
    return (
        f"Hello {{candidate_first_name}}! I am the recruiting team's virtual assistant, calling about the"
        f" {title} position. Do you have a few minutes?"
    )


def _system(language: str, title: str, questions: list[str]) -> str:
    listed = "\n".join(f"- {question}" for question in questions)
    if language == "ro":
        return (
            f"Ești un asistent de recrutare care discută la telefon cu {{candidate_name}} despre postul de"
            f" {title}. "
            "Vorbește politicos, pune câte o întrebare pe rând și nu promite nimic. Dacă persoana nu poate"
            " vorbi, întreabă"
            f" când poate fi sunată. Dacă cere un om, spune că un coleg va reveni.\n\n"
            f"Întrebări:\n{listed}\n\n"
            "Răspunsuri din formular:\n{form_answers}"
        )
    return (
        f"You are a recruiting assistant speaking on the phone with {{candidate_name}} about the {title}"
        " position. Be polite, ask one question at a time and promise nothing. If the person can't talk, ask"
        " when to call back."
        f" If they want a human, say that a colleague will get in touch.\n\nQuestions:\n{listed}\n\n"
        "Answers given in the form:\n{form_answers}"
    )


def _qualification(language: str, title: str, questions: list[str]) -> str:
    listed = "\n".join(f"- {question}" for question in questions)
    if language == "ro":
        return (
            f"Evaluează dacă persoana se potrivește pentru postul de {title}. Este calificată dacă răspunde"
            f" favorabil la majoritatea întrebărilor de mai jos și dorește postul.\n{listed}"
        )
    return (
        f"Decide whether the person fits the {title} position. They qualify when they answer most"
        f" of the questions below in favour of the role and want it.\n{listed}"
    )
