"""Whether a quote stands in what the candidate said."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scoring.domain.call import Turn
from scoring.domain.evidence import NEGATIONS, Mark, find_wish, words
from scoring.domain.evidence import find_quote as marks_of

from .finished_calls import TURNS


def find_quote(turns: Sequence[Turn], quote: str, hint: int | None) -> int | None:
    """The turn in which it begins."""
    found = marks_of(turns, quote, hint)
    return found[0].turn if found else None


@pytest.mark.parametrize(
    "quote",
    [
        "am permis categoria B de opt ani",
        "AM PERMIS CATEGORIA B",
        "  am   permis\n categoria\tB ",
        "Da am permis",
        "„Da, am permis categoria B de opt ani.”",
        "«da» – am permis…",
        "...am permis categoria B...",
        "categoria B",
        "da, a\u0306m permis",
        "da\u200b, am per\u00admis",
    ],
)
def test_case_spacing_punctuation_and_quotation_marks_make_no_difference(quote: str) -> None:
    assert find_quote(TURNS, quote, 1) == 1


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("Locuiesc în Brașov și știu engleză.", "locuiesc in brasov si stiu engleza"),
        ("Locuiesc in Brasov si stiu engleza.", "Locuiesc în Brașov și știu engleză"),
        ("Locuiesc în Braşov şi ştiu.", "Locuiesc în Brașov și știu"),
        ("I don't have a licence.", "I don’t have a licence"),
        ("I don’t have a licence.", "I dont have a licence"),
        ("Într-o săptămână pot.", "intr o saptamana pot"),
        ("Scrieți-mi pe e-mail, vă rog.", "pe email"),
        ("Da\u202e, am permis.", "da, am permis"),
        ("Ｄａ，ａｍ permis.", "Da, am permis"),
        ("Am 12,5 ani vechime.", "12.5 ani"),
    ],
)
def test_two_ways_of_writing_the_same_words_are_the_same(text: str, quote: str) -> None:
    assert find_quote([Turn("agent", "?"), Turn("user", text)], quote, 1) == 1


@pytest.mark.parametrize(
    "quote",
    [
        "am permis categoria C",
        "am permis de opt ani",
        "permis am categoria B",
        "am permis ... de opt ani",
        "am permis categoria B de opt ani și jumătate",
        "nu am permis",
        "ermis categoria",
        "am permis categoria B de opt an",
        "Аm permis categoria B",
        "da, categoria B",
        "",
        "  ",
        "?!…",
    ],
)
def test_words_that_are_altered_left_out_or_put_in_are_not_found(quote: str) -> None:
    assert find_quote(TURNS, quote, 1) is None


@pytest.mark.parametrize("quote", ["Aveți permis categoria B", "Puteți lucra în ture", "la revedere"])
@pytest.mark.parametrize("hint", [None, 0, 1, 4, 6])
def test_the_agents_words_are_nobodys_evidence(quote: str, hint: int | None) -> None:
    assert find_quote(TURNS, quote, hint) is None


@pytest.mark.parametrize("hint", [None, -1, 0, 3, 5, 99, 10**30])
def test_the_turn_named_is_a_hint_and_the_place_is_searched_for(hint: int | None) -> None:
    assert find_quote(TURNS, "am permis categoria B", hint) == 1


def test_of_several_places_the_one_named_counts_else_the_nearest() -> None:
    turns = [Turn("user" if number % 2 else "agent", "Da, sigur că pot.") for number in range(8)]
    assert find_quote(turns, "sigur că pot", 5) == 5
    assert find_quote(turns, "sigur că pot", 6) == 5
    assert find_quote(turns, "sigur că pot", 0) == 1
    assert find_quote(turns, "sigur că pot", None) == 1


@pytest.mark.parametrize(
    ("text", "quote", "found"),
    [
        ("Nu am permis categoria B.", "am permis categoria B", False),
        ("N-am permis categoria B.", "am permis categoria B", False),
        ("Nu, am permis categoria B.", "am permis categoria B", True),
        ("Nu. Am permis categoria B.", "am permis categoria B", True),
        ("Nu am permis categoria B.", "nu am permis categoria B", True),
        ("I do not have a licence.", "have a licence", False),
        ("I don't have a licence.", "have a licence", False),
        ("I can't work nights at all.", "I can", False),
        ("I cannot work nights.", "work nights", False),
        ("No, I have a licence.", "I have a licence", True),
        ("Nu știu; lucrez în ture, nu-mi place.", "lucrez în ture", True),
        ("Am cinci ani fără experiență de birou.", "experiență de birou", False),
    ],
)
def test_a_quote_does_not_begin_behind_the_word_that_turns_it_round(
    text: str, quote: str, found: bool
) -> None:
    assert (find_quote([Turn("user", text)], quote, 0) == 0) is found


SHORT_TURNS = (
    Turn("agent", "Aveți permis?"),
    Turn("user", "Da."),
    Turn("agent", "Lucrați în ture?"),
    Turn("user", "Nu, dar da, weekendul merge."),
    Turn("agent", "Aveți mașină?"),
    Turn("user", "Nu am mașină, dau cu chirie."),
)


@pytest.mark.parametrize(
    ("quote", "hint", "place"),
    [
        ("da", 1, 1),
        ("Da!", 3, 3),
        ("da", 5, None),
        ("da", None, None),
        ("da", 0, None),
        ("weekendul merge", None, 3),
        ("weekendul merge", 2, 3),
        ("weekendul merge", 5, None),
        ("nu am", 5, 5),
        ("nu", 4, None),
    ],
)
def test_a_short_quote_counts_where_it_was_said_to_stand(
    quote: str, hint: int | None, place: int | None
) -> None:
    assert find_quote(SHORT_TURNS, quote, hint) == place


def test_a_sentence_cut_in_two_by_speech_recognition_is_one_but_never_across_the_agent() -> None:
    turns = [
        Turn("agent", "Spuneți."),
        Turn("user", "Am lucrat opt"),
        Turn("agent", "  "),
        Turn("user", "ani la depozit."),
        Turn("agent", "Aha."),
        Turn("user", "Și doi ani ca șofer."),
    ]
    assert find_quote(turns, "am lucrat opt ani la depozit", 3) == 1
    assert find_quote(turns, "ani la depozit și doi ani", 3) is None


@pytest.mark.parametrize(
    ("quote", "place"), [("am 1.2", 0), ("am 1 2 5 ani", 0), ("am 12", None), ("25 ani", None), ("125", None)]
)
def test_numbers_are_not_written_together(quote: str, place: int | None) -> None:
    assert find_quote([Turn("user", "Am 1.2 5 ani.")], quote, 0) == place


def test_marks_are_characters_of_the_turns_a_quote_goes_through() -> None:
    turns = [
        Turn("agent", "Da?"),
        Turn("user", "Păi… am lucrat"),
        Turn("agent", " "),
        Turn("user", "opt ani!"),
    ]
    assert marks_of(turns, "am lucrat opt ani", 1) == [Mark(1, 5, 14), Mark(3, 0, 7)]
    assert marks_of(turns, "opt ani", 3) == [Mark(3, 0, 7)]
    assert marks_of(turns, "nouă ani", 1) == []
    assert find_wish(turns, "opt ani") == [Mark(3, 0, 7)]


@pytest.mark.parametrize(
    ("text", "quote", "marked"),
    [
        ("Da, am permis categoria B.", "AM PERMIS, categoria b;", "am permis categoria B"),
        (
            "Am lucrat i\u0302n va\u0302nza\u0306ri\u0306, da",
            "în vânzări",
            "i\u0302n va\u0302nza\u0306ri\u0306",
        ),
        ("La „ﬁrma mea”, zic", "firma mea", "ﬁrma mea"),
        ("Straße acht, bitte", "STRASSE ACHT", "Straße acht"),
        ("Prin e-mail, v-am spus.", "email vam spus", "e-mail, v-am spus"),
        ("I can\u200bnot, sorry", "cannot", "can\u200bnot"),
    ],
)
def test_what_is_marked_is_what_was_said_however_it_is_written(text: str, quote: str, marked: str) -> None:
    [mark] = marks_of([Turn("user", text)], quote, 0)
    assert text[mark.start : mark.end] == marked


def test_a_wish_may_stand_anywhere() -> None:
    assert find_wish(SHORT_TURNS, "da")
    assert not find_wish(SHORT_TURNS, "aveți")
    assert not find_wish(SHORT_TURNS, "…")


WORD = st.text("abcdefghijklmnopqrstuvwxyzăâîșțéöü", min_size=1, max_size=8).filter(
    lambda word: words(word)[0] not in NEGATIONS
)
SENTENCE = st.lists(WORD, min_size=4, max_size=12)


def _dressed(word: str, draw: int) -> str:
    """The same word otherwise written."""
    plain = "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char))
    return [word, word.upper(), plain, unicodedata.normalize("NFD", word), word.title(), f"„{word}”"][draw]


@settings(deadline=None)
@given(SENTENCE, st.data())
def test_a_quote_is_found_however_it_is_dressed(sentence: list[str], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(sentence) - 3))
    last = data.draw(st.integers(first + 3, len(sentence)))
    dressed = [_dressed(word, data.draw(st.integers(0, 5))) for word in sentence[first:last]]
    gap = data.draw(st.sampled_from([" ", "  ", "\n", ", ", " - ", " … ", "; "]))
    turns = [Turn("agent", "Întrebare?"), Turn("user", " ".join(sentence) + ".")]
    assert find_quote(turns, gap.join(dressed), 0) == 1


@settings(deadline=None)
@given(SENTENCE, st.data())
def test_a_quote_with_one_word_altered_is_not_found(sentence: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(sentence) - 1))
    other = data.draw(WORD)
    altered = [*sentence[:at], other, *sentence[at + 1 :]]
    said = "".join(words(" ".join(sentence)))
    assume("".join(words(" ".join(altered))) not in said)
    assert find_quote([Turn("user", " ".join(sentence))], " ".join(altered), 0) is None


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["agent", "user"]), st.text(max_size=30))), st.text(max_size=30))
def test_what_is_found_always_stands_in_a_turn_of_the_candidate(
    said: list[tuple[str, str]], quote: str
) -> None:
    turns = [Turn("agent" if role == "agent" else "user", text) for role, text in said]
    place = find_quote(turns, quote, None)
    if place is not None:
        assert turns[place].role == "user"
        marks = marks_of(turns, quote, None)
        assert "".join(words(" ".join(turns[it.turn].text[it.start : it.end] for it in marks))) == "".join(
            words(quote)
        )
