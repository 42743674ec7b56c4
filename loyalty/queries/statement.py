"""A member's ledger, newest first, each line with the arithmetic behind it."""

from __future__ import annotations

from loyalty.db import connection
from loyalty.queries.recorded import by_ids
from loyalty.queries.views import StatementLine
from loyalty.rules.explain import arithmetic, title
from loyalty.rules.ruling import Given
from loyalty.versions import programme


def statement(
    club_id: int, member_id: int, *, limit: int = 20, cursor: int | None = None
) -> tuple[list[StatementLine], int | None]:
    """Up to `limit` entries before a cursor, and the cursor of the next page (None at the end)."""
    terms = programme(connection(), club_id)
    rows = (
        connection()
        .execute(
            "SELECT n, event_id, wallet, amount, version, article, occurred_at FROM entry"
            " WHERE member_id = %s AND club_id = %s AND n < %s AND source = 'issued' ORDER BY n DESC LIMIT %s",
            [member_id, club_id, cursor if cursor is not None else 2**63 - 1, limit + 1],
        )
        .fetchall()
    )
    page = rows[:limit]
    recorded = by_ids(terms, list({row[1] for row in page}))
    lines = []
    for id_, event, wallet, amount, version, article, at in page:
        sale = recorded[event]
        bylaws = terms.version(version)
        given = _given(sale.ruling.awards, article, wallet, amount)
        lines.append(
            StatementLine(
                id_,
                at,
                wallet,
                amount,
                version,
                article,
                title(bylaws, article),
                event,
                sale.purchase.receipt,
                arithmetic(bylaws, given),
            )
        )
    return lines, page[-1][0] if len(rows) > limit else None


def _given(awards: list[Given], article: str, wallet: str, amount: int) -> Given:
    """The award that an entry posted."""
    return next(g for g in awards if (g.article, g.wallet, g.amount) == (article, wallet, amount))
