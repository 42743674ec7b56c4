"""What is told of a person who joins. Pure values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from loyalty.rules.facts import MemberRef
from loyalty.values import Lang


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A person joining a club. All may be left out: a card number is made where none is given.

    `phone` is E.164; `card` is as `loyalty.cards.normal` writes it; `joined_at` is aware, None means now.
    """

    external_id: str | None = None
    phone: str | None = None
    card: str | None = None
    name: str | None = None
    email: str | None = None
    birthday: date | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    consents: dict[str, bool] = field(default_factory=dict)
    referred_by: MemberRef | None = None
    lang: Lang | None = None
    alias: str | None = None
    on_boards: bool = True
    joined_at: datetime | None = None
