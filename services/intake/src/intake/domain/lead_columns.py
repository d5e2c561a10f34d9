"""What the columns of a lead file mean. Forms are written in many languages, and people rename columns.

Every column that is not known is a question of the form, wherever it stands (providers.md 7.1).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from people import fold

from intake.domain.lead_text import HopelessFile
from intake.domain.spreadsheet_cells import unguarded

MOST_COLUMNS = 500
DELIMITERS = ("\t", ",", ";")
REFUSED_BECAUSE = "refused_because"
"""The first column of a file with refused rows, as we hand it out: known on its way back in."""


class Column(Enum):
    LEAD_ID = "lead id"
    CREATED = "created time"
    CAMPAIGN = "campaign name"
    PLATFORM = "platform"
    FULL_NAME = "full name"
    FIRST_NAME = "first name"
    LAST_NAME = "last name"
    PHONE = "phone"
    WHATSAPP = "whatsapp number"
    EMAIL = "email"
    IGNORED = "ignored"
    QUESTION = "question"


_NAMES: dict[Column, str] = {
    Column.LEAD_ID: "id lead_id leadgen_id meta_lead_id id_lead",
    Column.CREATED: "created_time created created_at submitted_at date_created data_crearii creat_la",
    Column.CAMPAIGN: "campaign_name campaign campanie nume_campanie numele_campaniei",
    Column.PLATFORM: "platform platforma",
    Column.FULL_NAME: (
        "full_name name nume_complet numele_complet nume_si_prenume numele_si_prenumele prenume_si_nume"
        " nombre_completo nom_complet nome_completo vollstandiger_name volledige_naam teljes_nev"
    ),
    Column.FIRST_NAME: "first_name prenume prenumele prenom vorname nome given_name keresztnev",
    Column.LAST_NAME: (
        "last_name nume nume_de_familie numele_de_familie nom nachname cognome surname family_name"
        " apellido apellidos vezeteknev"
    ),
    Column.PHONE: (
        "phone_number phone telephone tel mobile mobile_phone mobile_number work_phone_number telefon"
        " telefon_mobil numar_de_telefon numarul_de_telefon numar_telefon nr_telefon nr_de_telefon"
        " nr._telefon nr._de_telefon mobil telefonnummer handynummer numero_de_telefono telefono"
        " numero_di_telefono numero_de_telephone telefonszam"
    ),
    Column.WHATSAPP: "whatsapp whatsapp_number numar_whatsapp numar_de_whatsapp",
    Column.EMAIL: (
        "email e_mail mail email_address e_mail_address work_email adresa_de_email adresa_de_e_mail"
        " adresa_email adresa_e_mail correo_electronico e_mail_adresse adresse_e_mail adresse_email courriel"
        " indirizzo_email emailcim email_cim"
    ),
    Column.IGNORED: (
        "ad_id ad_name adset_id adset_name campaign_id form_id form_name is_organic inbox_url lead_status"
        f" retailer_item_id {REFUSED_BECAUSE}"
    ),
}
_KNOWN: dict[str, Column] = {name: column for column, names in _NAMES.items() for name in names.split()}


@dataclass(frozen=True, slots=True)
class Question:
    """A column of the form; ``key`` is the question as it was asked."""

    index: int
    key: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Where what stands: indexes by meaning, in file order (a form may have two phone columns)."""

    width: int
    header: tuple[str, ...]
    places: dict[Column, tuple[int, ...]]
    questions: tuple[Question, ...]

    @property
    def meanings(self) -> list[tuple[str, str]]:
        """Each column as it is called in the file, with how it is understood."""
        found = {index: meaning for meaning, places in self.places.items() for index in places}
        return [(cell or f"column_{index + 1}", found[index].value) for index, cell in enumerate(self.header)]


def meaning_of(header: str) -> Column:
    return _KNOWN.get(_key(header), Column.QUESTION)


def names_the_refusal(header: str) -> bool:
    """Whether it is our own column, of an earlier round of mending."""
    return _key(header) == REFUSED_BECAUSE


def _key(header: str) -> str:
    return "_".join(fold(header).replace("-", "_").replace(" ", "_").strip("_?:* ").split("_"))


def delimiter_of(line: str) -> str:
    """Tab, comma or semicolon: whichever makes the most known columns out of a header line."""

    def known(delimiter: str) -> tuple[int, int]:
        cells = next(csv.reader([line], delimiter=delimiter), [])
        return sum(meaning_of(cell) is not Column.QUESTION for cell in cells), len(cells)

    best = max(DELIMITERS, key=known)
    if known(best)[0] == 0:
        raise HopelessFile(
            "no_known_columns",
            "The first line names no column of a lead export (such as id, full_name, phone_number or email)."
            " The first line must be the header, its columns separated by tab, comma or semicolon.",
        )
    return best


def columns_of(header: Sequence[str]) -> Columns:
    """Read a header row. Raises ``HopelessFile`` when no lead could be told from another by it."""
    cells = tuple(" ".join(unguarded(cell.replace("\ufeff", "")).split()) for cell in header)
    refuse_too_many_columns(sum(map(bool, cells)))
    meanings = [meaning_of(cell) for cell in cells]
    _check(cells, meanings)
    places: dict[Column, tuple[int, ...]] = {}
    for index, meaning in enumerate(meanings):
        places[meaning] = (*places.get(meaning, ()), index)
    questions = tuple(
        Question(index, cells[index] or f"column_{index + 1}") for index in places.get(Column.QUESTION, ())
    )
    return Columns(len(cells), cells, places, questions)


def refuse_too_many_columns(count: int) -> None:
    if count > MOST_COLUMNS:
        raise HopelessFile(
            "too_many_columns",
            f"The file has {count:,} columns; a lead form has at most {MOST_COLUMNS}. Export it again.",
        )


def _check(cells: Sequence[str], meanings: Sequence[Column]) -> None:
    if len(cells) == 1:
        raise HopelessFile(
            "wrong_delimiter",
            "The file has a single column. Its columns must be separated by tab, comma or semicolon.",
        )
    if Column.LEAD_ID not in meanings:
        raise HopelessFile(
            "no_lead_id",
            "The file has no lead id column (id). Without it a second import could not tell who is already"
            " here. Export the leads from Meta again, or add a column named id with a unique value per row.",
        )
    if Column.PHONE not in meanings and Column.EMAIL not in meanings:
        raise HopelessFile(
            "no_contact_column",
            "The file has neither a phone nor an email column: nobody in it could be reached."
            " Name one column phone_number or email.",
        )
