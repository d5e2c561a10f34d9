"""Plain text on request: the three prompts of a position, from its title, description and questions.

What is written goes with the opening line that is said before every call: nothing greets or introduces again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.personas.speech import language_of

_ASKED = re.compile(r"\bthe (system prompt|first message|qualification prompt) of a position\b", re.I)
_TAGGED = re.compile(r"<(title|description|campaign_questions)>(.*?)</\1>", re.DOTALL)
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


@dataclass(frozen=True, slots=True)
class Position:
    """What a request says about a position. ``spoken_title`` is the placeholder where that is asked for."""

    language: str
    title: str
    spoken_title: str
    questions: list[str]


def compose(text: str, last: str) -> str:
    """The text asked for; a short plain answer where nothing is recognised."""
    about = _position(text, last)
    asked = _ASKED.search(text)
    section = asked.group(1).lower().replace(" ", "_") if asked else _section(last) or _section(text)
    if section == "first_message":
        return _first_message(about)
    if section == "qualification_prompt":
        return _qualification(about)
    if section == "system_prompt":
        return _system(about)
    return "Am citit mesajul." if about.language == "ro" else "I have read the message."


def _position(text: str, last: str) -> Position:
    given = {name: inside.replace("&lt;", "<").strip() for name, inside in _TAGGED.findall(last)}
    found = _TITLE.search(last) or _TITLE.search(text)
    title = given.get("title") or (found.group(1).strip() if found and not given else "{position_title}")
    if "campaign_questions" in given:
        lines = given["campaign_questions"].splitlines()
    else:
        lines = [line for line in last.splitlines() if line.strip().endswith("?")]
    return Position(
        language=language_of("\n".join(given.values()) or last),
        title=title,
        spoken_title="{position_title}" if "{position_title}" in last else title,
        questions=[line.strip(" -*•\t") for line in lines if line.strip()][:8],
    )


def _section(text: str) -> str | None:
    places = {name: found.start() for name, pattern in _SECTIONS.items() if (found := pattern.search(text))}
    return min(places, key=lambda name: places[name]) if places else None


def _first_message(about: Position) -> str:
    if about.language == "ro":
        return (
            f"Este vorba despre candidatura dumneavoastră pentru postul {about.spoken_title}. Este un moment"
            " bun pentru câteva întrebări?"
        )
    return (
        f"It is about your application for the {about.spoken_title} position. Is now a good moment for a few"
        " questions?"
    )


def _system(about: Position) -> str:
    listed = "\n".join(f"- {question}" for question in about.questions)
    if about.language == "ro":
        return (
            "Ești un sistem AI care sună pentru echipa de recrutare și discută cu {candidate_name} despre"
            f" postul {about.spoken_title}. Replica de deschidere a fost deja spusă: nu mai saluta și nu te"
            " mai prezenta. Nu nega niciodată că ești un sistem AI.\n"
            "Vorbește politicos, pune câte o întrebare pe rând și nu promite nimic. Dacă nu este un moment"
            " bun, întreabă când poți reveni. Dacă persoana nu vrea să răspundă sau nu mai vrea să fie"
            " sunată, acceptă imediat. Dacă cere un om, spune că un coleg o va suna.\n\n"
            f"Întrebări:\n{listed}\n\n"
            "Răspunsuri din formular:\n{form_answers}"
        )
    return (
        "You are an AI system calling for the recruiting team and speak with {candidate_name} about the"
        f" {about.spoken_title} position. The opening line has already been said: do not greet or introduce"
        " yourself again. Never deny being an AI.\n"
        "Be polite, ask one question at a time and promise nothing. If this is not a good moment, ask when to"
        " call back. If the person does not want to answer or to be called again, accept it at once. If they"
        f" ask for a person, say that a colleague will call.\n\nQuestions:\n{listed}\n\n"
        "Answers given in the form:\n{form_answers}"
    )


def _qualification(about: Position) -> str:
    if about.language == "ro":
        judged = "un răspuns afirmativ îndeplinește criteriul, unul negativ nu; altfel rămâne necunoscut."
        listed = "\n".join(f"- {question} {judged}" for question in about.questions)
        return (
            f"Pentru postul {about.title} se urmăresc, pe rând:\n{listed}\nPersoana este calificată dacă"
            " dorește postul și niciun criteriu obligatoriu nu este neîndeplinit. Un răspuns lipsă nu este un"
            " refuz."
        )
    judged = "an answer in favour meets it, one against does not; anything else leaves it unknown."
    listed = "\n".join(f"- {question} {judged}" for question in about.questions)
    return (
        f"For the {about.title} position look at these, one by one:\n{listed}\nThe person is qualified when"
        " they want the job and no required criterion is unmet. A missing answer is not a no."
    )
