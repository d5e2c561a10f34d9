"""The sample export is what its script writes, and what a real one looks like."""

from __future__ import annotations

import csv
import io

from ops.demo.expectations import EXPECTED
from ops.sample import LEADS
from ops.sample.write import HEADER, PEOPLE, encoded, rows
from sandbox.personas.kinds import Persona


def test_the_committed_file_is_the_one_the_script_writes() -> None:
    assert LEADS.read_bytes() == encoded(rows())


def test_it_looks_like_a_real_export() -> None:
    raw = LEADS.read_bytes()
    assert raw.startswith(b"\xff\xfe")
    lines = list(csv.DictReader(io.StringIO(raw[2:].decode("utf-16-le"), newline=""), delimiter="\t"))
    assert set(lines[0]) == set(HEADER)
    assert len(PEOPLE) >= 40
    assert sum("<test lead" in line["full_name"] for line in lines) == 1
    assert sum(line["phone_number"] == "p:" and not line["email"] for line in lines) == 1
    assert len({line["id"] for line in lines}) == len(lines) - 1, "one row is there twice"


def test_every_kind_of_candidate_is_among_them_and_has_an_expectation() -> None:
    told = {str(persona) for persona in Persona} - {"manual"}
    assert {persona for _, persona, _ in PEOPLE} == told
    assert set(EXPECTED) == told
