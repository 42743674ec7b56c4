"""Telephone numbers as people write them, in digits of three scripts, to E.164. Pure."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

import phonenumbers

from loyalty.formats import latin_digits

_DEFAULT_REGION: Final = "IR"
_LONGEST: Final = 40


@cache
def region_of(zone: str) -> str:
    """The country (ISO 3166, two letters) whose numbers need no prefix in a zone; Iran where the zone has none."""
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            country, _, name = line.split("\t")[:3]
            if name == zone:
                return country
    return _DEFAULT_REGION


def normal(text: str, region: str) -> str | None:
    """The number in E.164, or None where the text is not a number that can exist."""
    if len(text) > _LONGEST:
        return None
    try:
        number = phonenumbers.parse(latin_digits(text), region)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def national(number: str) -> str:
    """A number in E.164 as people of its country write it."""
    return phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.NATIONAL)
