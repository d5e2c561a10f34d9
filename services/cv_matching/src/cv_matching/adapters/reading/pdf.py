"""The text of a PDF: by pdfium first, by pdfplumber where pdfium finds nothing that can be read."""

from __future__ import annotations

import io
from contextlib import suppress
from typing import Any

import pdfplumber
import pypdfium2
import pypdfium2.raw as pdfium

from cv_matching.adapters.reading.found import MAX_CHARACTERS, MAX_PAGES, MAX_RAW, Found, NoText, Trouble
from cv_matching.adapters.reading.hidden import hidden_letters
from cv_matching.domain.texts import SCANT, backwards, legible, letters, tidied, turned

MOST_PAGES = 100_000
"""A document that claims more is not believed."""


def read_pdf(body: bytes) -> Found:
    try:
        first = _with_pdfium(body)
    except NoText as none:
        if none.trouble is not Trouble.DAMAGED:
            raise
        first = Found("")
    if letters(first.text) >= SCANT and legible(tidied(first.text, MAX_CHARACTERS)):
        return first
    texts = [first.text, _with_plumber(body)]
    texts += [turned(text) for text in texts if backwards(text)]
    plain = [tidied(text, MAX_CHARACTERS) for text in texts]
    good = [text for text in plain if legible(text)]
    if good:
        return Found(max(good, key=letters), first.pages, first.hidden)
    if first.pages is None:
        raise NoText(Trouble.DAMAGED)
    raise NoText(Trouble.GARBLED if any(plain) else Trouble.NO_TEXT, first.pages)


def _with_pdfium(body: bytes) -> Found:
    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as refused:
        locked = refused.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
        raise NoText(Trouble.LOCKED if locked else Trouble.DAMAGED) from refused
    try:
        pages = len(document)
        if pages == 0:
            raise NoText(Trouble.NO_PAGES, 0)
        texts: list[str] = []
        hidden = 0
        for at in range(min(pages, MAX_PAGES)):
            with suppress(pypdfium2.PdfiumError):
                page = document[at]
                texts.append(page.get_textpage().get_text_bounded()[:MAX_RAW])
                hidden += hidden_letters(page)
        return Found("\n".join(texts), pages if pages <= MOST_PAGES else None, hidden)
    finally:
        document.close()


def _with_plumber(body: bytes) -> str:
    """Nothing where it gives up: it is a second opinion, and raises many kinds of exceptions."""
    try:
        with pdfplumber.open(io.BytesIO(body), pages=list(range(1, MAX_PAGES + 1))) as document:
            pages: list[Any] = document.pages
            return "\n".join(page.extract_text() or "" for page in pages)[:MAX_RAW]
    except Exception:
        return ""
