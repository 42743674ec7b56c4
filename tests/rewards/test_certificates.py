"""What a certificate says and how it is drawn."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import pytest

from loyalty.rewards.certificates import Certificate, border, filled, slots
from loyalty.rewards.printing import pdf
from loyalty.values import Text

AT = datetime(2026, 11, 1, tzinfo=UTC)
WORDS = Text("In gratitude to {name}, {tier} since {date}.", "با سپاس از {name}، {tier}، {date}.")


def certificate(words: Text) -> Certificate:
    title = Text("Guardian of the book", "نگهبان کتاب")
    return Certificate(Text("Anar", "انار"), title, words, Text("day", "روز"), AT, "ABCDEF", "https://club.example/x")


def test_slots_are_names_in_braces() -> None:
    assert slots(WORDS.fa) == {"name", "tier", "date"}
    assert slots("No slot") == set()
    for wrong in ("{", "}", "{}", "{0}", "{name!r}", "{name:>9}", "{name.x}"):
        with pytest.raises(ValueError, match=r".*"):
            slots(wrong)


def test_the_words_are_filled_in_each_language() -> None:
    day, tier, name = Text("10 Aban", "۱۰ آبان"), Text("Gold", "طلایی"), Text("Sara", "سارا")
    assert filled(WORDS, {"name": name, "date": day, "tier": tier}) == (
        "In gratitude to Sara, Gold since 10 Aban.",
        "با سپاس از سارا، طلایی، ۱۰ آبان.",
    )


def test_the_border_is_drawn_by_us_as_large_as_the_paper() -> None:
    root = ET.fromstring(border())
    assert root.attrib["viewBox"] == "0 0 297 210"
    assert len(root.findall(".//{*}path")) > 100


@pytest.mark.parametrize("lang", ["fa", "en"])
def test_it_is_one_page_with_its_own_letters_however_much_it_says(lang: str) -> None:
    short, long = (pdf(certificate(Text(*(text * n for text in WORDS))), lang) for n in (1, 40))  # type: ignore[arg-type]
    for document in (short, long):
        assert document.startswith(b"%PDF-")
        assert document.count(b"/Type /Page\n") == 1
        assert b"Vazirmatn" in document
    assert pdf(certificate(WORDS), lang) == pdf(certificate(WORDS), lang)  # type: ignore[arg-type]
