"""Bring in what members had in an older programme, with the ends of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from loyalty.actions.import_file import Done, Format, Imported, Run, Step, import_file
from loyalty.actions.prepare_import import enrol_unknown
from loyalty.db import retried, transaction
from loyalty.errors import Invalid, Problem
from loyalty.hands import End, Open, known_wallet, opened
from loyalty.ledger.lots import Cause
from loyalty.readers.balances import Listed, reader_for
from loyalty.readers.items import LeftOut
from loyalty.readers.rejects import Reject, reason_of
from loyalty.rules import Bylaws, MemberRef
from loyalty.rules.facts import IdentifierKind
from loyalty.schemas.value import load_balance
from loyalty.values import Text
from loyalty.versions import Connection, programme
from loyalty.whose import resolve

_KNOWN_BY: Final[tuple[IdentifierKind, ...]] = ("external_id", "phone", "card")
_REASON: Final = "Opening balance"
_ONE_NAME: Final = Text(
    "Name the member by exactly one of external_id, phone and card.",
    "عضو را تنها با یکی از external_id، phone و card نام ببرید.",
)
_BACKWARDS: Final = Text("It ends before it was earned.", "پیش از به دست آمدن منقضی می‌شود.")
_NOBODY: Final = Text("No member is known by this.", "عضوی با این مشخصه شناخته نیست.")


class Opening(NamedTuple):
    """A valid balance, the item it came from, and that item's position."""

    position: int
    item: Listed
    member: MemberRef
    wallet: str
    amount: int
    earned_at: datetime
    expires_at: End
    reason: str

    def refused(self, problem: Problem) -> Reject:
        """Itself, handed back to the person."""
        return Reject(self.position, self.item.line, reason_of(problem), self.item.balance)


class Chunk(NamedTuple):
    """What can be tried, in the order of the file, and what is refused as it stands."""

    openings: list[Opening]
    refused: list[Reject]


def import_balances(
    club_id: int,
    path: Path,
    clock: Callable[[], datetime],
    *,
    rejects_at: Callable[[str], Path],
    format_name: str | None = None,
    progress: Callable[[Step], None] = lambda _: None,
) -> Imported:
    """Put all balances of a file that aren't there yet into lots, as `import_file` does; enrols unknown external ids.

    Raises:
        Invalid: the format can't be told or is unknown, or the header is wrong.
        Conflict: another process is importing the same file.
    """
    name, rows = reader_for(path, format_name)
    form = Format(name, rows, f"balances-{name}")
    return import_file(club_id, path, clock, form, _take_up, rejects_at=rejects_at, progress=progress)


def _take_up(run: Run, items: list[tuple[int, Listed | LeftOut]], now: datetime) -> Callable[[Connection], Done]:
    chunk = _prepared(run.club_id, _loaded(items, run.region, now), now)
    return partial(_record, club_id=run.club_id, chunk=chunk, now=now)


def _loaded(items: list[tuple[int, Listed | LeftOut]], region: str, now: datetime) -> Chunk:
    chunk = Chunk([], [])
    for position, item in items:
        if isinstance(item, LeftOut):
            chunk.refused.append(Reject(position, item.line, item.reason, item.row))
            continue
        try:
            chunk.openings.append(_opening(position, item, region, now))
        except Problem as problem:
            chunk.refused.append(Reject(position, item.line, reason_of(problem), item.balance))
    return chunk


def _opening(position: int, item: Listed, region: str, now: datetime) -> Opening:
    balance = load_balance(item.balance, now=now, region=region)
    named = [MemberRef(kind, balance[kind]) for kind in _KNOWN_BY if kind in balance]
    if len(named) != 1:
        raise Invalid.at(f"/{named[-1].kind if named else _KNOWN_BY[0]}", _ONE_NAME)
    earned_at = min(balance.get("earned_at", now), now)
    expires_at: End = balance.get("expires_at", "by_terms")
    if isinstance(expires_at, datetime) and expires_at < earned_at:
        raise Invalid.at("/expires_at", _BACKWARDS)
    reason = balance.get("reason", _REASON)
    return Opening(position, item, named[0], balance["wallet"], balance["amount"], earned_at, expires_at, reason)


@retried
def _prepared(club_id: int, chunk: Chunk, now: datetime) -> Chunk:
    """Enrol members named by an unknown external id, as of their first lot; refuse wallets that are not there."""
    with transaction() as conn:
        bylaws = programme(conn, club_id).at(now)
        good, refused = _with_wallets(bylaws, chunk.openings)
        joined: dict[MemberRef, datetime] = {}
        for each in good:
            if each.member.kind == "external_id":
                joined[each.member] = min(joined.get(each.member, each.earned_at), each.earned_at)
        enrol_unknown(conn, club_id, joined, now)
    return Chunk(good, chunk.refused + refused)


def _with_wallets(bylaws: Bylaws, openings: Sequence[Opening]) -> tuple[list[Opening], list[Reject]]:
    good, refused = list[Opening](), list[Reject]()
    for each in openings:
        try:
            known_wallet(bylaws, each.wallet)
            good.append(each)
        except Problem as problem:
            refused.append(each.refused(problem))
    return good, refused


def _record(conn: Connection, club_id: int, chunk: Chunk, now: datetime) -> Done:
    """Put a chunk's balances into lots, in a fixed number of statements, inside a transaction that is open already."""
    ids = resolve(conn, club_id, {each.member for each in chunk.openings})
    known = [each for each in chunk.openings if each.member in ids]
    rejects = chunk.refused + [
        each.refused(Invalid.at(f"/{each.member.kind}", _NOBODY)) for each in chunk.openings if each.member not in ids
    ]
    if known:
        with opened(club_id, ids.values(), now, now) as hands:
            _open(hands, [(ids[each.member], each) for each in known])
    rejects.sort(key=lambda reject: (reject.position, reject.line))
    return Done(Counter(recorded=len(known), refused=len(rejects)), rejects)


def _open(hands: Open, openings: Sequence[tuple[int, Opening]]) -> None:
    events = hands.numbers(len(openings))
    for event_id, (member_id, each) in zip(events, openings, strict=True):
        purse, at = hands.purse(member_id, each.wallet), each.earned_at
        lot = purse.new_lot(event_id, at, None, hands.lot_end(each.wallet, at, each.expires_at))
        hands.deposit(purse, Cause(event_id, at), "opening", each.amount, lot)
        hands.active(purse, at)
        hands.wake(purse)
    hands.note(
        [
            (member_id, event_id, "opening", each.wallet, each.amount, each.reason, None, False)
            for event_id, (member_id, each) in zip(events, openings, strict=True)
        ]
    )
