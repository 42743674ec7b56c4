"""Purses opened for a change by hand or at the till: members locked, what was due done, all written at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from loyalty import absent, outbox
from loyalty.arrays import columns
from loyalty.db import transaction
from loyalty.errors import Conflict, Fault, InsufficientBalance, Invalid
from loyalty.formats import number
from loyalty.gather import Locked, heads, lock
from loyalty.ledger import purses
from loyalty.ledger.lots import Cause, Lot, Order, Purse
from loyalty.ledger.purses import Chest, open_purses
from loyalty.post import lapse, wake
from loyalty.rules import Bylaws
from loyalty.rules.parts import Wallet
from loyalty.values import Lang, Shown, Text
from loyalty.versions import Connection, Programme, programme

End = datetime | Literal["by_terms"] | None
"""When something ends: at an instant, never, or as the wallet's terms say."""

_NO_WALLET: Final = Text("The bylaws have no such wallet.", "اساسنامه چنین کیفی ندارد.")
_MAY_NOT: Final = {
    "spends": Text("The member's standing does not allow spending.", "وضعیت عضو اجازهٔ خرج کردن نمی‌دهد."),
    "earns": Text("The member's standing does not allow earning.", "وضعیت عضو اجازهٔ دریافت نمی‌دهد."),
}
_TOO_LITTLE: Final[tuple[tuple[Lang, str], ...]] = (
    ("en", "Of {} only {} can be spent."),
    ("fa", "از {} تنها {} برای خرج کردن هست."),
)
_ADJUSTMENTS: Final = """
    INSERT INTO adjustment (member_id, id, club_id, kind, wallet, amount, reason, other_id, counts, recorded_at)
    SELECT member_id, id, %s, kind, wallet, amount, reason, other_id, counts, %s
    FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::bigint[],
        %s::boolean[]) AS made (member_id, id, kind, wallet, amount, reason, other_id, counts)
"""

Adjusted = tuple[int, int, str, str, int, str, int | None, bool]
"""A row of adjustment: member, id, kind, wallet, amount, reason, the member on the other side, whether it counts."""


@dataclass(slots=True)
class Open:
    """Members under lock with their purses, settled up to the instant `at` of what is about to happen."""

    conn: Connection
    terms: Programme
    members: Mapping[int, Locked]
    chests: Mapping[int, Chest]
    at: datetime
    now: datetime

    @property
    def bylaws(self) -> Bylaws:
        """The version in force at the instant."""
        return self.terms.at(self.at)

    def wallet(self, code: str) -> Wallet:
        """A wallet of the bylaws.

        Raises:
            Invalid: they have none of that name.
        """
        return known_wallet(self.bylaws, code)

    def purse(self, member_id: int, wallet: str) -> Purse:
        """A member's purse of a wallet."""
        return self.chests[member_id].purse(wallet)

    def allowed(self, member_id: int, what: Literal["spends", "earns"], path: str) -> None:
        """Refuse a member whose standing does not allow something.

        Raises:
            Conflict: naming the field at `path`.
        """
        if not getattr(self.bylaws.membership[self.members[member_id].status], what):
            raise Conflict(_MAY_NOT[what], [Fault(path, _MAY_NOT[what])])

    def numbers(self, count: int) -> list[int]:
        """Numbers of events to come."""
        rows = self.conn.execute("SELECT nextval('event_id') FROM generate_series(1, %s)", [count])
        return [row[0] for row in rows]

    def spend(self, purse: Purse, cause: Cause, target: str, amount: int, but: int | None = None) -> None:
        """Move an amount out of a purse, in its wallet's order; what the event `but` gave stays.

        Raises:
            InsufficientBalance: there is too little; naming what is there.
        """
        if not purse.spend(cause, target, amount, self.order(purse.wallet), but):
            said = Text(
                *(form.format(*(number(n, lang) for n in (amount, purse.available))) for lang, form in _TOO_LITTLE)
            )
            raise InsufficientBalance(said, [Fault("/amount", said)])

    def order(self, wallet: str) -> Order:
        """In which order lots of a wallet are spent."""
        terms = self.bylaws.wallets.get(wallet)
        return terms.spend if terms else "soonest_expiry"

    def active(self, purse: Purse, at: datetime) -> None:
        """Note that a member earned or spent; what was so long ago may lapse at once."""
        purse.be_active(at, lapse(self.bylaws, purse.wallet, at))
        purse.settle(self.at)

    def wake(self, purse: Purse) -> None:
        """Let the idleness of a wallet that had lapsed be counted from now: what came into it must not lie for ever."""
        wake(self.bylaws, purse, self.at)

    def lot_end(self, wallet: str, earned_at: datetime, expires_at: End) -> datetime | None:
        """The end of what was earned at an instant: as given, else by the wallet's terms of that time."""
        if expires_at != "by_terms":
            return expires_at
        then = self.terms.at(earned_at)
        return (then if wallet in then.wallets else self.bylaws).wallet_terms(wallet, earned_at)[1]

    def deposit(self, purse: Purse, cause: Cause, source: str, amount: int, lot: Lot) -> None:
        """Put an amount into a lot: what is owed is paid of it first. One whose end has passed expires at once."""
        if lot.good_at(self.at):
            purse.put(cause, source, amount, lot)
        else:
            purse.move(cause, source, "available", amount, lot)
            purse.settle(self.at)

    def note(self, rows: list[Adjusted]) -> None:
        """Write down changes by hand, with their reasons."""
        self.conn.execute(_ADJUSTMENTS, [self.terms.club_id, self.now, *columns(rows)])

    def shown(self, member_id: int) -> dict[str, Shown]:
        """What a member has in each wallet of the version in force."""
        held = self.chests[member_id].purses
        return {code: held[code].shown() if code in held else Shown() for code in self.bylaws.wallets}


