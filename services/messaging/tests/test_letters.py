"""The words of messages: seeded, filled in, and never missing."""

from __future__ import annotations

import tomllib
import unicodedata
from pathlib import Path

import messaging
import pytest
from contracts.references import find_references, reference
from messaging.domain.letters import (
    Channel,
    MessageType,
    Template,
    Words,
    fallback,
    fill_in,
    languages_to_try,
)

SEEDS = Path(messaging.__file__).parent / "migrations" / "seeds" / "0001_message_templates.toml"
TEMPLATES: list[dict[str, str]] = tomllib.loads(SEEDS.read_text(encoding="utf-8"))["template"]


def filled(template: Template, channel: Channel = Channel.EMAIL, first_name: str = "Ana") -> Words:
    return fill_in(
        template, channel, first_name=first_name, title="Șofer", application_id=7, reference=reference(7)
    )


def test_every_type_has_words_for_both_channels_in_both_languages() -> None:
    have = {(one["message_type"], one["channel"], one["language"]) for one in TEMPLATES}
    assert len(TEMPLATES) == 20
    assert have == {
        (kind.value, channel.value, language)
        for kind in MessageType
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


@pytest.mark.parametrize("kind", list(MessageType))
@pytest.mark.parametrize("language", ["ro", "en", "fr", ""])
def test_there_are_words_even_without_any_template(kind: MessageType, language: str) -> None:
    for channel in Channel:
        words = filled(fallback(kind, language), channel)
        assert find_references(words.subject or words.body) == [7]
        assert "{" not in words.body


def test_a_template_that_forgot_the_reference_gets_it() -> None:
    assert filled(Template("CV", "Text")).subject == f"CV [{reference(7)}]"
    assert filled(Template("", "Text"), Channel.WHATSAPP).body == f"Text\n\n{reference(7)}"


def test_unknown_braces_stay_and_values_are_not_read_again() -> None:
    words = fill_in(
        Template("{reference}", "{first_name} {unknown} {application_pk} {position_title}"),
        Channel.EMAIL,
        first_name="{reference}",
        title="{x}",
        application_id=7,
        reference="RF-1",
    )
    assert words.body == "{reference} {unknown} 7 {x}"


def test_a_subject_is_one_line() -> None:
    words = filled(Template("Prima\r\nBcc: x@example.com {reference}", "b"))
    assert words.subject is not None
    assert "\n" not in words.subject


def test_languages_are_tried_from_the_candidates_own_to_the_default() -> None:
    assert languages_to_try("en", "ro") == ["en", "ro"]
    assert languages_to_try("ro-RO", "") == ["ro"]
    assert languages_to_try("fr", "en") == ["fr", "en", "ro"]
