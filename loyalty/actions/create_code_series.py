"""Begin a series of codes: for a discount of the catalogue, or to lie in packs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from psycopg.types.json import Jsonb

from loyalty import acts
from loyalty.acts import By
from loyalty.db import transaction
from loyalty.errors import Conflict, Fault, Invalid
from loyalty.rewards import catalogue
from loyalty.values import Text

_PUT: Final = """
    INSERT INTO code_series (club_id, code, title, purpose, reward_id, uses, per_member, from_at, until_at, created_at,
        created_by)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_TAKEN: Final = Text("There already is a series of this code.", "سری‌ای با این کد پیش‌تر ساخته شده است.")
_NO_DISCOUNT: Final = Text(
    "Name a reward of the club that is a discount or goods.", "پاداشی از باشگاه نام ببرید که تخفیف یا کالا باشد."
)
_BACKWARDS: Final = Text("It ends before it begins.", "پایان پیش از آغاز است.")


@dataclass(frozen=True, slots=True)
class NewSeries:
    """A series as a person writes it. `reward` is what its codes promise; without one they lie in packs."""

    code: str
    title: Text
    reward: str | None = None
    uses: int | None = 1
    """How often each code can be used; None: without limit."""
    per_member: int | None = None
    from_at: datetime | None = None
    until_at: datetime | None = None


def create_code_series(club_id: int, new: NewSeries, by: By, now: datetime) -> None:
    """Begin a series.

    Raises:
        Invalid: no such reward, or one that no code can promise; or it ends before it begins.
        Conflict: there is a series of that code.
    """
    if new.from_at and new.until_at and new.until_at < new.from_at:
        raise Invalid.at("/until", _BACKWARDS)
    with transaction() as conn:
        reward_id = None
        if new.reward is not None:
            found = catalogue.by_code(conn, club_id, [new.reward]).get(new.reward)
            if found is None or found.kind not in ("discount", "goods", "experience"):
                raise Invalid.at("/reward", _NO_DISCOUNT)
            reward_id = found.id
        title, purpose = Jsonb(new.title._asdict()), "pack" if reward_id is None else "discount"
        row = [club_id, new.code, title, purpose, reward_id, new.uses, new.per_member, new.from_at, new.until_at]
        if not conn.execute(_PUT, [*row, now, str(by)]).rowcount:
            raise Conflict(_TAKEN, [Fault("/code", _TAKEN)])
        acts.note(conn, club_id, by, "code_series.created", now, series=new.code)
