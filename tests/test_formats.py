"""Numbers, money and dates as a person reads them, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from loyalty import formats
from loyalty.calendars import Calendar
from loyalty.formats import OR, Unit

TEHRAN = Calendar("Asia/Tehran", "jalali")
LONDON = Calendar("Europe/London", "gregorian")
TOMAN = formats.unit("IRR", "toman")
RIAL = formats.unit("IRR", None)
DOLLAR = formats.unit("USD", None)
DINAR = formats.unit("IQD", None)


@pytest.mark.parametrize(
    ("value", "en", "fa"),
    [
        (0, "0", "۰"),
        (7, "7", "۷"),
        (1234567, "1,234,567", "۱٬۲۳۴٬۵۶۷"),
        (-1200, "−1,200", "−۱٬۲۰۰"),
    ],
)
def test_numbers(value: int, en: str, fa: str) -> None:
    assert formats.number(value, "en") == en
    assert formats.number(value, "fa") == fa


@pytest.mark.parametrize(
    ("minor", "unit", "en", "fa"),
    [
        (1200000, TOMAN, "120,000 toman", "۱۲۰٬۰۰۰ تومان"),
        (1200005, TOMAN, "120,000.5 toman", "۱۲۰٬۰۰۰٫۵ تومان"),
        (5, TOMAN, "0.5 toman", "۰٫۵ تومان"),
        (0, TOMAN, "0 toman", "۰ تومان"),
        (-1200005, TOMAN, "−120,000.5 toman", "−۱۲۰٬۰۰۰٫۵ تومان"),
        (1200000, RIAL, "1,200,000 rial", "۱٬۲۰۰٬۰۰۰ ریال"),
        (1250, DOLLAR, "US$12.50", "۱۲٫۵۰ دلار"),
        (1200, DOLLAR, "US$12.00", "۱۲٫۰۰ دلار"),
        (5, DOLLAR, "US$0.05", "۰٫۰۵ دلار"),
        (-1250, DOLLAR, "−US$12.50", "−۱۲٫۵۰ دلار"),
        (1250, DINAR, "1.250 IQD", "۱٫۲۵۰ دینار"),
    ],
)
def test_money(minor: int, unit: Unit, en: str, fa: str) -> None:
    assert formats.money(minor, unit, "en") == en
    assert formats.money(minor, unit, "fa") == fa


def test_money_in_a_sentence_drops_zero_cents_only() -> None:
    assert formats.money(10000, DOLLAR, "en", short=True) == "US$100"
    assert formats.money(10050, DOLLAR, "en", short=True) == "US$100.50"
    assert formats.money(10000, DOLLAR, "fa", short=True) == "۱۰۰ دلار"


@pytest.mark.parametrize(
    ("value", "en", "fa"),
    [
        (Fraction(2), "2", "۲"),
        (Fraction(5, 4), "1.25", "۱٫۲۵"),
        (Fraction(1, 8), "0.125", "۰٫۱۲۵"),
        (Fraction(7, 3), "7/3", "۷/۳"),
        (Fraction(1234567, 2), "617,283.5", "۶۱۷٬۲۸۳٫۵"),
        (Fraction(-5, 4), "−1.25", "−۱٫۲۵"),
        (Fraction(-7, 3), "−7/3", "−۷/۳"),
        (Fraction(1, 10**6), "0.000001", "۰٫۰۰۰۰۰۱"),
    ],
)
def test_ratios(value: Fraction, en: str, fa: str) -> None:
    assert formats.ratio(value, "en") == en
    assert formats.ratio(value, "fa") == fa


def test_percents() -> None:
    assert formats.percent(Fraction(3, 400), "en") == "0.75%"
    assert formats.percent(Fraction(3, 400), "fa") == "۰٫۷۵٪"
    assert formats.percent(Fraction(1), "fa") == "۱۰۰٪"
    assert formats.percent(Fraction(1, 3), "en") == "100/3%"


def test_quantities() -> None:
    assert formats.quantity(1000, "en") == "1"
    assert formats.quantity(1250, "fa") == "۱٫۲۵"
    assert formats.quantity(-500, "en") == "−0.5"
    assert formats.quantity(1, "en") == "0.001"


def test_dates_are_long_and_in_the_club_s_calendar() -> None:
    thursday = date(2026, 11, 12)
    assert formats.day(thursday, TEHRAN, "fa") == "۲۱ آبان ۱۴۰۵"
    assert formats.day(thursday, TEHRAN, "en") == "21 Aban 1405"
    assert formats.day(thursday, LONDON, "fa") == "۱۲ نوامبر ۲۰۲۶"
    assert formats.day(thursday, LONDON, "en") == "12 November 2026"


def test_times_are_the_club_s() -> None:
    late = datetime(2026, 11, 12, 20, 35, tzinfo=UTC)
    assert formats.instant(late, TEHRAN, "fa") == "۲۲ آبان ۱۴۰۵، ۰۰:۰۵"
    assert formats.instant(late, LONDON, "en") == "12 November 2026, 20:35"
    assert formats.clock(0, "en") == "00:00"
    assert formats.clock(1439, "fa") == "۲۳:۵۹"


def test_every_month_and_weekday_has_a_name_in_both_languages() -> None:
    for names in (*formats.MONTHS.values(), formats.WEEKDAYS):
        assert len({name.en for name in names}) == len(names)
        assert len({name.fa for name in names}) == len(names)
    assert [len(names) for names in formats.MONTHS.values()] == [12, 12]
    assert formats.WEEKDAYS[date(2026, 11, 13).weekday()].fa == "جمعه"


@pytest.mark.parametrize(
    ("items", "en", "fa"),
    [
        ([], "", ""),
        (["a"], "a", "a"),
        (["a", "b"], "a and b", "a و b"),
        (["a", "b", "c"], "a, b and c", "a، b و c"),
    ],
)
def test_lists(items: list[str], en: str, fa: str) -> None:
    assert formats.listed(items, "en") == en
    assert formats.listed(items, "fa") == fa


def test_lists_of_choices() -> None:
    assert formats.listed(["a", "b", "c"], "en", OR) == "a, b or c"
    assert formats.listed(["a", "b", "c"], "fa", OR) == "a، b یا c"


def test_english_has_a_plural_and_persian_counts_without_one() -> None:
    assert formats.counted(1, "day", "days", "en") == "1 day"
    assert formats.counted(0, "day", "days", "en") == "0 days"
    assert formats.counted(1200, "day", "days", "en") == "1,200 days"
    assert formats.counted(5, "روز", "روز", "fa") == "۵ روز"


def test_digits_of_three_scripts_become_one() -> None:
    assert formats.latin_digits("۰۱۲۳۴۵۶۷۸۹ ٠١٢٣٤٥٦٧٨٩ 0123456789") == "0123456789 0123456789 0123456789"
    assert formats.latin_digits("کد ۱۲") == "کد 12"
    assert formats.digits("12.5%", "fa") == "۱۲٫۵٪"
    assert formats.digits("12.5%", "en") == "12.5%"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("علي كريمي", "علی کریمی"),
        ("فاطمة", "فاطمه"),
        ("می‌خواهم", "می خواهم"),
        ("  Sara   Ahmadi ", "sara ahmadi"),
        ("STRASSE", "straße"),
        ("پلاك ٧", "پلاک ۷"),
        ("مُحَمَّد", "محمد"),
        ("کـــتاب", "کتاب"),
    ],
)
def test_names_are_found_however_they_are_written(written: str, found: str) -> None:
    assert formats.search_key(written) == formats.search_key(found)


def test_names_that_differ_stay_different() -> None:
    assert formats.search_key("آرش") != formats.search_key("آرمان")
    assert formats.search_key("") == ""


def test_periods_are_shown_in_the_language_s_digits() -> None:
    assert formats.period_label("1405-08", "fa") == "۱۴۰۵-۰۸"
    assert formats.period_label("1405-W34", "en") == "1405-W34"


@pytest.mark.parametrize("currency", formats.CURRENCIES)
def test_every_currency_is_named_in_both_languages(currency: str) -> None:
    unit = formats.unit(currency, None)
    assert unit.name.en
    assert any("؀" <= letter <= "ۿ" for letter in unit.name.fa)
    assert formats.money(0, unit, "fa").startswith("۰")
