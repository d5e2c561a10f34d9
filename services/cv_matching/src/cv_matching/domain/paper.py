"""What a document says about its owner by itself, before a model is asked.

A CV bears its owner's name at the top. Further down names are those of referees, employers and streets, so
only the top counts; what stands elsewhere is a question for the model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from people import is_given_name, sound

from cv_matching.domain.names import THRESHOLD, best_likeness, words
from cv_matching.domain.verdicts import Person

HEAD_LINES = 14
_SHORT_LINE = 5
"""Up to so many words a line is looked at as a whole: a name, perhaps with a label before it."""
_LABELS = frozenset(
    ("nume", "prenume", "name", "surname", "first", "last", "given", "family", "vorname", "nachname", "nev")
)
_ADDRESSES = re.compile(r"\S+@\S+|(?:https?://|www\.)\S+", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*\.?")


@dataclass(frozen=True, slots=True)
class Paper:
    """``head``: the folded words of the first lines, without addresses: a mailbox is not a name.

    ``emails`` and ``phones`` are all that stand in the text, in their comparable form.
    """

    head: tuple[tuple[str, ...], ...]
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()


NOTHING = Paper(())


def name_words(line: str) -> tuple[str, ...]:
    """The words of a folded line that may be part of a name."""
    return tuple(_LETTERS.findall(_ADDRESSES.sub(" ", line)))


def name_on(paper: Paper, person: Person) -> int:
    """0 to 100: how surely the document bears the person's name at its top."""
    lengths = {len(words(name)) for name in person.names}
    return max((best_likeness(person.names, said) for said in _names_said(paper.head, lengths)), default=0)


def bears_contact_of(paper: Paper, person: Person) -> bool:
    return bool(paper.emails & person.emails or paper.phones & person.phones)


def contradicts(emails: frozenset[str], phones: frozenset[str], person: Person) -> bool:
    """Numbers are given and none is the person's, nor is any address: it may be a namesake's."""
    on_file = [phone for phone in person.phones if phone.startswith("+")]  # a hidden number's id is none
    if not phones or not on_file or phones & person.phones:
        return False
    return not emails & person.emails


def _names_said(head: Sequence[Sequence[str]], lengths: set[int]) -> Iterator[str]:
    """Short lines as they are and with the next one (the name may take two), longer ones in pieces."""
    for at, line in enumerate(head):
        if 2 <= len(line) <= _SHORT_LINE:
            yield " ".join(line)
        following = head[at + 1] if at + 1 < len(head) else ()
        if following and _begins_a_name(line) and len(line) + len(following) <= _SHORT_LINE:
            yield " ".join((*line, *following))
        if len(line) > _SHORT_LINE:
            for length in lengths:
                for start in range(len(line) - length + 1):
                    yield " ".join(line[start : start + length])


def _begins_a_name(line: Sequence[str]) -> bool:
    """One word alone, or a label with its word: the next line may hold the rest. A street's line does not."""
    return len(line) == 1 or (1 < len(line) <= 3 and line[0] in _LABELS)


def names_somebody_else(said: Sequence[str], person: Person) -> bool:
    """Whether a file's name is clearly another person's: a given name stands in it, and nothing of theirs."""
    if not any(is_given_name(word) for word in said) or len(said) < 2:
        return False
    theirs = {sound(word) for name in person.names for word in words(name)}
    return not any(is_given_name(word) and sound(word) in theirs for word in said)


def shares_no_word(shown: str, person: Person) -> bool:
    """Whether a name of two words or more is nothing like the person's."""
    theirs = {sound(word) for name in person.names for word in words(name)}
    said = [sound(word) for word in words(shown)]
    return len(said) > 1 and not theirs.intersection(said)


def names_a_relative(paper: Paper, person: Person) -> bool:
    """Whether a line of the top has a word of the person's name beside somebody else's given name."""
    theirs = {sound(word) for name in person.names for word in words(name)}
    return any(
        2 <= len(line) <= _SHORT_LINE
        and theirs.intersection(map(sound, line))
        and names_somebody_else(line, person)
        for line in paper.head
    )


def stands_below_another(paper: Paper, person: Person) -> bool:
    """Whether a line above the person's name is clearly somebody else's: the owner's comes first."""
    for at, line in enumerate(paper.head):
        if name_on(Paper(paper.head[: at + 1]), person) >= THRESHOLD:
            return False
        if 2 <= len(line) <= _SHORT_LINE and names_somebody_else(line, person):
            return True
    return False
