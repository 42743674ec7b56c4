"""Numbers of bank accounts (IBAN, شبا): read as people type them, and checked by their own check digits. Pure."""

from __future__ import annotations

import re
from typing import Final

from loyalty.formats import latin_digits

_FORM: Final = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", re.ASCII)
_LENGTHS: Final = {"IR": 26}
"""Of countries whose members are most likely to mistype: how many characters theirs have."""
_HINT: Final = 4


class NoIban(ValueError):
    """It is no IBAN."""


def normal(typed: str) -> str:
    """An IBAN as it is kept: without spaces, in capitals, with Latin digits. Of an Iranian one IR may be left out.

    Raises:
        NoIban: it has another form, or its check digits are not right (ISO 13616: modulo 97 it is 1).
    """
    text = re.sub(r"[\s\u200c\u200e\u200f-]", "", latin_digits(typed)).upper()
    if re.fullmatch(r"\d{24}", text, re.ASCII):
        text = "IR" + text
    if not _FORM.fullmatch(text) or len(text) != _LENGTHS.get(text[:2], len(text)):
        raise NoIban
    number = int("".join(str(int(char, 36)) for char in text[4:] + text[:4]))
    if number % 97 != 1:
        raise NoIban
    return text


def hint(iban: str) -> str:
    """What a person recognises it by."""
    return iban[-_HINT:]
