"""Offer a piece of a set for another, accept an offer, or withdraw it: both sides under lock, each piece once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from loyalty import outbox
from loyalty.db import retried, transaction
from loyalty.errors import Conflict, Fault, InsufficientBalance, Invalid, LimitReached, NotFound
from loyalty.hands import Adjusted, close, locked, open_up, refuse_gone
from loyalty.ledger.lots import Cause
from loyalty.moving import move
from loyalty.rules import MemberRef
from loyalty.rules.sets import Collection
from loyalty.rules.things import piece_wallet
from loyalty.values import Text
from loyalty.versions import Connection, programme
from loyalty.whose import named

STANDS: Final = timedelta(days=14)
"""How long an offer stands."""
MOST: Final = 50
"""Open offers of one member."""

_OFFER: Final = """
    INSERT INTO trade (club_id, member_id, to_id, collection, gives, wants, offered_at, until_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
"""
_OPEN: Final = "SELECT count(*) FROM trade WHERE member_id = %s AND status = 'open' AND until_at >= %s"
_ONE: Final = (
    "SELECT member_id, to_id, collection, gives, wants, until_at, status FROM trade WHERE club_id = %s AND id = %s"
)
_LOCK: Final = f"{_ONE} FOR UPDATE"
_END: Final = "UPDATE trade SET status = %s, accepted_by = %s, ended_at = %s WHERE id = %s"
_GONE: Final = Text("This offer stands no longer.", "این پیشنهاد دیگر برقرار نیست.")
_LACKS: Final = {
    "gives": Text("Whoever offers it has no such piece now.", "پیشنهاددهنده اکنون چنین تکه‌ای ندارد."),
    "wants": Text("The member has no such piece.", "عضو چنین تکه‌ای ندارد."),
}


class _Offer(NamedTuple):
    member_id: int
    to_id: int | None
    collection: str
    gives: str
    wants: str
    until_at: datetime
    status: str


@retried
def offer_piece(
    club_id: int, ref: MemberRef, code: str, gives: str, wants: str, to: MemberRef | None, now: datetime
) -> int:
    """Offer a piece for another of the same set, to a member or to everybody; answers the offer's number.

    Raises:
        NotFound: there is no such member.
        Invalid: the set is not there or allows no trades, it has no such pieces, or both are the same.
        InsufficientBalance: the member does not have the piece.
        LimitReached: the member has as many open offers as one may have.
        Conflict: one of the two is gone or may not take part.
    """
    with transaction() as conn:
        member_id = named(conn, club_id, ref, "/member")
        to_id = named(conn, club_id, to, "/to") if to else None
        if to_id == member_id:
            raise Invalid.at("/to", Text("This is the same member.", "این همان عضو است."))
        _traded(conn, club_id, code, now, gives, wants)
        members = locked(conn, club_id, {member_id, to_id or member_id})
        for its in members.values():
            refuse_gone(conn, its)
        hands = open_up(conn, club_id, members, now, now)
        hands.allowed(member_id, "spends", "/member")
        if hands.purse(member_id, piece_wallet(code, gives)).available < 1:
            said = Text("The member has no such piece.", "عضو چنین تکه‌ای ندارد.")
            raise InsufficientBalance(said, [Fault("/gives", said)])
        row = conn.execute(_OPEN, [member_id, now]).fetchone()
        if row and row[0] >= MOST:
            raise LimitReached(Text(f"A member has at most {MOST} open offers.", "هر عضو حداکثر ۵۰ پیشنهاد باز دارد."))
        asked: list[Any] = [club_id, member_id, to_id, code, gives, wants, now, now + STANDS]
        made = conn.execute(_OFFER, asked).fetchone()
        assert made
        return int(made[0])


def accept_trade(club_id: int, trade_id: int, ref: MemberRef, now: datetime) -> None:
    """Accept an offer: both pieces change hands at once.

    Raises:
        NotFound: there is no such offer or member.
        Conflict: it stands no longer, or is another's; one of the two may not take part, or has no such piece now.
    """
    _accept(club_id, trade_id, ref, now)
    outbox.wake()


@retried
def _accept(club_id: int, trade_id: int, ref: MemberRef, now: datetime) -> None:
    with transaction() as conn:
        taker = named(conn, club_id, ref, "/member")
        seen = conn.execute(_ONE, [club_id, trade_id]).fetchone()
        if seen is None:
            raise NotFound(Text("There is no such offer.", "چنین پیشنهادی نیست."))
        giver = _Offer(*seen).member_id
        if taker == giver:
            raise Conflict(Text("This is one's own offer.", "این پیشنهاد خود عضو است."))
        members = locked(conn, club_id, {giver, taker})
        for its in members.values():
            refuse_gone(conn, its)
        offer = _Offer(*conn.execute(_LOCK, [club_id, trade_id]).fetchone())  # type: ignore[misc]
        if offer.status != "open" or now > offer.until_at or offer.to_id not in (None, taker):
            raise Conflict(_GONE)
        _traded(conn, club_id, offer.collection, now)
        hands = open_up(conn, club_id, members, now, now)
        for member_id in (giver, taker):
            hands.allowed(member_id, "spends", "/member")
            hands.allowed(member_id, "earns", "/member")
        (number,) = hands.numbers(1)
        rows: list[Adjusted] = []
        for one, other, what in ((giver, taker, "gives"), (taker, giver, "wants")):
            wallet = piece_wallet(offer.collection, getattr(offer, what))
            try:
                move(hands, Cause(number, now), (one, other), wallet, 1)
            except InsufficientBalance:
                raise Conflict(_LACKS[what]) from None
            rows += [
                (one, number, "transfer", wallet, -1, "", other, False),
                (other, number, "transfer", wallet, 1, "", one, False),
            ]
        hands.note(rows)
        close(hands)
        conn.execute(_END, ["accepted", taker, now, trade_id])
        outbox.send("pieces.moved", club_id, [(giver, {}), (taker, {})], now)


@retried
def withdraw_trade(club_id: int, trade_id: int, now: datetime) -> None:
    """Withdraw an offer; done again it changes nothing.

    Raises:
        NotFound: there is no such offer.
        Conflict: it was accepted.
    """
    with transaction() as conn:
        row = conn.execute(_LOCK, [club_id, trade_id]).fetchone()
        if row is None:
            raise NotFound(Text("There is no such offer.", "چنین پیشنهادی نیست."))
        if _Offer(*row).status == "accepted":
            raise Conflict(_GONE)
        if _Offer(*row).status == "open":
            conn.execute(_END, ["withdrawn", None, now, trade_id])


def _traded(conn: Connection, club_id: int, code: str, now: datetime, gives: str = "", wants: str = "") -> Collection:
    its = programme(conn, club_id).at(now).game.sets.get(code)
    if its is None:
        raise Invalid.at("/set", Text("There is no such set.", "چنین مجموعه‌ای نیست."))
    if not its.trade:
        raise Invalid.at("/set", Text("Pieces of this set are not traded.", "تکه‌های این مجموعه دادوستد نمی‌شوند."))
    for path, piece in (("/gives", gives), ("/wants", wants)):
        if piece and its.piece(piece) is None:
            raise Invalid.at(path, Text("The set has no such piece.", "این مجموعه چنین تکه‌ای ندارد."))
    if gives and gives == wants:
        raise Invalid.at("/wants", Text("This is the same piece.", "این همان تکه است."))
    return its
