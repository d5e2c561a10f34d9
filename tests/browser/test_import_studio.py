"""The import studio in a browser with the real intake behind it: a file from its dry run to its undoing,
and two leads of one person from the list of duplicates to a merge that is undone."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from chassis.migrations import upgrade
from chassis.provisioner import consumers_of, provision
from chassis.servers import drop_database, free_port, make_database, provide_schema
from chassis.testing import running as service_running
from contracts import Accepted, Actor, Command, parse_reply
from contracts.intake import CandidateFields, CorrectCandidate, OpenPosition, PositionDetails
from intake.handlers import handlers
from intake.main import build
from intake.settings import Settings
from playwright.async_api import BrowserContext, Page, expect
from recruiter_ui_support.running import EMAIL, PASSWORD, QUICK, Running, running

from .conftest import Complaints
from .looking import never_scrolls_sideways

RECRUITER = Actor(kind="recruiter", id="1", name="Irina Dobre")
HEADER = ("id", "created_time", "campaign_name", "platform", "ad_id", "are_experiență?", "email", "full_name",
          "phone_number")  # fmt: skip
NAMES = ("Cătălin Țurcanu", "Oana Sârbu", "Zsófia Kerekes-Nagy", "Vlad Dobrogeanu", "Doina Chirilă")


@dataclass
class House:
    """Both services, a recruiter's browser, and two positions."""

    ui: Running
    positions: dict[str, int]

    @property
    def url(self) -> str:
        return self.ui.url

    async def ask(self, command: Command) -> dict[str, Any]:
        body = command.model_dump_json().encode()
        reply = parse_reply((await self.ui.client.request(command.nats_subject(), body, timeout=10)).data)
        assert isinstance(reply, Accepted), reply
        return reply.result


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(
    chromium: str, postgres_url: str, nats_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    name = f"studio_{tmp_path_factory.mktemp('s').name.replace('-', '_')}"
    url = await make_database(postgres_url, name)
    screens = await provide_schema(url, "recruiter_ui", role=f"{name}_ui", password="secret-enough")
    own = await provide_schema(url, "intake", role=f"{name}_intake", password="secret-enough")
    await asyncio.to_thread(upgrade, "recruiter_ui", screens.url, screens.schema)
    await asyncio.to_thread(upgrade, "intake", own.url, own.schema)
    state = tmp_path_factory.mktemp("state")
    async with running(screens, nats_url, state) as ui:
        await provision(ui.client.jetstream(), consumers_of(handlers))
        settings = Settings(
            database_url=own.url,
            database_schema=own.schema,
            nats_url=nats_url,
            blobs_url=ui.settings.blobs_url,
            http_port=free_port(),
            **QUICK,
        )
        async with service_running(build(settings)):
            house = House(ui, {})
            for title in ("Sales Rep B2B, Cluj", "Operator CNC, Sibiu"):
                details = PositionDetails(title=title)
                wish = OpenPosition(command_id=uuid4(), actor=RECRUITER, details=details)
                house.positions[title] = (await house.ask(wish))["position_id"]
            yield house
    await drop_database(postgres_url, name)


@pytest_asyncio.fixture(loop_scope="session")
async def page(context: BrowserContext, house: House, complaints: Complaints) -> AsyncIterator[Page]:
    page = await context.new_page()
    complaints.watch(page)
    await page.goto(f"{house.url}/login")
    await page.fill("#email", EMAIL)
    await page.fill("#password", PASSWORD)
    await page.click("text=Log in >> nth=-1")
    await page.wait_for_url(f"{house.url}/")
    yield page
    assert complaints.heard == []


def a_lead(number: int, name: str, **changes: str) -> dict[str, str]:
    lead = {
        "id": f"l:88{number:06d}", "created_time": "2026-11-19T15:05:13+02:00", "ad_id": "ag:1",
        "campaign_name": "Vânzări B2B", "platform": "ig", "are_experiență?": "da", "full_name": name,
        "email": f"lead{number}@example.com", "phone_number": f"p:+40712{number:06d}",
    }  # fmt: skip
    return lead | changes


def as_meta_exports(path: Path, leads: list[dict[str, str]]) -> Path:
    lines = ["\t".join(HEADER), *("\t".join(lead[column] for column in HEADER) for lead in leads)]
    path.write_bytes(("\ufeff" + "\r\n".join(lines)).encode("utf-16-le"))
    return path


async def choose(page: Page, house: House, file: Path, position: str) -> None:
    await page.goto(f"{house.url}/import")
    await page.select_option("#position", label=position)
    await page.set_input_files("#file", str(file))
    await page.get_by_role("button", name="Look through the file").click()
    await page.wait_for_url(re.compile(r"/import/[0-9a-f-]{36}$"))


async def test_a_file_is_looked_through_imported_and_taken_back(
    page: Page, house: House, tmp_path: Path
) -> None:
    leads = [a_lead(number, f"{NAMES[number % 5]} {number}") for number in range(1, 141)]
    leads.append(a_lead(141, "<b>Nobody</b> \u202egnp", email="", phone_number=""))
    leads.append(a_lead(142, "<test lead: dummy data for full_name>"))
    file = as_meta_exports(tmp_path / "leads_sales.csv", leads)
    await page.goto(f"{house.url}/import")
    await page.set_input_files("#file", str(file))
    await expect(page.locator("output")).to_contain_text(
        f"leads_sales.csv, {round(file.stat().st_size / 1e3)} KB"
    )
    await choose(page, house, file, "Sales Rep B2B, Cluj")

    await expect(page.locator("main")).to_contain_text("Nothing has been written yet", timeout=20_000)
    await expect(page.locator("main")).to_contain_text("UTF-16 LE, tab, 142 rows")
    await expect(page.get_by_role("button", name="Look again")).to_be_hidden()  # it is for who has no script
    await expect(page.locator(".rowt tbody tr")).to_have_count(100)
    await page.get_by_label("Next page").click()
    await expect(page.locator(".cf").first).to_contain_text("101 to 142 of 142")
    assert await house.ui.db.fetchval("SELECT count(*) FROM applications") == 0

    await page.locator(".sum a", has_text="Refused").click()
    await expect(page.locator(".rowt tbody tr")).to_have_count(1)
    await expect(page.locator(".rowt .bad")).to_be_visible()
    assert await page.locator(".rowt b").count() == 0, "a name is no markup"
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="1 refused row (CSV)").click()
    download = await waiting.value
    assert download.suggested_filename == "leads_sales_refused.csv"
    await download.save_as(tmp_path / "refused.csv")
    refused = await asyncio.to_thread((tmp_path / "refused.csv").read_bytes)
    assert refused.startswith("\ufeffrefused_because".encode())

    await page.keyboard.press("Control+Enter")
    await page.wait_for_url("**?asked=import")
    await expect(page.locator("main")).to_contain_text("140 applications created", timeout=20_000)
    await page.get_by_role("link", name="Undo import").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("140 applications can be taken back")
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await page.get_by_role("link", name="Undo import").click()
    await dialog.get_by_role("button", name="Undo the import").click()
    await expect(page.locator("main")).to_contain_text("This import was taken back", timeout=20_000)
    await expect(page.locator(".sum .v").first).to_have_text("140")
    await page.goto(f"{house.url}/applications")
    assert await page.locator("tr[data-href]").count() == 0

    await choose(page, house, file, "Sales Rep B2B, Cluj")
    await expect(page.locator("main")).to_contain_text("Import 140 rows", timeout=20_000)
    await page.get_by_role("button", name="Import 140 rows").click()
    await expect(page.locator("main")).to_contain_text("Undo import", timeout=20_000)
    await page.goto(f"{house.url}/import")
    await expect(page.locator("#past .li").first).to_contain_text("140 new")


