"""How numbers, money and dates read in Persian and English: the one formatter of the Python side. Pure."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from fractions import Fraction
from typing import Final, NamedTuple

from loyalty.calendars import Calendar, System
from loyalty.values import QUANTITY_SCALE, Lang, Text

_LATIN: Final = "0123456789"
_PERSIAN: Final = "۰۱۲۳۴۵۶۷۸۹"
_ARABIC: Final = "٠١٢٣٤٥٦٧٨٩"
_TO_LATIN: Final = str.maketrans(_PERSIAN + _ARABIC, _LATIN * 2)
_TO_PERSIAN: Final = str.maketrans(_LATIN + ",.%", _PERSIAN + "٬٫٪")
_LETTERS: Final = str.maketrans({"ي": "ی", "ك": "ک", "ى": "ی", "ة": "ه", "ۀ": "ه", "ـ": "", "\u200c": " "})
DROPPED: Final = str.maketrans("", "", " \t-‐‑–—_.\u200c\u200e\u200f\u00a0\u202a\u202b\u202c")
"""What people type or leave out between the letters of a code."""

MONTHS: Final[dict[System, tuple[Text, ...]]] = {
    "jalali": tuple(
        Text(en, fa)
        for en, fa in (
            ("Farvardin", "فروردین"),
            ("Ordibehesht", "اردیبهشت"),
            ("Khordad", "خرداد"),
            ("Tir", "تیر"),
            ("Mordad", "مرداد"),
            ("Shahrivar", "شهریور"),
            ("Mehr", "مهر"),
            ("Aban", "آبان"),
            ("Azar", "آذر"),
            ("Dey", "دی"),
            ("Bahman", "بهمن"),
            ("Esfand", "اسفند"),
        )
    ),
    "gregorian": tuple(
        Text(en, fa)
        for en, fa in (
            ("January", "ژانویه"),
            ("February", "فوریه"),
            ("March", "مارس"),
            ("April", "آوریل"),
            ("May", "مه"),
            ("June", "ژوئن"),
            ("July", "ژوئیه"),
            ("August", "اوت"),
            ("September", "سپتامبر"),
            ("October", "اکتبر"),
            ("November", "نوامبر"),
            ("December", "دسامبر"),
        )
    ),
}
WEEKDAYS: Final = tuple(
    Text(en, fa)
    for en, fa in (
        ("Monday", "دوشنبه"),
        ("Tuesday", "سه‌شنبه"),
        ("Wednesday", "چهارشنبه"),
        ("Thursday", "پنجشنبه"),
        ("Friday", "جمعه"),
        ("Saturday", "شنبه"),
        ("Sunday", "یکشنبه"),
    )
)

CURRENCIES: Final[dict[str, tuple[int, Text]]] = {
    "IRR": (0, Text("rial", "ریال")),
    "USD": (2, Text("US$", "دلار")),
    "EUR": (2, Text("€", "یورو")),
    "GBP": (2, Text("£", "پوند")),
    "AED": (2, Text("AED", "درهم")),
    "TRY": (2, Text("TRY", "لیر")),
    "AFN": (2, Text("AFN", "افغانی")),
    "TJS": (2, Text("TJS", "سامانی")),
    "IQD": (3, Text("IQD", "دینار")),
    "CAD": (2, Text("CA$", "دلار کانادا")),
}
"""Currencies a club may keep: how many decimals the minor unit has (a rial has none), and the name."""

TOMAN: Final = Text("toman", "تومان")


class Unit(NamedTuple):
    """How a club's money is shown: stored minor units ÷ 10^`decimals`, then the name."""

    decimals: int
    name: Text


def unit(currency: str, display: str | None) -> Unit:
    """The shown unit of a club's money; `display: toman` shows IRR as a tenth."""
    if currency == "IRR" and display == "toman":
        return Unit(1, TOMAN)
    decimals, name = CURRENCIES[currency]
    return Unit(decimals, name)


def latin_digits(text: str) -> str:
    """Persian and Arabic digits as Latin ones; everything else untouched."""
    return text.translate(_TO_LATIN)


def digits(text: str, lang: Lang) -> str:
    """Latin digits, separators and percent sign as the language writes them."""
    return text.translate(_TO_PERSIAN) if lang == "fa" else text


