"""Lead files as intake looks through them: rows of docs/imports.md made by hand, and the facts about them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis.blobs import ObjectBlobs
from contracts import BlobRef
from contracts.intake import (
    ColumnReading,
    KeptByUndo,
    LeadsImported,
    LeadsImportProgressed,
    LeadsImportRequested,
    LeadsImportUndone,
    LeadsPreviewed,
    LeadsPreviewRequested,
    PreviewCounts,
    PreviewSection,
    RefusedRow,
)

from recruiter_ui_support.stories import RECRUITER, Storyteller

PAGE_ROWS = 100
FILE = BlobRef(key="imports/the-file", size=14, content_type="text/csv")
Row = dict[str, Any]
META = {"created": "2026-11-20T08:12:00+00:00", "campaign": "Vânzări B2B", "platform": "ig"}
COLUMNS = (
    ("full_name", "full name"), ("phone_number", "phone"), ("email", "email"), ("id", "lead id"),
    ("created_time", "created time"), ("campaign_name", "campaign name"), ("platform", "platform"),
    ("ai_experiență_în_vânzări_b2b?", "question"), ("ai_permis_de_conducere_categoria_b?", "question"),
    ("ad_id", "ignored"), ("ad_name", "ignored"), ("adset_id", "ignored"), ("form_id", "ignored"),
)  # fmt: skip


def a_row(line: int, name: str, verdict: str = "create", **given: Any) -> Row:
    number = f"+40700{line % 1_000_000:06d}"
    row: Row = {
        "line": line, "verdict": verdict, "name": name, "phone": number, "email": f"lead{line}@example.com",
        "answers": 5, "why": None, "flag": None, "changes": [], "duplicates": [],
        "time_zone": "Europe/Bucharest", **META,
    }  # fmt: skip
    return row | {"lead_id": f"l:{7000 + line}"} | given


def same_as(name: str, *shared: str, **given: Any) -> Row:
    """Somebody who may be the person of a row."""
    known: Row = {"name": name, "shared": list(shared), "phone": None, "email": None, "lead_id": "l:6001"}
    return known | given


async def sections(
    blobs: ObjectBlobs, import_id: UUID, rows: Sequence[Row], page_rows: int = PAGE_ROWS
) -> list[PreviewSection]:
    """One blob per section that occurs, as intake leaves them."""
    by_name: dict[str, list[Row]] = {"all": list(rows)}
    for row in rows:
        by_name.setdefault(row["verdict"], []).append(row)
    by_name["duplicates"] = [row for row in rows if row["duplicates"]]
    made = []
    for name, those in by_name.items():
        offsets, body = [], bytearray()
        for place, row in enumerate(those):
            if place % page_rows == 0:
                offsets.append(len(body))
            body += json.dumps(row, ensure_ascii=False).encode() + b"\n"
        ref = await blobs.put(f"previews/{import_id}/{name}.jsonl", bytes(body), "application/jsonl")
        shape: dict[str, Any] = {"rows": len(those), "page_rows": page_rows, "offsets": offsets}
        made.append(PreviewSection(name=name, blob=ref, **shape))
    return made


class Desk:
    """Tells what intake would say of one file."""

    def __init__(self, told: Storyteller, blobs: ObjectBlobs, position_id: int = 1) -> None:
        self._told, self._blobs = told, blobs
        self.import_id = told.new_id()
        self._of: dict[str, Any] = {"import_id": self.import_id, "position_id": position_id}
        self._named: dict[str, Any] = {**self._of, "file_name": "leads_sales-rep-b2b_2026-11-20.csv"}
        self.rows: list[Row] = []

    def is_looked_through(self, **given: Any) -> None:
        self._named |= given
        self._told.say(LeadsPreviewRequested(**self._named, file=FILE, actor=RECRUITER))

    async def was_looked_through(
        self, rows: Sequence[Row], *, imported_before: UUID | None = None, encoding: str = "utf-16-le"
    ) -> None:
        self.rows = list(rows)
        refused = [row for row in rows if row["verdict"] == "refused"]
        csv = None
        if refused:
            lines = [f"{it['why']},{it['lead_id']}" for it in refused]
            body = "\r\n".join(["\ufeffrefused_because,id", *lines, ""])
            csv = await self._blobs.put(f"previews/{self.import_id}/refused.csv", body.encode(), "text/csv")
        self._told.say(
            LeadsPreviewed(
                **self._named,
                encoding=encoding,
                delimiter="\t",
                columns=[ColumnReading(header=header, meaning=meaning) for header, meaning in COLUMNS],
                counts=self.counts(),
                sections=await sections(self._blobs, self.import_id, rows),
                refused_rows=csv,
                imported_before=imported_before,
                milliseconds=312,
                actor=RECRUITER,
            )
        )

    def counts(self) -> PreviewCounts:
        def of(verdict: str) -> int:
            return sum(row["verdict"] == verdict for row in self.rows)

        return PreviewCounts(
            rows=len(self.rows),
            create=of("create"),
            update=of("update"),
            unchanged=of("unchanged"),
            skip=of("skip"),
            refused=of("refused"),
            duplicates=sum(bool(row["duplicates"]) for row in self.rows),
            flagged=sum(row["flag"] is not None for row in self.rows),
        )

    def is_confirmed(self) -> None:
        self._told.say(LeadsImportRequested(**self._named, file=FILE, actor=RECRUITER))

    def gets_on(self, rows: int) -> None:
        self._told.say(LeadsImportProgressed(**self._of, rows=rows, of_rows=len(self.rows) or None))

    def is_done(self, **given: Any) -> None:
        counts = self.counts()
        bad = [row for row in self.rows if row["verdict"] == "refused"]
        result: dict[str, Any] = {
            "rows": counts.rows,
            "candidates_created": counts.create,
            "candidates_updated": counts.update,
            "candidates_unchanged": counts.unchanged,
            "applications_created": counts.create,
            "skipped": counts.skip,
            "possible_duplicates": counts.duplicates,
            "refused_count": counts.refused,
            "refused": [RefusedRow(line=row["line"], reason=row["why"]) for row in bad],
            "flagged_count": counts.flagged,
            "flagged": [RefusedRow(line=it["line"], reason=it["flag"]) for it in self.rows if it["flag"]],
        }
        self._told.say(LeadsImported(**self._named, **(result | given), actor=RECRUITER))

    def is_taken_back(self, kept: Sequence[KeptByUndo] = ()) -> None:
        self._told.say(
            LeadsImportUndone(
                **self._of,
                applications_withdrawn=self.counts().create - len(kept),
                candidates_withdrawn=self.counts().create - len(kept),
                profiles_restored=self.counts().update,
                kept_count=len(kept),
                kept=list(kept),
                actor=RECRUITER,
            )
        )


def a_file() -> list[Row]:
    """Every verdict, with the reasons that intake gives; 214 rows."""
    rows = [
        a_row(2, "Cătălin Țurcanu"),
        a_row(3, "Priya Raghunathan", phone="+915550000012", time_zone="Asia/Kolkata"),
        a_row(4, "Elena Grigoraș", "update", phone="+40700000070",
              changes=[{"field": "phone", "before": "+40700000007", "after": "+40700000070"},
                       {"field": "Permis categoria B?", "before": None, "after": "da"}]),
        a_row(5, "Marcus Oyelaran-Reid", phone="+19025550143", time_zone="America/Halifax"),
        a_row(6, "Ștefan Ionaș", "refused", phone="0700 00", email=None,
              why="No usable phone number (0700 00) and no email address"),
        a_row(7, "Andreea Munteanu", answers=4, phone="+40700000014", email="andreea.mv@example.com",
              duplicates=[same_as("Andreea Munteanu-Vâlcea", "phone", "email", candidate_id=14,
                                  phone="+40700000014", email="andreea.mv@example.com")]),
        a_row(8, "Ilie Cozmâncă"),
        a_row(9, "Larisa Pîrvulescu", "unchanged", why="Nothing new"),
        a_row(10, "<test lead: dummy data for full_name>", "skip", phone=None, email="test@fb.com",
              why="A test lead of Meta's"),
        a_row(11, "Beáta Szőke-Albu", phone="12 34", flag="“12 34” is no phone number that can be called"),
        a_row(12, "Vlad Dobrogeanu", "update", email="vlad.d@example.com",
              changes=[{"field": "email", "before": "vlad@exmaple.com", "after": "vlad.d@example.com"},
                       {"field": "campaign_name", "before": "Vânzări", "after": "Vânzări B2B"}]),
        a_row(13, "Doina Chirilă"),
        a_row(14, "Giulia Santoro-Pop", phone="+390555550110", time_zone="Europe/Rome",
              duplicates=[same_as("Giulia Santoro", "email", line=8, email="lead14@example.com")]),
        a_row(15, "Radu Crăciunescu", "skip", why="The same lead stands in line 8 already"),
        a_row(16, "", "refused", phone=None, email=None, why="No name, no phone and no email"),
    ]  # fmt: skip
    names = ("Sorin Văcărescu", "Raluca Crăciunescu", "Zsófia Kerekes-Nagy", "Dumitru Ceban", "Oana Sârbu")
    return rows + [a_row(line, names[line % len(names)]) for line in range(17, 216)]
