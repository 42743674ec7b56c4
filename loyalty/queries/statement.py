"""A member's ledger, newest first, each line with the sentence that explains it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any, Final

from loyalty.db import connection
from loyalty.queries.entries import Row, title
from loyalty.queries.entry_sentences import sentence
from loyalty.queries.recorded import Recorded, by_ids
from loyalty.queries.views import StatementLine
from loyalty.rules import Bylaws
from loyalty.rules.explain import event_title
from loyalty.values import Text
from loyalty.versions import Programme, programme

_LINES: Final = """
    SELECT entry.n, entry.event_id, entry.wallet, entry.source, entry.target, entry.amount, entry.version,
        entry.article, entry.occurred_at, lot.earned_at, lot.expires_at, back.purchase_id, back.kind, back.key,
        hold.receipt, hold.until, receipt.event_id, adjustment.kind, adjustment.reason,
        payout.hint, redemption.promise -> 'title' ->> 'en', redemption.promise -> 'title' ->> 'fa'
    FROM entry
    LEFT JOIN lot ON lot.member_id = entry.member_id AND lot.id = entry.lot AND lot.wallet = entry.wallet
    LEFT JOIN purchase_return back ON back.id = entry.event_id
    LEFT JOIN hold ON hold.member_id = entry.member_id AND hold.id = entry.event_id
    LEFT JOIN receipt ON receipt.store_id = hold.store_id AND receipt.receipt = hold.receipt
    LEFT JOIN adjustment ON adjustment.member_id = entry.member_id AND adjustment.id = entry.event_id
    LEFT JOIN redemption ON redemption.member_id = entry.member_id
        AND redemption.id = coalesce(hold.redemption_id, entry.event_id)
    LEFT JOIN payout ON payout.member_id = entry.member_id AND payout.id = entry.event_id
    WHERE entry.member_id = %s AND entry.club_id = %s AND entry.n < %s
    ORDER BY entry.n DESC LIMIT %s
"""


def statement(
    club_id: int, member_id: int, *, limit: int = 20, cursor: int | None = None
) -> tuple[list[StatementLine], int | None]:
    """Up to `limit` entries before a cursor, and the cursor of the next page (None at the end)."""
    terms = programme(connection(), club_id)
    before = cursor if cursor is not None else 2**63 - 1
    rows: list[Row] = [_row(row) for row in connection().execute(_LINES, [member_id, club_id, before, limit + 1])]
    page = rows[:limit]
    recorded = by_ids(terms, list({row.return_of or row.event_id for row in page}))
    return [_line(terms, row, recorded) for row in page], page[-1].n if len(rows) > limit else None


def _row(row: tuple[Any, ...]) -> Row:
    *rest, en, fa = row
    return Row(*rest)._replace(reward=None if en is None else Text(en, fa))


def by_event(lines: Iterable[StatementLine]) -> list[list[StatementLine]]:
    """Lines in the groups that a page shows: what happened together, the newest first, each in the order of posting."""
    return [list(group)[::-1] for _, group in groupby(lines, key=lambda line: (line.event, line.at))]


def _line(terms: Programme, row: Row, recorded: Mapping[int, Recorded]) -> StatementLine:
    bylaws = _bylaws(terms, row)
    found = recorded.get(row.return_of or row.event_id)
    sale = found if found and found.receipt is not None else None
    # Of a lot that matures or ends by itself the event is what made it: that needs no receipt.
    by_itself = row.kind in ("matured", "expired")
    return StatementLine(
        id=row.n,
        at=row.at,
        wallet=row.wallet,
        kind=row.kind,
        amount=row.change,
        moved=row.amount,
        version=row.version,
        article=row.article,
        title=title(bylaws, row),
        event=row.event_id,
        purchase=sale.id if sale else row.hold_purchase,
        receipt=None if by_itself else sale.receipt if sale else row.hold_receipt,
        occasion=event_title(bylaws, found.event.type) if found and not sale else None,
        sentence=sentence(bylaws, row, found),
    )


def _bylaws(terms: Programme, row: Row) -> Bylaws:
    """The version that an entry cites; else the one in force then, or the newest that knows the wallet."""
    if row.version is not None:
        return terms.version(row.version)
    then = terms.at(row.at)
    known = (bylaws for bylaws in (then, *reversed(terms.versions)) if row.wallet in bylaws.wallets)
    return next(known, then)
