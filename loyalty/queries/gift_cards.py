"""Gift cards as they are read: by who shows one, by the club (never their codes), and by the member who has them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from loyalty import absent
from loyalty.arrays import array
from loyalty.carded import CardNow
from loyalty.db import connection
from loyalty.merging import family
from loyalty.queries.paging import Page, cut, id_after
from loyalty.rewards import gift_cards
from loyalty.rewards.card_moves import Kind
from loyalty.rules.facts import CardShown

Status = Literal["active", "blocked", "expired"]

_LAST: Final = 2**63 - 1
_STATUS: Final = """
    CASE WHEN blocked_at IS NOT NULL THEN 'blocked' WHEN expires_at < %(now)s THEN 'expired' ELSE 'active' END
"""
_COLUMNS: Final = f"""
    id, hint, {_STATUS} AS status, amount, CASE WHEN expires_at < %(now)s THEN 0 ELSE balance END, expires_at,
    member_id, redemption_id, created_at
"""
_PAGE: Final = f"""
    SELECT {_COLUMNS} FROM gift_card
    WHERE club_id = %(club)s AND id < %(before)s AND (%(status)s::text IS NULL OR {_STATUS} = %(status)s)
        AND (%(hint)s::text IS NULL OR hint = %(hint)s) AND (%(who)s::bigint[] IS NULL OR member_id = ANY(%(who)s))
    ORDER BY id DESC LIMIT %(limit)s
"""  # noqa: S608 - constants
_ONE: Final = f"SELECT {_COLUMNS} FROM gift_card WHERE club_id = %(club)s AND id = %(id)s"  # noqa: S608 - constants
_ENTRIES: Final = """
    SELECT n, kind, amount, balance, expires_at, store.code, receipt, occurred_at, recorded_at
    FROM gift_card_entry LEFT JOIN store ON store.id = store_id
    WHERE card_id = %s AND n < %s ORDER BY n DESC LIMIT %s
"""
_OF_MEMBER: Final = f"""
    SELECT digest, sealed, {_COLUMNS} FROM gift_card
    WHERE member_id = ANY(%(who)s::bigint[]) AND sealed IS NOT NULL AND id < %(before)s ORDER BY id DESC LIMIT %(limit)s
"""  # noqa: S608 - constants


class CardView(NamedTuple):
    """A card as the club sees it."""

    id: int
    hint: str
    status: Status
    amount: int
    """What it was issued with."""
    balance: int
    expires_at: datetime | None
    member: int | None
    redemption: int | None
    created_at: datetime


class OwnCard(NamedTuple):
    """A card as the member sees it to whom it was given."""

    card: CardView
    code: str
    pin: str | None


class EntryView(NamedTuple):
    """One change of a card."""

    n: int
    kind: Kind
    amount: int
    balance: int
    expires_at: datetime | None
    store: str | None
    receipt: str | None
    occurred_at: datetime
    recorded_at: datetime


def balance(club_id: int, shown: CardShown, now: datetime) -> CardNow:
    """What is on the card that somebody shows.

    Raises:
        CardRefused: no such card, the wrong PIN, blocked, or over.
    """
    card = gift_cards.look_at(connection(), club_id, shown)
    if card is None or not card.good_at(now):
        raise absent.gift_card()
    return CardNow.of(card)


def page(
    club_id: int,
    now: datetime,
    limit: int,
    cursor: str | None = None,
    *,
    status: Status | None = None,
    hint: str | None = None,
    member_id: int | None = None,
) -> Page[CardView]:
    """Cards of a club, the newest first; of a member also those given to whoever was merged into them."""
    conn = connection()
    named: dict[str, Any] = {
        "club": club_id,
        "now": now,
        "before": id_after(cursor) or _LAST,
        "status": status,
        "hint": hint,
        "who": None if member_id is None else array(family(conn, member_id)),
        "limit": limit + 1,
    }
    rows = [CardView._make(row) for row in conn.execute(_PAGE, named)]
    return cut(rows, limit, lambda its: str(its.id))


def one(club_id: int, card_id: int, now: datetime) -> CardView:
    """A card.

    Raises:
        CardRefused: the club has none of that id.
    """
    row = connection().execute(_ONE, {"club": club_id, "id": card_id, "now": now}).fetchone()
    if row is None:
        raise absent.gift_card()
    return CardView._make(row)


def entries(club_id: int, card_id: int, now: datetime, limit: int, cursor: str | None = None) -> Page[EntryView]:
    """What happened to a card, the latest first.

    Raises:
        CardRefused: the club has none of that id.
    """
    one(club_id, card_id, now)
    rows = connection().execute(_ENTRIES, [card_id, id_after(cursor) or _LAST, limit + 1])
    return cut([EntryView._make(row) for row in rows], limit, lambda its: str(its.n))


def of_member(
    club_id: int, member_id: int, now: datetime, limit: int, cursor: str | None, instance_key: str
) -> Page[OwnCard]:
    """The cards that a member was given, the newest first, with code and PIN to read again.

    Raises:
        NotFound: the club has no such member.
    """
    conn = connection()
    if not conn.execute("SELECT 1 FROM member WHERE club_id = %s AND id = %s", [club_id, member_id]).fetchone():
        raise absent.member()
    named = {
        "who": array(family(conn, member_id)),
        "now": now,
        "before": id_after(cursor) or _LAST,
        "limit": limit + 1,
    }
    found = [
        OwnCard(CardView._make(rest), *gift_cards.unseal(bytes(sealed), bytes(digest), instance_key))
        for digest, sealed, *rest in conn.execute(_OF_MEMBER, named)
    ]
    return cut(found, limit, lambda its: str(its.card.id))
