"""Writes the sample export: invented names, addresses at example.com, numbers in 0700 000 000 to 999.

A plus tag in an address names the sandbox persona behind it, so that every kind of candidate is among them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from people import fold

from ops.sample import LEADS

WINTER = timezone(timedelta(hours=2))
QUESTIONS = (
    "ai_experiență_în_vânzări_business_to_business?",
    "ai_negociat_direct_condiții_comerciale_cu_clienții_(preț,_volume,_termene)?",
    "rolul_presupune_deplasări_regulate_la_clienți._este_în_regulă_pentru_tine?",
    "ai_permis_de_conducere_categoria_b?",
)
HEADER = (
    *("id", "created_time", "ad_id", "ad_name", "adset_id", "adset_name", "campaign_id", "campaign_name"),
    *("form_id", "form_name", "is_organic", "platform", *QUESTIONS),
    *("full_name", "phone_number", "email", "inbox_url", "lead_status"),
)
FITTING = ("da,_peste_3_ani", "da,_constant", "da,_este_în_regulă_pentru_mine", "da")
MIXED = ("nu,_dar_învăț_repede", "ocazional", "depinde_de_zonă", "da")
ENGLISH = ("yes,_more_than_3_years", "yes,_every_week", "yes,_that_is_fine", "yes")

PEOPLE = (
    ("Ana Popescu", "qualifies", FITTING),
    ("Ștefan Ionescu", "qualifies", FITTING),
    ("Ioana-Maria Țurcanu", "qualifies", FITTING),
    ("Răzvan Dumitrașcu", "qualifies", FITTING),
    ("Elena Șerban", "qualifies", MIXED),
    ("Mihai Câmpeanu", "qualifies", FITTING),
    ("Oliver Bennett", "qualifies", ENGLISH),
    ("Cristina Vâlcu", "qualifies", FITTING),
    ("Andrei Moldovan", "sends-cv-by-whatsapp", FITTING),
    ("Țvetana Rusu", "sends-cv-by-whatsapp", FITTING),
    ("Bianca Neagoe", "sends-cv-by-whatsapp", MIXED),
    ("Grace Whitfield", "sends-cv-by-whatsapp", ENGLISH),
    ("Vlad Crăciunescu", "cv-from-another-address", FITTING),
    ("Daria Hălmăgean", "cv-from-another-address", FITTING),
    ("Gheorghe Bănățeanu", "cv-from-a-friends-address", FITTING),
    ("Simona Pârvulescu", "replies-first", FITTING),
    ("Liam Carterton", "replies-first", ENGLISH),
    ("Ovidiu Ghiță", "cv-after-follow-up-1", FITTING),
    ("Raluca Stănciulescu", "cv-after-follow-up-1", MIXED),
    ("Petru Lăzăroiu", "cv-after-follow-up-2", FITTING),
    ("Nicoleta Brătescu", "cv-after-follow-up-2", FITTING),
    ("Sorin Mărgineanu", "never-sends-cv", FITTING),
    ("Hannah Kowalski", "never-sends-cv", ENGLISH),
    ("Loredana Iacobescu", "never-sends-cv", FITTING),
    ("Costel Bujor", "not-qualified", MIXED),
    ("Mirela Anghelache", "not-qualified", MIXED),
    ("Dănuț Ciobotaru", "not-qualified", MIXED),
    ("Noah Fitzgerald", "not-qualified", ENGLISH),
    ("Aurelia Zăvoianu", "not-qualified-cv-by-email", MIXED),
    ("Tiberiu Oprișan", "not-qualified-cv-by-whatsapp", MIXED),
    ("Camelia Drăghiceanu", "call-back-tomorrow", FITTING),
    ("Lucian Fărcășanu", "call-back-tomorrow", FITTING),
    ("Amelia Hargreaves", "call-back-tomorrow", ENGLISH),
    ("Marin Țepeneag", "wants-a-human", MIXED),
    ("Olga Rădulescu", "wants-a-human", FITTING),
    ("Ilie Săndulescu", "never-answers", FITTING),
    ("Jack Thornbury", "never-answers", ENGLISH),
    ("Veronica Mănăilă", "voicemail", FITTING),
    ("Florin Buzoianu", "busy-then-answers", FITTING),
    ("Teodora Chiriță", "busy-then-answers", FITTING),
    ("Emil Pădureanu", "answers-at-second-try", FITTING),
    ("Sophie Lindqvist", "answers-at-second-try", ENGLISH),
)
"""Who is called, by name, persona and what they wrote in the form."""

FORM = "805512340987"
"""The form that they all filled in."""


def rows() -> Iterator[dict[str, str]]:
    """The export's rows, the odd ones that every real export has among them."""
    people = [lead(number, *person) for number, person in enumerate(PEOPLE, start=1)]
    yield from people[:12]
    yield _test_lead()
    yield from people[12:25]
    yield {**lead(91, "Gabriela Nistor", "qualifies", FITTING), "phone_number": "p:", "email": ""}
    yield {
        **lead(92, "Radu Bărbulescu", "qualifies", FITTING),
        "phone_number": "p:nu am",
        "email": _mail("Radu Bărbulescu"),
    }
    yield from people[25:]
    yield people[3]  # date ranges of two exports overlap


