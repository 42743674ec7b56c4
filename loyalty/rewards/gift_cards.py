"""Gift cards as they are kept: issued, found only by who has the code and the PIN, locked, and written.

A code has 89 bits, a PIN six digits; both are kept as keyed hashes, so that rows alone let nobody try PINs. Where a
member is to read them again they lie encrypted beside.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from loyalty import absent, keys
from loyalty.arrays import array, columns
from loyalty.cards import normal
from loyalty.errors import Conflict
from loyalty.formats import latin_digits
from loyalty.rewards import codes
from loyalty.rewards.card_moves import Card
from loyalty.rules.facts import CardShown
from loyalty.values import Text
from loyalty.versions import Connection

HINT: Final = 4
PIN_LENGTH: Final = 6

_COLUMNS: Final = "id, hint, pin, amount, balance, entries, expires_at, blocked_at, member_id"
_SHOWN: Final = f"SELECT digest, {_COLUMNS} FROM gift_card WHERE club_id = %s AND digest = ANY(%s::bytea[])"  # noqa: S608 - constants
_BY_DIGEST: Final = f"{_SHOWN} ORDER BY id FOR UPDATE"
_BY_ID: Final = f"""
    SELECT {_COLUMNS} FROM gift_card WHERE club_id = %s AND id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE
"""  # noqa: S608 - constants
_OF_REDEMPTION: Final = f"""
    SELECT {_COLUMNS} FROM gift_card WHERE member_id = %s AND redemption_id = %s ORDER BY id FOR UPDATE
"""  # noqa: S608 - constants
_DUE: Final = f"""
    SELECT {_COLUMNS} FROM gift_card WHERE club_id = %s AND balance > 0 AND expires_at < %s
    ORDER BY expires_at LIMIT %s FOR UPDATE SKIP LOCKED
"""  # noqa: S608 - constants
_GIVEN: Final = f"""
    SELECT redemption_id, {_COLUMNS} FROM gift_card
    WHERE (member_id, redemption_id) IN (SELECT redemption.member_id, redemption.id FROM redemption
        JOIN unnest(%s::bigint[], %s::bigint[]) AS asked (member_id, event)
            ON redemption.member_id = asked.member_id AND given_by = asked.event)
    ORDER BY id FOR UPDATE
"""  # noqa: S608 - constants
_ISSUE: Final = """
    INSERT INTO gift_card (club_id, digest, pin, sealed, hint, amount, balance, entries, expires_at, member_id,
        redemption_id, created_at, created_by)
    SELECT %s, digest, pin, sealed, hint, amount, amount, 1, expires_at, member_id, redemption_id, %s, %s
    FROM unnest(%s::bytea[], %s::bytea[], %s::bytea[], %s::text[], %s::bigint[], %s::timestamptz[], %s::bigint[],
        %s::bigint[]) AS made (digest, pin, sealed, hint, amount, expires_at, member_id, redemption_id)
    RETURNING digest, id
"""
_ENTRIES: Final = """
    INSERT INTO gift_card_entry (club_id, recorded_at, card_id, n, kind, amount, balance, expires_at, of_n, store_id,
        receipt, occurred_at)
    SELECT %s, %s, entered.* FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[],
        %s::timestamptz[], %s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[]) AS entered
"""
_KEEP: Final = """
    UPDATE gift_card SET balance = kept.balance, entries = kept.entries, expires_at = kept.expires_at,
        blocked_at = kept.blocked_at
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::timestamptz[], %s::timestamptz[])
        AS kept (id, balance, entries, expires_at, blocked_at)
    WHERE gift_card.id = kept.id
"""
_USED: Final = Text(
    "Something of the gift card was spent or has ended: it cannot be taken back.",
    "بخشی از کارت هدیه خرج شده یا مهلتش گذشته است و پس گرفته نمی‌شود.",
)
_NEVER: Final = secrets.token_bytes(32)
"""What no PIN hashes to: an unknown card is compared as well, so that it takes as long."""

Which = CardShown | int
"""A card as the club's own server names it: as it is shown, or by its id."""


class NewCard(NamedTuple):
    """A card to be issued."""

    amount: int
    expires_at: datetime | None = None
    member_id: int | None = None
    """Who may read code and PIN again."""
    redemption_id: int | None = None
    with_pin: bool = True


class IssuedCard(NamedTuple):
    """A card as it is handed over: the only time that its code and PIN are told to who issues it."""

    id: int
    code: str
    pin: str | None
    hint: str
    amount: int
    expires_at: datetime | None


def shown(club_id: int, code: str, pin: str | None, instance_key: str) -> CardShown:
    """A card as somebody shows it, however it was typed, by hashes that only this instance can make."""
    digest = keys.lookup(normal(code), codes.owner(club_id), instance_key, "gift card")
    return CardShown(digest, None if pin is None else _pin(digest, latin_digits(pin), instance_key))


def issue(
    conn: Connection, club_id: int, new: Sequence[NewCard], instance_key: str, by: str, now: datetime
) -> list[IssuedCard]:
    """Issue cards inside an open transaction, in two statements."""
    if not new:
        return []
    rows, drawn = [], []
    for its in new:
        code = codes.make()
        pin = f"{secrets.randbelow(10**PIN_LENGTH):0{PIN_LENGTH}}" if its.with_pin else None
        digest, pin_digest = shown(club_id, code, pin, instance_key)
        sealed = None if its.member_id is None else seal(code, pin, digest, instance_key)
        drawn.append((digest, code, pin))
        rows.append((digest, pin_digest, sealed, hint(code), *its[:4]))
    ids = {bytes(digest): id_ for digest, id_ in conn.execute(_ISSUE, [club_id, now, by, *columns(rows)])}
    cards = [
        Card(ids[key], "", None, its.amount, 0, 0, its.expires_at, None, None)
        for (key, *_), its in zip(drawn, new, strict=True)
    ]
    for card in cards:
        card.issue(now)
    _enter(conn, club_id, cards, now)
    return [
        IssuedCard(ids[key], code, pin, hint(code), its.amount, its.expires_at)
        for (key, code, pin), its in zip(drawn, new, strict=True)
    ]


