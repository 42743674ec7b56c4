"""A letter: words to one person, by whatever channel."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from loyalty.values import Lang


class Letter(NamedTuple):
    """Words to one person. `id` is the same however often it is sent, so that whoever passes it on can tell."""

    to: str
    """A number (E.164) or an e-mail address."""
    body: str
    id: str
    lang: Lang
    at: datetime
    title: str = ""
    sender: str = ""
    """In whose name."""
    page: str = ""
    """Where the person reads it all, and chooses what comes."""


class Undeliverable(Exception):
    """It does not reach this address, now or later."""
