"""Put a reward into the catalogue."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from psycopg.types.json import Json, Jsonb

from loyalty import acts
from loyalty.acts import By
from loyalty.db import transaction
from loyalty.errors import Conflict, Fault, Invalid
from loyalty.rewards import catalogue
from loyalty.rewards.content import Names, checked, codes_named, points_wallet, readable
from loyalty.rules.terms import read_end
from loyalty.selections import Reader, reader, with_segments
from loyalty.values import Text
from loyalty.versions import Connection

_PUT: Final = """
    INSERT INTO reward (club_id, code, title, text, kind, points, wallet, money, stock, who, from_at, until_at, limits,
        content, uses, lasts, created_at, created_by, updated_at, updated_by)
    VALUES (%(club)s, %(code)s, %(title)s, %(text)s, %(kind)s, %(points)s, %(wallet)s, %(money)s, %(stock)s, %(who)s,
        %(from)s, %(until)s, %(limits)s, %(content)s, %(uses)s, %(lasts)s, %(now)s, %(by)s, %(now)s, %(by)s)
    ON CONFLICT DO NOTHING
"""
_BACKWARDS: Final = Text("It ends before it begins.", "پایان پیش از آغاز است.")
BY_CODES: Final = Text(
    "The codes that are loaded are its stock.", "موجودی این پاداش همان کدهایی است که بارگذاری می‌شود."
)


@dataclass(frozen=True, slots=True)
class NewReward:
    """A reward as a person writes it; trees are as in the bylaws."""

    code: str
    title: Text
    kind: str
    text: Text | None = None
    points: int | None = None
    wallet: str | None = None
    money: int | None = None
    stock: int | None = None
    who: dict[str, Any] | None = None
    from_at: datetime | None = None
    until_at: datetime | None = None
    limits: list[dict[str, Any]] = field(default_factory=list)
    content: dict[str, Any] = field(default_factory=dict)
    """What it promises: the fields of its kind, as they were sent."""
    uses: int = 1
    lasts: dict[str, Any] | None = None


def create_reward(club_id: int, new: NewReward, by: By, now: datetime) -> None:
    """Offer a reward.

    Raises:
        Invalid: something in it is wrong; each fault with its place.
        Conflict: there is a reward of that code.
    """
    if new.content.get("provider"):
        if new.stock:
            raise Invalid.at("/stock", BY_CODES)
        new = replace(new, stock=0)
    with transaction() as conn:
        row = checked_row(conn, club_id, new, now)
        done = conn.execute(
            _PUT, {"club": club_id, "code": new.code, "kind": new.kind, "now": now, "by": str(by), **row}
        )
        if not done.rowcount:
            taken = Text("There already is a reward of this code.", "پاداشی با این کد پیش‌تر ساخته شده است.")
            raise Conflict(taken, [Fault("/code", taken)])
        acts.note(conn, club_id, by, "reward.created", now, reward=new.code)


def checked_row(conn: Connection, club_id: int, new: NewReward, now: datetime) -> dict[str, Any]:
    """The columns of a reward, once all that it says was read with the names of the version in force.

    Raises:
        Invalid: with every fault of the first part that has some.
    """
    names = reader(conn, club_id, now)
    if new.from_at and new.until_at and new.until_at < new.from_at:
        raise Invalid.at("/until", _BACKWARDS)
    if new.points is None and new.wallet is not None:
        raise Invalid.at("/price/wallet", Text("There is no price in points.", "بهایی به امتیاز نوشته نشده است."))
    if new.who is not None:
        names.read(with_segments(conn, club_id, new.who, "/for"), "/for")
    for place, limit in enumerate(new.limits):
        readable(catalogue.read_limit, limit, f"/limits/{place}", names.force)
    if new.lasts is not None:
        readable(read_end, new.lasts, "/lasts", names.force)
    return {
        "title": Jsonb(new.title._asdict()),
        "text": Jsonb(new.text._asdict()) if new.text else None,
        "points": new.points,
        "wallet": points_wallet(names.force, new.wallet, "/price/wallet") if new.points else None,
        "money": new.money,
        "stock": new.stock,
        "who": Json(new.who) if new.who is not None else None,
        "from": new.from_at,
        "until": new.until_at,
        "limits": Jsonb(new.limits),
        "content": Jsonb(_content(conn, club_id, new, names)),
        "uses": new.uses,
        "lasts": Jsonb(new.lasts) if new.lasts is not None else None,
    }


def _content(conn: Connection, club_id: int, new: NewReward, names: Reader) -> dict[str, Any]:
    others = catalogue.by_code(conn, club_id, codes_named(new.content))
    kinds = {code: its.kind for code, its in others.items() if code != new.code}
    return checked(new.kind, new.content, Names(names.force, names.document, kinds))