def known_wallet(bylaws: Bylaws, code: str) -> Wallet:
    """A wallet of a version.

    Raises:
        Invalid: it has none of that name.
    """
    found = bylaws.wallets.get(code)
    if found is None:
        raise Invalid.at("/wallet", _NO_WALLET)
    return found


@contextmanager
def opened(club_id: int, ids: Iterable[int], at: datetime, now: datetime) -> Iterator[Open]:
    """One transaction with members of a club under lock, their purses open; what was changed is written at its end.

    Raises:
        NotFound: one of them is no member of the club.
        Conflict: one of them was merged into another, or erased.
    """
    with transaction() as conn:
        members = locked(conn, club_id, ids)
        for member in members.values():
            refuse_gone(conn, member)
        hands = open_up(conn, club_id, members, at, now)
        yield hands
        told = close(hands)
    if told:
        outbox.wake()


def locked(conn: Connection, club_id: int, ids: Iterable[int]) -> dict[int, Locked]:
    """Members of a club, locked in one statement.

    Raises:
        NotFound: one of them is no member of the club.
    """
    asked = set(ids)
    found = lock(conn, club_id, sorted(asked))
    if len(found) < len(asked):
        raise absent.member()
    return found


def refuse_gone(conn: Connection, member: Locked) -> None:
    """Refuse a locked member to whom nothing more may happen.

    Raises:
        Conflict: merged into another, who is named, or erased.
    """
    if member.gone:
        row = conn.execute("SELECT merged_into FROM member WHERE id = %s", [member.id]).fetchone()
        raise absent.gone(row[0] if row else None)


def open_up(
    conn: Connection,
    club_id: int,
    members: Mapping[int, Locked],
    at: datetime,
    now: datetime,
    events: Iterable[tuple[int, int]] = (),
) -> Open:
    """The purses of locked members with all that is open in them, and the lots that some (member, event) made."""
    terms = programme(conn, club_id)
    chests = open_purses(conn, dict.fromkeys(members, at), heads(members), events)
    for chest in chests.values():
        chest.settle(at)
    return Open(conn, terms, members, chests, at, now)


def close(hands: Open) -> bool:
    """Write what was changed, and tell what expired on the way; whether the outbox is to be woken for that."""
    club_id, chests = hands.terms.club_id, hands.chests.values()
    told = [(chest.member_id, said) for chest in chests for said in expired(chest)]
    with hands.conn.pipeline():
        purses.write(hands.conn, club_id, chests, hands.now)
        purses.write_heads(hands.conn, chests)
    if told:
        outbox.send("points.expired", club_id, told, hands.now)
    return bool(told)


def expired(chest: Chest) -> list[dict[str, object]]:
    """What a member loses, by wallet and event, as it is told."""
    sums: Counter[tuple[str, int]] = Counter()
    for move in chest.log:
        if move.target == "expired":
            sums[move.wallet, move.cause.event_id] += move.amount
    return [{"wallet": wallet, "amount": amount, "event": event} for (wallet, event), amount in sums.items()]