async def test_the_same_file_again_has_nothing_to_import(page: Page, house: House, tmp_path: Path) -> None:
    file = as_meta_exports(
        tmp_path / "twice.csv", [a_lead(number, "Sorin Văcărescu") for number in (301, 302)]
    )
    await choose(page, house, file, "Operator CNC, Sibiu")
    await page.get_by_role("button", name="Import 2 rows").click(timeout=20_000)
    await expect(page.locator("main")).to_contain_text("2 applications created", timeout=20_000)
    await choose(page, house, file, "Operator CNC, Sibiu")
    await expect(page.locator("main")).to_contain_text("This very file was imported on", timeout=20_000)
    await expect(page.get_by_role("button", name="Nothing to import")).to_be_disabled()
    await page.select_option("#into", label="Sales Rep B2B, Cluj")
    await page.wait_for_url(re.compile(r"/import/[0-9a-f-]{36}$"))
    await expect(page.locator("main")).to_contain_text("Import 2 rows", timeout=20_000)


async def test_a_file_that_is_no_list_of_leads_is_refused_in_words(
    page: Page, house: House, tmp_path: Path, complaints: Complaints
) -> None:
    complaints.expected = ("422",)
    file = tmp_path / "cv.csv"
    file.write_bytes(b"%PDF-1.4\n" + bytes(range(256)) * 20)
    await page.goto(f"{house.url}/import")
    await page.select_option("#position", label="Operator CNC, Sibiu")
    await page.set_input_files("#file", str(file))
    await page.get_by_role("button", name="Look through the file").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(page.locator("#position")).to_have_value(str(house.positions["Operator CNC, Sibiu"]))