def text(leads: Iterable[dict[str, str]]) -> str:
    """The file's content before encoding."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER, delimiter="\t", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(leads)
    return out.getvalue()


def encoded(leads: Iterable[dict[str, str]]) -> bytes:
    return b"\xff\xfe" + text(leads).encode("utf-16-le")


def lead(number: int, name: str, persona: str, answers: tuple[str, ...] = FITTING) -> dict[str, str]:
    """One row; ``number`` (1 to 999) makes its id and phone its own."""
    created = datetime(2026, 11, 14, 8, 12, 5, tzinfo=WINTER) + timedelta(minutes=57 * number)
    organic = number % 9 == 0
    advertised = {
        "ad_id": f"ag:1202300045678{number % 4:04d}",
        "ad_name": "Consilier vânzări B2B - video",
        "adset_id": "as:120230004567700021",
        "adset_name": "RO 25-55",
        "campaign_id": "c:120230004567600007",
        "campaign_name": "Consilier vânzări B2B - stabil",
    }
    return {
        **({} if organic else advertised),
        "id": f"l:19902338985{number:05d}",
        "created_time": created.isoformat(timespec="seconds"),
        "form_id": f"f:{FORM}",
        "form_name": "Consilier vânzări - noiembrie",
        "is_organic": "true" if organic else "false",
        "platform": "ig" if number % 3 == 0 else "fb",
        **dict(zip(QUESTIONS, answers, strict=True)),
        "full_name": name,
        "phone_number": _phone(number),
        "email": _mail(name, persona),
        "lead_status": "CREATED",
    }


def _phone(number: int) -> str:
    """As forms hold them: international, with spaces, national."""
    local = f"700000{number:03d}"
    written = (f"+40{local}", f"+40 {local[:3]} {local[3:6]} {local[6:]}", f"0{local}")
    return "p:" + written[0 if number % 5 else number % 2 + 1]


def _mail(name: str, persona: str | None = None) -> str:
    local = fold(name).replace(" ", ".").replace("-", ".")
    return f"{local}{'+' + persona if persona else ''}@example.com"


def _test_lead() -> dict[str, str]:
    dummy = {column: f"<test lead: dummy data for {column}>" for column in (*QUESTIONS, "full_name")}
    return {
        **lead(90, "-", "qualifies", FITTING),
        **dummy,
        "phone_number": "p:<test lead: dummy data for phone_number>",
        "email": "test@meta.com",
    }


LIVE = (
    lead(1, *PEOPLE[0]),
    lead(81, "Ruxandra Vlădescu", "qualifies", FITTING),
    lead(82, "Bogdan Țiriac", "not-qualified", MIXED),
)
"""Who applies live in the demonstration. The first stands in the file too."""


def as_sent(row: dict[str, str]) -> dict[str, Any]:
    """A row as its person sent it, for the sandbox: without the prefixes of an export."""
    fields = {column: row[column] for column in (*QUESTIONS, "full_name", "phone_number", "email")}
    return {
        "form_id": row["form_id"].removeprefix("f:"),
        "form_name": row["form_name"],
        "leadgen_id": row["id"].removeprefix("l:"),
        "created_time": row["created_time"],
        "campaign_name": row.get("campaign_name", ""),
        "platform": row["platform"],
        "fields": {**fields, "phone_number": row["phone_number"].removeprefix("p:")},
    }


if __name__ == "__main__":
    LEADS.write_bytes(encoded(rows()))
