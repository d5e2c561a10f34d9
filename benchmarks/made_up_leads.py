"""A lead file as Meta exports it (UTF-16LE, tabs) of made-up people, always the same."""

from __future__ import annotations

import codecs
import csv
import io
import random

SEED = 20_261_118
FIRST = [
    "Ana",
    "Maria",
    "Ioana",
    "Andrei",
    "Ștefan",
    "Mihai",
    "Țucu",
    "Răzvan",
    "Bianca",
    "John",
    "Emily",
    "Cătălina",
    "Vlad",
    "Elena",
]
LAST = [
    "Popescu",
    "Ionescu",
    "Țurcanu",
    "Șerban",
    "Dumitru",
    "Smith",
    "Stan",
    "Marin",
    "Brânză",
    "Gheorghe",
    "Walker",
    "Munteanu",
]
QUESTIONS = (
    "ai_experiență_în_vânzări_business_to_business?",
    "ai_negociat_direct_condiții_comerciale_cu_clienții_(preț,_volume,_termene)?",
    "acest_rol_este_full-time,_cu_contract_de_muncă...",
    "rolul_presupune_deplasări_regulate_la_clienți...",
    "ai_permis_de_conducere_categoria_b?",
)
ANSWERS = ("da,_peste_3_ani", "da,_constant", "este_ceea_ce_caut", "da,_este_în_regulă_pentru_mine", "nu")
HEADER = (
    *[
        "id",
        "created_time",
        "ad_id",
        "ad_name",
        "adset_id",
        "adset_name",
        "campaign_id",
        "campaign_name",
        "form_id",
        "form_name",
    ],
    *("is_organic", "platform", *QUESTIONS, "email", "full_name", "phone_number", "inbox_url", "lead_status"),
)


def lead_file(rows: int) -> bytes:
    """The file's bytes; every lead has its own id, about one in a hundred shares a phone with another."""
    dice = random.Random(SEED)
    text = io.StringIO()
    out = csv.writer(text, delimiter="\t", lineterminator="\r\n")
    out.writerow(HEADER)
    for number in range(rows):
        first, last = dice.choice(FIRST), dice.choice(LAST)
        phone = 20_000_000 + (number if number % 100 else number // 2)
        out.writerow(
            (
                f"l:{1_990_233_898_000_000 + number}",
                f"2026-0{1 + number % 9}-1{number % 10}T15:05:13+02:00",
                *("ag:120210", "Vânzări B2B", "as:120211", "România 25-45", "c:120212"),
                *("Sales Representative B2B - stabil", "f:120213", "Formular vânzări", "false", "fb"),
                *(dice.choice(ANSWERS) for _ in QUESTIONS),
                f"{first}.{last}.{number}@example.com".lower(),
                f"{first} {last}",
                f"p:+407{phone}",
                f"https://example.com/inbox/{number}",
                "complete",
            )
        )
    return codecs.BOM_UTF16_LE + text.getvalue().encode("utf-16-le")
