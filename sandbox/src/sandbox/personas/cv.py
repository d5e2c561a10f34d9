"""CVs as people send them: real PDF and DOCX files with their name, number, address and diacritics."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from docx import Document as WordDocument
from fpdf import FPDF

from sandbox.dice import Dice

_FONTS = Path(__file__).parent / "fonts"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class Cv:
    file_name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on the page: the head, then sections of lines."""

    name: str
    contact: str
    sections: list[tuple[str, list[str]]]


_COMPANIES = ("Țesătoria Argeș", "Brutăria Câmpina", "Nord Logistic", "Șantierul Șimleu", "Albastru Software")
_SCHOOLS = ("Universitatea din București", "Colegiul Tehnic Brașov", "Politehnica Timișoara")
_ROLES = {
    "ro": ("Specialist relații cu clienții", "Agent vânzări", "Operator logistică", "Coordonator de echipă"),
    "en": ("Customer relations specialist", "Sales agent", "Logistics operator", "Team coordinator"),
}
_TITLES = {
    "ro": ("Curriculum vitae", "Experiență profesională", "Educație", "Limbi străine", "Engleză, franceză"),
    "en": ("Curriculum vitae", "Work experience", "Education", "Languages", "Romanian, English, French"),
}


def make_cv(dice: Dice, whom: str, name: str, phone: str | None, email: str | None, language: str) -> Cv:
    """The CV of one person; it is the same file every time."""
    sheet = _sheet(dice, whom, name, phone, email, language)
    stem = f"CV {name}".replace(" ", dice.pick(("_", " ", "-"), "file name", whom))
    if dice.fraction("file type", whom) < 0.2:
        return Cv(f"{stem}.docx", DOCX, _docx(sheet))
    return Cv(f"{stem}.pdf", PDF, _pdf(sheet))


def _sheet(dice: Dice, whom: str, name: str, phone: str | None, email: str | None, language: str) -> Sheet:
    title, experience, education, languages, spoken = _TITLES[language]
    start = 2010 + dice.number("since", whom) % 8
    jobs = []
    for number, years in enumerate((f"{start + 5} - 2026", f"{start} - {start + 5}")):
        role = dice.pick(_ROLES[language], "role", whom, number)
        jobs.append(f"{years}: {role}, {dice.pick(_COMPANIES, 'firm', whom, number)}")
    contact = " · ".join(part for part in (_spaced(phone), email) if part)
    sections = [
        (experience, jobs),
        (education, [f"{start - 3} - {start}: {dice.pick(_SCHOOLS, 'school', whom)}"]),
        (languages, [spoken]),
    ]
    return Sheet(name, contact, [(title, []), *sections])


def _spaced(phone: str | None) -> str | None:
    if phone and phone.startswith("+40") and len(phone) == 12:
        return f"+40 {phone[3:6]} {phone[6:9]} {phone[9:]}"
    return phone


def _pdf(sheet: Sheet) -> bytes:
    pdf = FPDF()
    pdf.set_creation_date(datetime.fromisoformat("2026-01-01T00:00:00+00:00"))
    pdf.add_font("Roboto", "", _FONTS / "Roboto-Regular.ttf")
    pdf.add_font("Roboto", "B", _FONTS / "Roboto-Bold.ttf")
    pdf.add_page()
    pdf.set_font("Roboto", "B", 20)
    pdf.cell(text=sheet.name, new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("Roboto", "", 11)
    if sheet.contact:
        pdf.cell(text=sheet.contact, new_x="LMARGIN", new_y="NEXT")
    for title, lines in sheet.sections:
        pdf.ln(4)
        pdf.set_font("Roboto", "B", 13)
        pdf.cell(text=title, new_x="LMARGIN", new_y="NEXT")
        pdf.set_font("Roboto", "", 11)
        for line in lines:
            pdf.multi_cell(w=0, text=line, new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


def _docx(sheet: Sheet) -> bytes:
    document = WordDocument()
    document.add_heading(sheet.name, 0)
    document.add_paragraph(sheet.contact)
    for title, lines in sheet.sections:
        document.add_heading(title, 2)
        for line in lines:
            document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
