"""A file that can't be read is refused as a whole and in words; a bad row is named and the others come in."""

from __future__ import annotations

from pathlib import Path

import pytest
from ops.demo.performing import Performance
from ops.sample.write import encoded, lead, text
from ops.say import Trouble

GOOD = lead(901, "Aurica Zamfirescu", "qualifies")
BAD_FILES = {
    "an empty file": (b"", "empty"),
    "a file of blanks": (b"\xff\xfe" + "\r\n \r\n".encode("utf-16-le"), ""),
    "a PDF named .csv": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n", "PDF"),
    "a wrong delimiter": (text([GOOD]).replace("\t", "|").encode(), ""),
    "no heading": (text([GOOD]).split("\r\n", 1)[1].encode(), ""),
}


@pytest.mark.parametrize("kind", BAD_FILES)
async def test_a_file_that_is_no_lead_export_is_refused_in_words(
    kind: str, performance: Performance, tmp_path: Path
) -> None:
    content, word = BAD_FILES[kind]
    position = await performance.open_position()
    file = tmp_path / "leads.csv"
    file.write_bytes(content)
    before = await performance.statuses()
    with pytest.raises(Trouble) as refusal:
        await performance.import_leads(file, position)
    assert word.lower() in str(refusal.value).lower()
    assert len(str(refusal.value)) > 40, "it says what to do"
    assert await performance.statuses() == before


async def test_a_bad_row_is_named_and_the_others_come_in(performance: Performance, tmp_path: Path) -> None:
    rows = [
        lead(902, "Despina Voicu", "qualifies"),
        {**lead(903, "Nobody Reachable", "qualifies"), "phone_number": "p:", "email": " "},
        {**lead(904, "Fane Letters", "qualifies"), "phone_number": "p:sună-mă"},
        {**lead(905, "Mia Short", "qualifies"), "phone_number": "p:+40123", "email": ""},
        lead(906, "Horia Stan", "qualifies"),
    ]
    file = tmp_path / "leads.csv"
    file.write_bytes(encoded(rows))
    done, applications = await performance.import_leads(file, await performance.open_position())
    assert done.rows == 5
    assert done.refused_count == len(done.refused)
    assert {row.line for row in done.refused} >= {3}
    assert all(row.reason for row in done.refused)
    assert len(applications) == 5 - done.refused_count
    queued = await performance.call(applications)
    assert len(queued) == 2, "only those with a number are called; the others wait for somebody to mend it"
    await performance.settle(60)