def search_key(text: str) -> str:
    """A form for finding and sorting names: one form per letter, no vowel signs, lower case, single spaces."""
    letters = (letter for letter in unicodedata.normalize("NFKC", text) if not unicodedata.combining(letter))
    return " ".join(latin_digits("".join(letters)).translate(_LETTERS).casefold().split())


def code_key(typed: str) -> str:
    """A code as it is compared, however it was typed: one form per letter, capitals, no spaces and dashes."""
    return search_key(typed.translate(DROPPED)).translate(DROPPED).upper()


def number(value: int, lang: Lang) -> str:
    """An integer with thousands separators."""
    text = digits(f"{value:,}", lang)
    return text.replace("-", "\u2212")


def ratio(value: Fraction, lang: Lang) -> str:
    """A ratio as the shortest decimal where one ends within six places, else as a fraction."""
    scaled = value * 10**6
    sign = "\u2212" if value < 0 else ""
    if scaled.denominator != 1:
        return sign + digits(f"{abs(value.numerator)}/{value.denominator}", lang)
    whole, rest = divmod(abs(scaled.numerator), 10**6)
    return sign + digits(f"{whole:,}" + (f".{rest:06}".rstrip("0") if rest else ""), lang)


def percent(value: Fraction, lang: Lang) -> str:
    """A ratio as a percentage: 3/400 is 0.75%."""
    return f"{ratio(value * 100, lang)}{'٪' if lang == 'fa' else '%'}"


def quantity(thousandths: int, lang: Lang) -> str:
    """A quantity kept in thousandths, without trailing zeros."""
    return ratio(Fraction(thousandths, QUANTITY_SCALE), lang)


def amount(minor: int, shown: Unit, lang: Lang, *, short: bool = False) -> str:
    """Money's figure without its name. Zero decimals are dropped from toman, and from others where `short`."""
    scale = 10**shown.decimals
    whole, rest = divmod(abs(minor), scale)
    text = f"{whole:,}"
    if shown.decimals and (rest or not (short or shown.name is TOMAN)):
        text += f".{rest:0{shown.decimals}}"
    return ("\u2212" if minor < 0 else "") + digits(text, lang)


def money(minor: int, shown: Unit, lang: Lang, *, short: bool = False) -> str:
    """Money as a person reads it: «۱۲٬۰۰۰ تومان», `12,000 toman`, `US$12.50`."""
    figure, name = amount(minor, shown, lang, short=short), shown.name.to(lang)
    if lang == "en" and name[-1] in "$€£":
        sign, figure = ("\u2212", figure[1:]) if minor < 0 else ("", figure)
        return f"{sign}{name}{figure}"
    return f"{figure} {name}"


def day(value: date, calendar: Calendar, lang: Lang) -> str:
    """A long date in the club's calendar: «۲۱ آبان ۱۴۰۵», `21 Aban 1405`."""
    year, month, dom = calendar.parts(value)
    return digits(f"{dom} {MONTHS[calendar.system][month - 1].to(lang)} {year}", lang)


def clock(minute: int, lang: Lang) -> str:
    """A time of day from minutes since midnight: 22:00."""
    return digits(f"{minute // 60:02}:{minute % 60:02}", lang)


def instant(value: datetime, calendar: Calendar, lang: Lang) -> str:
    """A long date and time of day in the club's zone."""
    moment = calendar.moment(value)
    comma = "، " if lang == "fa" else ", "
    return f"{day(moment.day, calendar, lang)}{comma}{clock(moment.minute, lang)}"


def period_label(label: str, lang: Lang) -> str:
    """A period's stored name in the language's digits, kept left to right by its reader."""
    return digits(label, lang)


def counted(value: int, one: str, many: str, lang: Lang) -> str:
    """A number with its noun: English takes `one` or `many`, Persian one form after any number."""
    return f"{number(value, lang)} {one if lang == 'fa' or value == 1 else many}"


AND: Final = Text("and", "و")
OR: Final = Text("or", "یا")


def listed(items: list[str], lang: Lang, last: Text = AND) -> str:
    """Items as a list in prose: `a, b and c`, «الف، ب و پ»."""
    if len(items) < 2:
        return "".join(items)
    comma = "، " if lang == "fa" else ", "
    return f"{comma.join(items[:-1])} {last.to(lang)} {items[-1]}"
