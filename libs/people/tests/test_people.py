"""Two services that compare a name or a phone here must come to the same verdict, however it was written."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from people import (
    Relation,
    fold,
    fold_email,
    humanize_answer,
    humanize_question,
    normalise_email,
    normalise_phone,
    phone_home,
    phone_region,
    phone_time_zone,
    phone_time_zones,
    phone_variants,
    region_of_time_zone,
    relation,
    sound,
    split_name,
)
from people.phones import _ask_library


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("Ana Maria Popescu", "Ana", "Maria Popescu"),
        ("Ana", "Ana", ""),
        ("  Ștefan   Ionescu ", "Ștefan", "Ionescu"),
        ("", "", ""),
    ],
)
def test_a_name_splits_on_its_first_space(written: str, first: str, last: str) -> None:
    assert split_name(written) == (first, last)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ștefan Țurcanu", "stefan turcanu"),
        ("Ştefan Ţurcanu", "Ștefan Țurcanu"),
        ("ĂÂÎăâî", "aaiaai"),
        ("Łukasz  Müller", "lukasz muller"),
        ("S\u0326tefan", "Ștefan"),
        ("Groß", "GROSS"),
        ("\u202aIon\u202c Pop", "ion pop"),
        ("İbrahim", "ibrahim"),
        ("IŞIK Yılmaz", "ışık YILMAZ"),
        ("ışık", "isik"),
        ("Ţepeş", "țepeș"),
        ("ŢEPEŞ", "tepes"),
        ("Brâncuși", "BRÂNCUŞI"),
        ("Gârleanu Îngerașu", "garleanu ingerasu"),
        ("Lăcrămioara", "Lacramioara"),
        ("Weiß", "weiss"),
        ("ẞ", "ss"),
        ("Wałęsa", "walesa"),
        ("Đorđe", "dorde"),
        ("Ana\u00a0Maria", "ana maria"),
        ("A\u200bna", "ana"),
    ],
)
def test_two_spellings_of_one_name_fold_to_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_different_names_stay_different() -> None:
    assert fold("Ana Pop") != fold("Anna Pop")


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("written", "e164"),
    [
        ("p:+40712345678", "+40712345678"),
        ("0712 345 678", "+40712345678"),
        ("0040712345678", "+40712345678"),
        ("40712345678", "+40712345678"),
        (" P: 0712.345.678", "+40712345678"),
        ("021 312 3456", "+40213123456"),
        ("\u202a+40 712 345 678\u202c", "+40712345678"),
        ("+44 7400 123456", "+447400123456"),
        ("0712345678 ext. 12", "+40712345678"),
    ],
)
def test_a_number_is_read_however_it_is_written(written: str, e164: str) -> None:
    phone = normalise_phone(written)
    assert (phone.e164, phone.as_given, phone.valid, phone.reason) == (e164, written, True, None)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("p:", "no phone number"),
        ("", "no phone number"),
        ("4.0712E+10", "rounded"),
        ("call me maybe", "letters"),
        ("0712-FLOWER", "letters"),
        ("12", "too few or too many"),
        ("0712345678/0722345678", "no phone number"),
        ("07123456789012", "too few or too many"),
        ("+40000000000", "no such"),
        ("????", "no phone number"),
    ],
)
def test_a_number_that_is_none_is_kept_as_given_with_the_reason(written: str, reason: str) -> None:
    phone = normalise_phone(written)
    assert (phone.e164, phone.as_given, phone.valid) == (None, written, False)
    assert phone.reason
    assert reason in phone.reason


def test_the_region_decides_only_where_no_country_is_written() -> None:
    assert normalise_phone("07400 123456", region="GB").e164 == "+447400123456"
    assert normalise_phone("+40712345678", region="GB").e164 == "+40712345678"


@given(st.from_regex(r"\+407[0-9]{8}", fullmatch=True))
@example("+40700000000")
@example("+40702012345")
@example("+40820000000")
def test_the_short_way_for_romanian_mobiles_agrees_with_the_library(number: str) -> None:
    assert normalise_phone(number) == _ask_library(number, number, "RO")


@given(st.from_regex(r"\s?(?:p:)?(?:\+|00)?[0-9 .()/-]{0,16}\n?", fullmatch=True))
def test_a_usable_number_is_always_one_the_library_calls_valid(number: str) -> None:
    phone = normalise_phone(number)
    if phone.e164 is not None:
        assert phonenumbers.is_valid_number(phonenumbers.parse(phone.e164))
        assert normalise_phone(phone.e164).e164 == phone.e164
    else:
        assert phone.reason


@given(st.text(max_size=40))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    assert normalise_phone(text).as_given == text


def test_a_number_knows_its_country_and_clock() -> None:
    assert (phone_region("+40712345678"), phone_time_zone("+40712345678")) == ("RO", "Europe/Bucharest")
    assert phone_region("+37369123456") == "MD"
    assert phone_time_zone("+4915123456789") == "Europe/Berlin"
    assert phone_time_zone("+12015550123") == "America/New_York"
    assert phone_time_zone("+61412345678") is None  # an Australian mobile may be in any of its zones
    assert (phone_region("nonsense"), phone_time_zone("nonsense")) == (None, None)


@pytest.mark.parametrize(
    ("number", "country", "zones"),
    [
        ("+40712345678", "RO", ("Europe/Bucharest",)),
        # The first digits are those of Jersey, Guernsey and Man too: the country is known better.
        ("+447400123456", "GB", ("Europe/London",)),
        ("+447797712345", "JE", ("Europe/Jersey",)),
        ("+34612345678", "ES", ("Atlantic/Canary", "Europe/Madrid")),
        ("+77011234567", "KZ", ("Asia/Almaty", "Asia/Aqtobe")),
        ("+6591234567", "SG", ("Asia/Singapore",)),
        ("+881612345678", None, ()),
        ("+80012345678", None, ()),
        ("nonsense", None, ()),
    ],
)
def test_a_number_names_every_zone_that_it_may_be_in(
    number: str, country: str | None, zones: tuple[str, ...]
) -> None:
    assert phone_home(number) == (zones, country)
    assert phone_region(number) == country
    assert phone_time_zones(number) == zones
    assert phone_time_zone(number) == (zones[0] if len(zones) == 1 else None)


def test_a_number_of_which_only_the_country_is_known_may_be_anywhere_in_it() -> None:
    zones = phone_time_zones("+521234567890")
    assert {"America/Mexico_City", "America/Tijuana", "America/Cancun"} <= set(zones)
    assert phone_time_zone("+521234567890") is None


def test_a_zone_is_of_one_country_or_of_none() -> None:
    assert region_of_time_zone("Europe/London", None) == "GB"
    assert region_of_time_zone("UTC", None) is None
    assert region_of_time_zone("UTC", "FR") == "FR"


def test_a_question_reads_like_one() -> None:
    key = "ai_experiență_în_vânzări_business_to_business?"
    assert humanize_question(key) == "Ai experiență în vânzări business to business?"
    assert humanize_question("") == ""


def test_an_answer_loses_its_underscores_but_an_address_keeps_them() -> None:
    assert humanize_answer(" da,_peste_3_ani ") == "da, peste 3 ani"
    assert humanize_answer("ana_pop@example.com") == "ana_pop@example.com"
    assert humanize_answer("https://example.com/a_b") == "https://example.com/a_b"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" Ana.POP@Example.com ", "ana.pop@example.com"),
        ("ana@example", None),
        ("ana@@example.com", None),
        ("ana pop@example.com", None),
        ("a@example.com, b@example.com", None),
        ("", None),
        ("x" * 250 + "@example.com", None),
    ],
)
def test_an_address_is_kept_in_small_letters_or_not_at_all(written: str, kept: str | None) -> None:
    assert normalise_email(written) == kept
    assert kept is None or fold_email(written) == fold_email(kept)


def test_a_time_zone_of_one_country_says_where_numbers_are_at_home() -> None:
    assert region_of_time_zone("Europe/London") == "GB"
    zones = ("Europe/Bucharest", "Europe/Kiev", "Europe/Kyiv", "America/New_York", "Asia/Kolkata")
    assert [region_of_time_zone(name) for name in zones] == ["RO", "UA", "UA", "US", "IN"]
    assert [region_of_time_zone(name) for name in ("UTC", "No/Where", "", None)] == ["RO"] * 4
    assert normalise_phone("07400 123456", region_of_time_zone("Europe/London")).e164 == "+447400123456"


@pytest.mark.parametrize(
    ("written", "forms"),
    [
        ("0740 123 456", ("+40740123456",)),
        ("0040740123456", ("+40740123456",)),
        ("40740123456", ("+40740123456",)),
        ("+40 (740) 123-456", ("+40740123456",)),
        ("+525512345678", ("+525512345678", "+5215512345678")),
        ("5215512345678", ("+525512345678",)),
        ("2018 - 2021", ()),
        ("", ()),
    ],
)
def test_a_number_is_known_in_every_form_it_may_be_on_file_in(written: str, forms: tuple[str, ...]) -> None:
    assert set(phone_variants(written)) >= set(forms)
    assert bool(phone_variants(written)) is bool(forms)


@pytest.mark.parametrize(
    ("one", "other", "known"),
    [
        ("misu", "mihai", Relation.OWN),
        ("deea", "andreea", Relation.OWN),
        ("sandu", "alexandru", Relation.OWN),
        ("alex", "alexandra", Relation.SHARED),
        ("nelu", "ion", Relation.SHARED),
        ("gigi", "gheorghe", Relation.SHARED),
        ("ion", "ioan", Relation.SHARED),
        ("gheorghe", "george", Relation.SHARED),
        ("maria", "marina", None),
        ("florina", "florica", None),
        ("ana", "roxana", None),
    ],
)
def test_a_nickname_of_one_name_says_more_than_one_of_several(
    one: str, other: str, known: Relation | None
) -> None:
    assert relation(one, other) is relation(other, one) is known


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Юлия", "Iulia"),
        ("Müller", "Mueller"),
        ("Szabó", "Sabo"),
        ("Сергей", "Serghei"),
        ("Дмитрий", "Dmitry"),
        ("Цепеш", "Țepeș"),
        ("Христина", "Hristina"),
        ("Christina", "Cristina"),
    ],
)
def test_one_word_sounds_the_same_in_every_spelling(one: str, other: str) -> None:
    assert sound(one) == sound(other)


def test_different_given_names_sound_different() -> None:
    names = (
        "maria marina mariana ana anca ioana ion ioan andrei andreea mihai mihaela cristian cristina daniel"
    )
    sounds = [
        sound(name) for name in f"{names} daniela gabriel gabriela simona simina florin florina".split()
    ]
    assert len(set(sounds)) == len(sounds)
