"""Words in a PDF that nobody sees: white on white, tiny, beside the page, or drawn invisibly.

They are how a CV says one thing to a reader and another to a machine. White words on a dark column are seen,
and the invisible words over a scan are what is seen in it: neither counts.
"""

from __future__ import annotations

import ctypes
import math
from typing import Any

import pypdfium2.raw as pdfium

MAX_OBJECTS = 20_000
"""On one page; further ones are not looked at."""
SMALLEST_POINTS = 2.0
WHITE = 245
"""From this on, of 255, in each of red, green and blue, a colour can't be told from paper."""
NO_INK = 10
"""Less opaque than this, of 255, and nothing is seen."""

Box = tuple[float, float, float, float]


def hidden_letters(page: Any) -> int:
    left, bottom, right, top = page.get_bbox()
    textpage = page.get_textpage()
    grounds: list[Box] = []
    pictures: list[Box] = []
    count = 0
    for seen, each in enumerate(page.get_objects(max_depth=3)):
        if seen >= MAX_OBJECTS:
            break
        box = _box(each)
        if each.type == pdfium.FPDF_PAGEOBJ_IMAGE and box:
            pictures.append(box)
        elif each.type == pdfium.FPDF_PAGEOBJ_PATH and box and not _is_paper(_colour(each)):
            grounds.append(box)
        elif each.type == pdfium.FPDF_PAGEOBJ_TEXT and box:
            x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
            outside = each.level == 0 and not (left <= x <= right and bottom <= y <= top)
            if outside or _is_tiny(each) or _is_unseen(each, _under(x, y, grounds), _under(x, y, pictures)):
                count += _letters(each, textpage)
    return count


def _is_unseen(text: Any, on_colour: bool, on_picture: bool) -> bool:
    if pdfium.FPDFTextObj_GetTextRenderMode(text) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE:
        return not on_picture
    return _is_paper(_colour(text)) and not on_colour and not on_picture


def _is_tiny(text: Any) -> bool:
    size = ctypes.c_float()
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFTextObj_GetFontSize(text, size) or not pdfium.FPDFPageObj_GetMatrix(text, matrix):
        return False
    return 0 < abs(size.value) * math.hypot(matrix.c, matrix.d) < SMALLEST_POINTS


def _letters(text: Any, textpage: Any) -> int:
    size = pdfium.FPDFTextObj_GetText(text, textpage, None, 0)
    if size <= 2:
        return 0
    buffer = (ctypes.c_ushort * (size // 2))()
    pdfium.FPDFTextObj_GetText(text, textpage, buffer, size)
    return sum(chr(unit).isalnum() for unit in buffer)


def _colour(each: Any) -> tuple[int, int, int, int]:
    red, green, blue, ink = (ctypes.c_uint() for _ in range(4))
    if not pdfium.FPDFPageObj_GetFillColor(each, red, green, blue, ink):
        return 0, 0, 0, 255
    return red.value, green.value, blue.value, ink.value


def _is_paper(colour: tuple[int, int, int, int]) -> bool:
    return min(colour[:3]) >= WHITE or colour[3] < NO_INK


def _box(each: Any) -> Box | None:
    sides = tuple(ctypes.c_float() for _ in range(4))
    if not pdfium.FPDFPageObj_GetBounds(each, *sides):
        return None
    left, bottom, right, top = (side.value for side in sides)
    return left, bottom, right, top


def _under(x: float, y: float, boxes: list[Box]) -> bool:
    return any(left <= x <= right and bottom <= y <= top for left, bottom, right, top in boxes)
