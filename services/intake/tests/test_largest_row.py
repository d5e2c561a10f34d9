"""The largest row that is taken still makes an event that the bus takes; a larger one costs itself only."""

from __future__ import annotations

from chassis.outbox import written
from contracts.intake import ApplicationOpened, LeadsImported
from intake.domain.lead_file import LONGEST_RECORD
from intake_support.stores import MemoryStore

WIDEST = "\U0001f600"
"""Four bytes for one character."""


async def test_the_largest_row_under_the_largest_header_fits_into_an_event(memory: MemoryStore) -> None:
    question = WIDEST * (LONGEST_RECORD - 100)
    answers = [WIDEST * (LONGEST_RECORD - 100), WIDEST * (LONGEST_RECORD + 1), "da"]
    lines = [
        f"id\tfull_name\temail\t{question}",
        *(f"l:{n}\tAna Pop\tana{n}@example.com\t{answer}" for n, answer in enumerate(answers)),
    ]
    done = await memory.bring_in("\n".join(lines).encode(), await memory.a_position())
    assert isinstance(done, LeadsImported)
    assert [(row.line, row.reason[:23]) for row in done.refused] == [(3, "the row is longer than ")]
    opened = [event for event in await memory.published() if isinstance(event, ApplicationOpened)]
    assert [len(event.profile.form_answers[0].answer) for event in opened] == [LONGEST_RECORD - 100, 2]
    assert max(len(written(event)) for event in opened) > LONGEST_RECORD
