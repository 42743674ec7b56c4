"""Certificates of honour as PDFs: vectors and letters, to be printed at any size. Pure."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

import segno
from fpdf import FPDF
from fpdf.enums import Align, MethodReturnValue, XPos, YPos

from loyalty.rewards.certificates import HEIGHT, INK, WIDTH, Certificate, border
from loyalty.values import Lang

FONTS: Final = Path(__file__).parents[1] / "static" / "vendor" / "vazirmatn-ttf"


class _Box(NamedTuple):
    """Where a text stands, and in which sizes, the largest that fits first."""

    top: float
    height: float
    width: float
    sizes: tuple[float, ...]


_TITLE: Final = _Box(44, 26, 225, (32, 24, 18, 13))
_WORDS: Final = _Box(76, 74, 205, (17, 14, 12, 10, 8, 6))
_LEADING: Final = 0.64
"""Height of a line in millimetres for each point of its letters."""


def pdf(its: Certificate, lang: Lang) -> bytes:
    """A certificate as a document of one page in one language."""
    page = FPDF(orientation="landscape", unit="mm", format="A4")
    page.set_creation_date(its.issued_at)
    page.set_title(f"{its.title.to(lang)} · {its.club.to(lang)}")
    page.set_lang("fa-IR" if lang == "fa" else "en")
    page.set_auto_page_break(auto=False)
    page.set_margin(0)
    for style, name in (("", "Regular"), ("B", "Bold")):
        page.add_font("Vazirmatn", style, FONTS / f"{name}.ttf")
    if lang == "fa":
        page.set_text_shaping(use_shaping_engine=True, direction="rtl", script="arab", language="fas")
    else:
        page.set_text_shaping(use_shaping_engine=True, direction="ltr", script="latn", language="eng")
    page.add_page()
    page.image(io.BytesIO(border().encode()), x=0, y=0, w=WIDTH, h=HEIGHT)
    page.set_text_color(INK)
    _centred(page, its.club.to(lang), 34, 15)
    _fitted(page, its.title.to(lang), _TITLE, bold=True)
    _fitted(page, its.words.to(lang), _WORDS)
    _centred(page, its.day.to(lang), 158, 13)
    _scan(page, its.url)
    page.set_text_shaping(use_shaping_engine=False)
    _centred(page, its.code, 176, 10)
    return bytes(page.output())


def _centred(page: FPDF, text: str, y: float, size: float, *, bold: bool = False) -> None:
    page.set_font("Vazirmatn", "B" if bold else "", size)
    page.set_xy(30, y)
    page.cell(WIDTH - 60, size * 0.55, text, align=Align.C)


def _fitted(page: FPDF, text: str, box: _Box, *, bold: bool = False) -> None:
    """A text in the middle of a box, as large as it may be there."""
    told: dict[str, Any] = {"w": box.width, "text": text, "align": Align.C, "new_x": XPos.LEFT, "new_y": YPos.NEXT}
    for size in box.sizes:
        page.set_font("Vazirmatn", "B" if bold else "", size)
        page.set_xy((WIDTH - box.width) / 2, box.top)
        tried = page.multi_cell(h=size * _LEADING, dry_run=True, output=MethodReturnValue.HEIGHT, **told)
        height = cast("float", tried)
        if height <= box.height:
            page.set_xy((WIDTH - box.width) / 2, box.top + (box.height - height) / 2)
            break
    page.multi_cell(h=size * _LEADING, **told)


def _scan(page: FPDF, url: str) -> None:
    """The drawing for a scanner, in the corner."""
    rows = list(segno.make(url, error="m", micro=False).matrix)
    module = 26 / len(rows)
    page.set_fill_color(INK)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                page.rect(30 + x * module, 154 + y * module, module, module, style="F")