def hint(code: str) -> str:
    """What a person recognises a card by."""
    return normal(code)[-HINT:]


def seal(code: str, pin: str | None, digest: bytes, instance_key: str) -> bytes:
    """Code and PIN encrypted, bound to what they are found by."""
    return keys.seal(f"{code}\n{pin or ''}".encode(), digest, instance_key, "gift card")


def unseal(sealed: bytes, digest: bytes, instance_key: str) -> tuple[str, str | None]:
    """The code and PIN that were sealed."""
    code, _, pin = keys.unseal(sealed, digest, instance_key, "gift card").decode().partition("\n")
    return code, pin or None


def opens(card: Card | None, its: CardShown, *, trusted: bool = False) -> bool:
    """Whether a card is there and what was shown opens it, compared in the same time whichever is wrong.

    Who is `trusted` (the shop's own server) need not know the PIN; one that is told must be right.
    """
    pin = _NEVER if card is None else card.pin
    if pin is None or (trusted and its.pin is None and card is not None):
        return True
    return hmac.compare_digest(pin, its.pin or b"") and card is not None


def presented(conn: Connection, club_id: int, its: CardShown, *, trusted: bool = False) -> Card:
    """The card that somebody shows, locked; it may have ended or be blocked.

    Raises:
        CardRefused: there is none, or the PIN is wrong or missing.
    """
    card = by_digest(conn, club_id, [its.digest]).get(its.digest)
    if not opens(card, its, trusted=trusted):
        raise absent.gift_card()
    assert card
    return card


def named(conn: Connection, club_id: int, which: Which) -> Card:
    """The card that the club itself names, by its id or as it is shown, locked; the PIN is not asked for.

    Raises:
        CardRefused: there is none, or a PIN was told that is wrong.
    """
    if isinstance(which, CardShown):
        return presented(conn, club_id, which, trusted=True)
    card = by_id(conn, club_id, [which]).get(which)
    if card is None:
        raise absent.gift_card()
    return card


def by_digest(conn: Connection, club_id: int, digests: Iterable[bytes]) -> dict[bytes, Card]:
    """Cards of a club by what they are found by, locked in the order of their ids."""
    rows = conn.execute(_BY_DIGEST, [club_id, array(set(digests))])
    return {bytes(digest): Card(*rest) for digest, *rest in rows}


def look_at(conn: Connection, club_id: int, its: CardShown) -> Card | None:
    """The card that somebody shows, without a lock; None where `opens` says no."""
    row = conn.execute(_SHOWN, [club_id, array([its.digest])]).fetchone()
    card = Card(*row[1:]) if row else None
    return card if opens(card, its) else None


def by_id(conn: Connection, club_id: int, ids: Iterable[int]) -> dict[int, Card]:
    """Cards of a club, locked in the order of their ids."""
    cards = [Card(*row) for row in conn.execute(_BY_ID, [club_id, array(sorted(set(ids)))])]
    return {card.id: card for card in cards}


def due(conn: Connection, club_id: int, at: datetime, most: int) -> list[Card]:
    """Cards whose end has passed with something on them, at most so many; what somebody has in hand is left to them."""
    return [Card(*row) for row in conn.execute(_DUE, [club_id, at, most])]


def block_untouched(conn: Connection, club_id: int, member_id: int, redemption_id: int, now: datetime) -> None:
    """Take back the cards of a redemption, which is reversed.

    Raises:
        Conflict: something of one was spent, or has ended.
    """
    cards = [Card(*row) for row in conn.execute(_OF_REDEMPTION, [member_id, redemption_id])]
    for card in cards:
        card.settle(now)
        if card.balance != card.amount:
            raise Conflict(_USED)
        card.take_back(now)
    write(conn, club_id, cards, now)


def given_by(conn: Connection, events: Sequence[tuple[int, int]]) -> list[tuple[int, Card]]:
    """The cards that events gave to members, locked, each with its redemption."""
    return [(row[0], Card(*row[1:])) for row in conn.execute(_GIVEN, columns(events))]


def take_back(conn: Connection, club_id: int, cards: Sequence[Card], now: datetime) -> None:
    """Take all that is on locked cards, and let them be good no more."""
    for card in cards:
        card.take_back(now)
    write(conn, club_id, cards, now)


def write(conn: Connection, club_id: int, cards: Iterable[Card], now: datetime) -> None:
    """Write what became of locked cards, and every entry of it, in two statements."""
    changed = [card for card in cards if card.log]
    if not changed:
        return
    _enter(conn, club_id, changed, now)
    kept = [(card.id, card.balance, card.entries, card.expires_at, card.blocked_at) for card in changed]
    conn.execute(_KEEP, columns(kept))


def _enter(conn: Connection, club_id: int, cards: Iterable[Card], now: datetime) -> None:
    rows = [(card.id, *entry) for card in cards for entry in card.log]
    conn.execute(_ENTRIES, [club_id, now, *columns(rows)])


def _pin(digest: bytes, pin: str, instance_key: str) -> bytes:
    return keys.lookup(pin, digest, instance_key, "gift card")