async def test_two_leads_of_one_person_are_merged_and_come_apart_again(
    page: Page, house: House, tmp_path: Path
) -> None:
    first, second = a_lead(401, "Andreea Munteanu"), a_lead(402, "Andreea Munteanu-Vâlcea")
    second["phone_number"] = first["phone_number"]
    file = as_meta_exports(tmp_path / "both.csv", [first, second])
    await choose(page, house, file, "Operator CNC, Sibiu")
    await expect(page.locator(".rail")).to_contain_text("Possible duplicate", timeout=20_000)
    await expect(page.locator(".rail")).to_contain_text("Nothing is merged by an import")
    await page.get_by_role("button", name="Import 2 rows").click()
    await page.get_by_role("link", name="Review duplicates").click(timeout=20_000)
    row = page.locator(".pairt tr", has_text="Andreea Munteanu-Vâlcea")
    await row.locator("a").click()
    await expect(page.locator(".cons").first).to_contain_text("Both applied to Operator CNC, Sibiu")
    await page.locator("[name=take-email]").nth(1).check()
    await page.keyboard.press("y")
    await page.wait_for_url(re.compile("did=merged"))
    await expect(page.locator("main")).to_contain_text("is one person now")
    kept = await house.ui.db.fetchrow("SELECT * FROM candidates WHERE merged_into IS NULL AND email = $1",
                                      "lead402@example.com")  # fmt: skip
    assert kept is not None
    closed = "SELECT count(*) FROM applications WHERE closed_because = 'merged'"
    assert await house.ui.db.fetchval(closed) == 1
    await page.keyboard.press("u")
    await page.wait_for_url("**/duplicates?did=undone")
    await expect(page.locator(".pairt")).to_contain_text("Andreea Munteanu-Vâlcea")

    corrected = CandidateFields(full_name="Andreea Munteanu-Roșca", email="lead402@example.com")
    apart = await house.ui.db.fetchval("SELECT candidate_id FROM candidates WHERE full_name LIKE '%Vâlcea'")
    await house.ask(
        CorrectCandidate(command_id=uuid4(), actor=RECRUITER, candidate_id=apart, fields=corrected)
    )
    await expect(page.locator(".pairt")).to_contain_text("Andreea Munteanu-Roșca")
    await page.locator(".pairt tr", has_text="Andreea Munteanu-Roșca").locator("a").click()
    await page.keyboard.press("n")
    await page.wait_for_url(re.compile("did=apart"))
    await expect(page.locator("main")).not_to_contain_text("Andreea Munteanu-Roșca")


async def test_what_was_edited_since_a_merge_stays_and_is_said(
    page: Page, house: House, tmp_path: Path
) -> None:
    leads = [a_lead(501, "Ilie Cozmâncă"), a_lead(502, "Ilie Cozmanca", email="lead501@example.com")]
    await choose(page, house, as_meta_exports(tmp_path / "ilie.csv", leads), "Operator CNC, Sibiu")
    await page.get_by_role("button", name="Import 2 rows").click(timeout=20_000)
    await page.get_by_role("link", name="Review duplicates").click(timeout=20_000)
    await page.locator(".pairt tr", has_text="Ilie Cozmanca").locator("a").click()
    await page.get_by_role("button", name="Same person").click()
    await page.wait_for_url(re.compile("did=merged"))
    kept = await house.ui.db.fetchval("SELECT candidate_id FROM merges ORDER BY merged_at DESC LIMIT 1")
    fields = CandidateFields(full_name="Ilie Cozmâncă", email="other@example.com")
    await house.ask(CorrectCandidate(command_id=uuid4(), actor=RECRUITER, candidate_id=kept, fields=fields))
    await page.goto(f"{house.url}/duplicates")
    await page.locator(".rail").get_by_role("button", name="Undo").first.click()
    await expect(page.get_by_role("status").first).to_contain_text("They are two people again.")


async def test_nothing_scrolls_sideways_or_complains(page: Page, house: House) -> None:
    imports = [row["import_id"] for row in await house.ui.db.fetch("SELECT import_id FROM imports")]
    pairs = await house.ui.db.fetchrow("SELECT * FROM duplicates LIMIT 1")
    assert pairs is not None
    pair = f"/duplicates/{pairs['candidate_id']}/{pairs['other_candidate_id']}"
    await never_scrolls_sideways(
        page,
        house.url,
        ("/import", "/duplicates", pair, *(f"/import/{it}" for it in imports)),
        (320, 390, 1024),
    )
