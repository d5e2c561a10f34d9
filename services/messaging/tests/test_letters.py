"""The words of messages: seeded, filled in, and never missing."""

from __future__ import annotations

import tomllib
import unicodedata
from pathlib import Path

import messaging
import pytest
from contracts.references import find_references, reference
from messaging.domain.letters import (
    TEMPLATED,
    Channel,
    MessageType,
    Template,
    Whom,
    Words,
    compose_words,
    fill_in,
    languages_to_try,
)

SEEDS = Path(messaging.__file__).parent / "migrations" / "seeds" / "0005_message_templates.toml"
TEMPLATES: list[dict[str, str]] = tomllib.loads(SEEDS.read_text(encoding="utf-8"))["template"]


def filled(template: Template, channel: Channel = Channel.EMAIL, first_name: str = "Ana") -> Words:
    return fill_in(template, channel, a_person(first_name))


def a_person(first_name: str = "Ana", title: str = "Șofer") -> Whom:
    return Whom(first_name, title, 7, reference(7))


def test_every_type_has_words_for_both_channels_in_both_languages() -> None:
    have = {(one["message_type"], one["channel"], one["language"]) for one in TEMPLATES}
    assert len(TEMPLATES) == 20
    assert have == {
        (kind.value, channel.value, language)
        for kind in TEMPLATED
        for channel in Channel
        for language in ("ro", "en")
    }


@pytest.mark.parametrize("seed", TEMPLATES, ids=lambda one: "-".join(list(one.values())[:3]))
def test_seeded_words_hold_the_reference_and_leave_no_placeholder(seed: dict[str, str]) -> None:
    words = filled(Template(seed.get("subject", ""), seed["body"]), Channel(seed["channel"]))
    text = f"{words.subject or ''}\n{words.body}"
    assert find_references(words.subject or words.body) == [7]
    assert "{" not in text
    assert "Șofer" in words.body
    assert unicodedata.is_normalized("NFC", text)
    assert not set("şţŞŢ") & set(text)


@pytest.mark.parametrize("seed", TEMPLATES, ids=lambda one: "-".join(list(one.values())[:3]))
def test_a_missing_name_leaves_no_gap(seed: dict[str, str]) -> None:
    words = filled(Template(seed.get("subject", ""), seed["body"]), Channel(seed["channel"]), first_name="")
    assert words.body.startswith(("Bună ziua!", "Bună ziua,\n", "Hello!", "Hello,\n"))


@pytest.mark.parametrize("kind", TEMPLATED)
@pytest.mark.parametrize(
    ("languages", "spoken"),
    [(["ro"], "ro"), (["en", "ro"], "en"), (["hu", "en", "ro"], "en"), (["fr"], "ro"), ([], "ro")],
)
def test_there_are_words_even_without_any_template(
    kind: MessageType, languages: list[str], spoken: str
) -> None:
    for channel in Channel:
        wording = compose_words(None, kind, channel, languages, a_person())
        assert (wording.sends_as, wording.language) == ("fallback", spoken)
        assert (wording.words.subject is None) == (channel is Channel.WHATSAPP)
        for text in filter(None, (wording.words.subject, wording.words.body)):
            assert find_references(text) == [7]
            assert "{" not in text
        assert wording.words.body.startswith({"ro": "Bună ziua, Ana", "en": "Hello Ana"}[spoken])
        nameless = compose_words(None, kind, channel, languages, a_person("  ")).words.body
        assert nameless.startswith(
            {"ro": ("Bună ziua!", "Bună ziua,\n"), "en": ("Hello!", "Hello,\n")}[spoken]
        )


@pytest.mark.parametrize(
    "template",
    [
        Template("CV", "Text"),
        Template("", "Text"),
        Template("{first_name}", "{position_title}", "en"),
        Template("{reference}x", "x{reference}"),
        Template("{application_pk}", "RF-"),
        Template("{reference}", "{reference}", "hu"),
    ],
)
@pytest.mark.parametrize("channel", list(Channel))
def test_the_reference_stands_in_subject_and_body_whatever_the_template_says(
    template: Template, channel: Channel
) -> None:
    words = filled(template, channel)
    for text in filter(None, (words.subject, words.body)):
        assert find_references(text) == [7], text
    assert (words.subject is None) == (channel is Channel.WHATSAPP)


def test_what_a_template_forgot_is_added_in_its_language() -> None:
    assert filled(Template("CV", "Text")) == Words(
        f"CV [{reference(7)}]", f"Text\n\nCod candidatură: {reference(7)}"
    )
    english = filled(Template("", "Text", "en"))
    assert english == Words(f"Your application [{reference(7)}]", f"Text\n\nApplication code: {reference(7)}")


def test_names_and_titles_bring_no_lines_of_their_own() -> None:
    words = fill_in(
        Template("{position_title}", "{first_name}: {position_title}."),
        Channel.EMAIL,
        Whom(" Ana\n\nMaria ", "Șofer\r\nBcc: x@example.com", 7, reference(7)),
    )
    assert words.body.startswith("Ana Maria: Șofer Bcc: x@example.com.")
    assert words.subject == f"Șofer Bcc: x@example.com [{reference(7)}]"


def test_unknown_braces_stay_and_values_are_not_read_again() -> None:
    template = Template("{reference}", "{first_name} {unknown} {application_pk} {position_title} {reference}")
    words = fill_in(template, Channel.EMAIL, Whom("{reference}", "{x}", 7, "RF-1"))
    assert words.body == "{reference} {unknown} 7 {x} RF-1"


def test_a_subject_is_one_line() -> None:
    words = filled(Template("Prima\r\nBcc: x@example.com {reference}", "b"))
    assert words.subject is not None
    assert "\n" not in words.subject


def test_languages_are_tried_from_the_candidates_own_to_the_default() -> None:
    assert languages_to_try("en", "ro") == ["en", "ro"]
    assert languages_to_try("ro-RO", "") == ["ro"]
    assert languages_to_try("fr", "en") == ["fr", "en", "ro"]
