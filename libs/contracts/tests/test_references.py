"""A reference survives being read aloud, mistyped case and quoting; anything else names nobody."""

from __future__ import annotations

import itertools

import pytest
from contracts.references import find_references, reference
from hypothesis import given
from hypothesis import strategies as st

IDS = st.integers(min_value=1, max_value=2**30 - 1)
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@given(IDS)
def test_a_reference_is_found_again(application_id: int) -> None:
    assert find_references(reference(application_id)) == [application_id]


@given(IDS, st.sampled_from(["Re: CV [{}]", "({})", "{}.", "ref {},\n> quoted", "<b>{}</b>"]))
def test_a_reference_is_found_in_what_people_write(application_id: int, around: str) -> None:
    assert find_references(around.format(reference(application_id))) == [application_id]


@given(IDS)
def test_a_reference_may_be_typed_carelessly(application_id: int) -> None:
    code = reference(application_id)
    for typed in (code.lower(), code.replace("-", ""), code.replace("-", " "), code.replace("-", "–")):
        assert find_references(typed) == [application_id]
    misread = code[:3] + code[3:].replace("0", "O").replace("1", "l")
    assert find_references(misread) == [application_id]


@given(IDS, st.integers(0, 6), st.sampled_from(ALPHABET))
def test_one_mistyped_character_names_nobody(application_id: int, at: int, typed: str) -> None:
    code = reference(application_id)[3:]
    wrong = code[:at] + typed + code[at + 1 :]
    assert find_references(f"RF-{wrong}") == ([application_id] if wrong == code else [])


def test_no_two_digits_can_be_taken_for_each_other() -> None:
    code = reference(123_456)[3:]
    for at in range(7):
        for typed in ALPHABET:
            if typed != code[at]:
                assert find_references(f"RF-{code[:at]}{typed}{code[at + 1 :]}") == []


@given(IDS, st.integers(0, 6), st.integers(0, 6))
def test_two_swapped_characters_name_nobody(application_id: int, one: int, other: int) -> None:
    code = reference(application_id)[3:]
    swapped = list(code)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    wrong = "".join(swapped)
    assert find_references(f"RF-{wrong}") == ([application_id] if wrong == code else [])


def test_neighbours_look_different() -> None:
    codes = [reference(each)[3:9] for each in range(1, 200)]
    assert len(set(codes)) == len(codes)
    for one, other in itertools.pairwise(codes):
        assert sum(a != b for a, b in zip(one, other, strict=True)) >= 3


def test_several_references_come_in_order_and_once() -> None:
    text = f"{reference(5)} and {reference(2)}, again {reference(5)}"
    assert find_references(text) == [5, 2]


@pytest.mark.parametrize(
    "text", ["", "RF-", "RF-ABC", "XRF-7K3Q9DX", "RF-7K3Q9DXX", "RF-UUUUUUU", "perf-1234567"]
)
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert find_references(text) == []


@pytest.mark.parametrize("application_id", [0, -1, 2**30])
def test_an_id_out_of_range_has_no_reference(application_id: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        reference(application_id)
