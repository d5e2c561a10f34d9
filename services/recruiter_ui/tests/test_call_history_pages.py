"""What an application's page shows of its calls: how each ended, what can be heard, and what nobody knows."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from contracts import Accepted, BlobRef, Refused
from contracts.calling import (
    CallbackPlanned,
    CallOutcomeUnknown,
    CallPlaced,
    CallPurpose,
    CallSettledByHand,
    CallTakenBack,
    RecordingKept,
    RecordingMissing,
    SettleUnknownCall,
    ZoneFrom,
)
from contracts.intake import ApplicationStatus as S
from recruiter_ui.pages.recordings import part_of
from recruiter_ui_support.running import Running
from recruiter_ui_support.stories import RECRUITER, Storyteller
from recruiter_ui_support.visiting import hidden, log_in

SOUND = bytes(range(256)) * 3_000
HEARD, MISSING, SILENT, ODD, UNKNOWN, RANG, CALLED_BACK = range(1, 8)
RANGE = {"Range": "bytes=0-99"}


@dataclass
class Town:
    ui: Running
    told: Storyteller
    calls: dict[int, UUID] = field(default_factory=dict)

    def places(self, number: int, **extra: Any) -> UUID:
        self.told.is_queued(number)
        call_id = self.told.new_id()
        given: dict[str, Any] = {"attempt_number": 1, "purpose": CallPurpose.SCREENING, "recorded": True}
        ids = {"candidate_id": number, "application_id": number, "call_id": call_id}
        self.told.say(CallPlaced(**ids, **(given | {"placed_at": self.told.at} | extra)))
        self.told.becomes(number, S.CALL_IN_PROGRESS)
        self.calls[number] = call_id
        return call_id


def ids(town: Town, number: int) -> dict[str, Any]:
    return {"candidate_id": number, "application_id": number, "call_id": town.calls[number]}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(ui: Running) -> Town:
    told = Storyteller(datetime.now(UTC) - timedelta(hours=5))
    town = Town(ui, told)
    told.position(1, "Electrician")
    for number in range(1, 8):
        told.person(number, f"Ana{number} Pop", 1)
    for number in (HEARD, MISSING, SILENT):
        halifax = {"time_zone": "America/Halifax", "zone_from": ZoneFrom.NUMBER}
        told.talks(number, town.places(number, recorded=number != SILENT, **halifax))
    sound = await ui.blobs.put("recordings/1", SOUND, "audio/mpeg")
    told.say(RecordingKept(**ids(town, HEARD), recording=sound))
    told.say(RecordingMissing(**ids(town, MISSING), reason="The provider has no sound of it."))
    town.places(ODD, purpose=CallPurpose.CALLBACK)
    back = {"attempt_number": 1, "code": "stopped", "reason": "All calls were stopped."}
    told.say(CallTakenBack(**ids(town, ODD), **back))
    for number in (RANG, UNKNOWN):
        town.places(number)
        lost = "No news for 15 minutes, and the provider knows nothing of it."
        told.say(CallOutcomeUnknown(**ids(town, number), attempt_number=1, reason=lost))
        told.becomes(number, S.NEEDS_HUMAN, needs_human_reason=lost)
        if number == RANG:
            told.say(CallSettledByHand(**ids(town, RANG), attempt_number=1, rang=True, actor=RECRUITER))
    await ui.told(told.envelopes)
    return town


@pytest_asyncio.fixture(loop_scope="session")
async def recruiter(town: Town) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=town.ui.url, timeout=20) as client:
        assert (await log_in(client)).status_code == 303
        yield client


async def calls_of(recruiter: httpx2.AsyncClient, number: int) -> str:
    page = (await recruiter.get(f"/applications/{number}")).text
    return unescape(page[page.index('id="calls"') : page.index('<aside class="rail"')])


async def test_a_recorded_call_can_be_heard_from_every_turn(
    town: Town, recruiter: httpx2.AsyncClient
) -> None:
    page = await calls_of(recruiter, HEARD)
    sound = f"/calls/{town.calls[HEARD]}/recording"
    assert f'<audio controls preload="none" src="{sound}"' in page
    assert f'href="{sound}#t=24" data-seek="24" data-call="{town.calls[HEARD]}"' in page
    assert "Went by the clock in Halifax, as the phone number says." in page
    assert "4 min 12 s" in page
    assert "Recorded" in page


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (MISSING, "No recording: The provider has no sound of it."),
        (SILENT, "Not recorded: the position does not record calls."),
        (ODD, "called off before it was dialled"),
        (ODD, "All calls were stopped. It does not count as an attempt, and went back into the queue."),
        (ODD, "Callback"),
        (UNKNOWN, "nobody knows whether it rang"),
        (RANG, "rang, says Irina Dobre"),
        (RANG, "It counts as an attempt; what was said is not known."),
    ],
)
async def test_every_call_says_what_became_of_it(
    recruiter: httpx2.AsyncClient, number: int, sentence: str
) -> None:
    page = await calls_of(recruiter, number)
    assert sentence in page
    assert "<audio" not in page


async def test_a_recording_is_given_in_the_parts_that_are_asked_for(
    town: Town, recruiter: httpx2.AsyncClient
) -> None:
    sound = f"/calls/{town.calls[HEARD]}/recording"
    whole = await recruiter.get(sound)
    assert (whole.status_code, whole.content == SOUND) == (200, True)
    assert whole.headers["content-type"] == "audio/mpeg"
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["content-disposition"] == 'inline; filename="call.mp3"'
    assert whole.headers["cache-control"] == "private, no-store"
    assert whole.headers["content-length"] == str(len(SOUND))
    part = await recruiter.get(sound, headers={"Range": "bytes=300000-300009"})
    assert (part.status_code, part.content) == (206, SOUND[300_000:300_010])
    assert part.headers["content-range"] == f"bytes 300000-300009/{len(SOUND)}"
    rest = await recruiter.get(sound, headers={"Range": "bytes=767990-"})
    assert rest.content == SOUND[767_990:]
    beyond = await recruiter.get(sound, headers={"Range": f"bytes={len(SOUND)}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(SOUND)}")
    head = await recruiter.head(sound)
    assert (head.status_code, head.content) == (200, b"")


async def test_a_recording_is_only_for_who_is_logged_in_and_only_where_there_is_one(
    town: Town, recruiter: httpx2.AsyncClient
) -> None:
    async with httpx2.AsyncClient(base_url=town.ui.url) as stranger:
        answer = await stranger.get(f"/calls/{town.calls[HEARD]}/recording", headers=RANGE)
        assert (answer.status_code, answer.headers["location"][:6]) == (303, "/login")
    for number in (MISSING, SILENT):
        assert (await recruiter.get(f"/calls/{town.calls[number]}/recording")).status_code == 404
    assert (await recruiter.get(f"/calls/{UUID(int=7)}/recording")).status_code == 404
    gone = BlobRef(key="recordings/gone", size=10, content_type="audio/mpeg")
    town.told.say(RecordingKept(**ids(town, MISSING), recording=gone))
    await town.ui.told(town.told.envelopes[-1:])
    assert (await recruiter.get(f"/calls/{town.calls[MISSING]}/recording")).status_code == 404


@pytest.mark.parametrize(
    ("header", "part"),
    [
        (None, (0, 100)),
        ("bytes=0-", (0, 100)),
        ("bytes=10-19", (10, 20)),
        ("bytes=90-500", (90, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=-500", (0, 100)),
        ("bytes=100-", None),
        ("bytes=-0", None),
        ("bytes=9-3", (0, 100)),
        ("bytes=0-1,5-9", (0, 100)),
        ("bytes=-", (0, 100)),
        ("seconds=1-2", (0, 100)),
        ("bytes=" + "9" * 400 + "-", (0, 100)),
        ("bytes=²-", (0, 100)),
    ],
)
def test_the_part_of_a_recording(header: str | None, part: tuple[int, int] | None) -> None:
    assert part_of(header, 100) == part


async def test_a_person_says_whether_an_unknown_call_rang(town: Town, recruiter: httpx2.AsyncClient) -> None:
    page = (await recruiter.get(f"/applications/{UNKNOWN}?list=stage%3Dneeds_you")).text
    card = unescape(page[page.index('id="unkh"') : page.index('id="calls"')])
    assert "Nobody knows whether this call rang" in card
    assert "Counts as an attempt." in card
    assert "Ana5 goes back into the call queue" in card
    form = {name: hidden(card, name) for name in ("csrf", "command_id", "call", "list", "place")}
    address = f"/applications/{UNKNOWN}/settle"
    odd = await recruiter.post(address, data=form | {"rang": "maybe"})
    assert (odd.status_code, "Say whether it rang." in odd.text) == (422, True)
    known = Refused(code="known_by_now", message="The call was answered: see its transcript.")
    async with town.ui.answering(SettleUnknownCall, lambda command: known):
        late = await recruiter.post(address, data=form | {"rang": "no"})
    assert "The call was answered: see its transcript." in late.text
    away = await recruiter.post(address, data=form | {"rang": "no"})
    assert "Calling is not answering; nothing was changed" in away.text
    async with town.ui.answering(SettleUnknownCall, lambda command: Accepted(result={"queued_again": True})):
        done = await recruiter.post(address, data=form | {"rang": "no"})
    assert re.match(rf"/applications/{RANG}\?list=.*did=settle", done.headers["location"])
    command = town.ui.received[-1]
    assert isinstance(command, SettleUnknownCall)
    assert (command.call_id, command.rang) == (town.calls[UNKNOWN], False)
    assert "Nobody knows whether this call rang" not in (await recruiter.get(f"/applications/{RANG}")).text


async def test_a_callback_that_was_moved_says_when_and_why(town: Town, recruiter: httpx2.AsyncClient) -> None:
    asked = (datetime.now(UTC) + timedelta(days=9)).replace(hour=18, minute=30, second=0, microsecond=0)
    town.told.becomes(CALLED_BACK, S.CALLBACK_SCHEDULED, callback_at=asked)
    moved = {"planned_at": asked + timedelta(hours=14), "moved_because": "outside calling hours"}
    zone = {"time_zone": "Europe/Bucharest", "zone_from": ZoneFrom.NUMBER}
    number = {"candidate_id": CALLED_BACK, "application_id": CALLED_BACK}
    town.told.say(CallbackPlanned(**number, asked_for=asked, **moved, **zone))
    await town.ui.told(town.told.envelopes[-2:])
    page = (await recruiter.get(f"/applications/{CALLED_BACK}")).text
    assert re.search(r"Calls \d+ \w+ 10:30 \(asked for \d+ \w+ 20:30: outside calling hours\)", page)
