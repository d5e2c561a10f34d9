"""Lead files as Meta writes them and as people make them. Every person in them is invented."""

from __future__ import annotations

import codecs
from collections.abc import Mapping, Sequence

HEADER = [
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
    "is_organic",
    "platform",
    "ai_experiență_în_vânzări?",
    "ai_permis_de_conducere_categoria_b?",
    "email",
    "full_name",
    "phone_number",
    "inbox_url",
    "lead_status",
]


def a_row(number: int = 1, **changes: str) -> dict[str, str]:
    """A lead of Meta's; ``number`` makes its id, name, phone and email."""
    row = {
        "id": f"l:19902338985{number:05}",
        "created_time": "2025-09-12T15:05:13+03:00",
        "ad_id": "ag:120210",
        "ad_name": "Sales ad",
        "adset_id": "as:120211",
        "adset_name": "Sales set",
        "campaign_id": "c:120212",
        "campaign_name": "Sales Representative B2B - stabil",
        "form_id": "f:120213",
        "form_name": "Sales form",
        "is_organic": "false",
        "platform": "fb",
        "ai_experiență_în_vânzări?": "da,_peste_3_ani",
        "ai_permis_de_conducere_categoria_b?": "da",
        "email": f"Ana{number}@Example.com",
        "full_name": f"Ana Maria Pop{number}",
        "phone_number": f"p:+4071200{number:04}",
        "inbox_url": "https://example.com/inbox",
        "lead_status": "complete",
    }
    return row | changes


def a_table(
    rows: Sequence[Mapping[str, str]], *, header: Sequence[str] | None = None, delimiter: str = "\t"
) -> str:
    """The text of a file; cells are written as they are."""
    columns = list(header or HEADER)
    lines = [columns, *([row.get(column, "") for column in columns] for row in rows)]
    return "".join(delimiter.join(cells) + "\r\n" for cells in lines)


def a_meta_export(rows: Sequence[Mapping[str, str]]) -> bytes:
    """UTF-16LE with its mark, tab separated, CRLF."""
    return codecs.BOM_UTF16_LE + a_table(rows).encode("utf-16-le")
