"""Limits that all members share: reserved by one conditional update in key order, in the transaction that gives."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from loyalty.judge import Budget
from loyalty.rewards import catalogue
from loyalty.rules.limits import stock_key
from loyalty.versions import Connection

_OPEN = """
    INSERT INTO club_use (club_id, key, start, used)
    SELECT %s, key, start, 0 FROM unnest(%b::text[], %b::date[]) AS asked (key, start) ORDER BY key, start
    ON CONFLICT DO NOTHING
"""
_RESERVE = """
    WITH asked AS (
        SELECT * FROM unnest(%b::text[], %b::date[], %b::bigint[], %b::bigint[]) AS a (key, start, wanted, most)
    ), held AS (
        SELECT key, start, least(wanted, greatest(0, most - used)) AS granted
        FROM club_use JOIN asked USING (key, start) WHERE club_id = %s ORDER BY key, start FOR UPDATE OF club_use
    )
    UPDATE club_use SET used = used + granted FROM held
    WHERE club_use.club_id = %s AND club_use.key = held.key AND club_use.start = held.start
    RETURNING club_use.key, club_use.start, granted
"""
_RELEASE = """
    WITH held AS (
        SELECT key, start, unused FROM club_use
        JOIN unnest(%b::text[], %b::date[], %b::bigint[]) AS back (key, start, unused) USING (key, start)
        WHERE club_id = %s ORDER BY key, start FOR UPDATE OF club_use
    )
    UPDATE club_use SET used = used - unused FROM held
    WHERE club_use.club_id = %s AND club_use.key = held.key AND club_use.start = held.start
"""
"""In key order, like all of these: whoever takes and whoever gives back must not wait for each other in a circle."""


class ClubBudgets:
    """The shared limits of one club, in one transaction."""

    def __init__(self, conn: Connection, club_id: int) -> None:
        self.conn = conn
        self.club_id = club_id

    def reserve(self, wanted: Budget, most: Budget) -> Budget:
        """Take what is wanted as far as there is room; answers what was granted.

        The stock of a reward is kept with the reward, and taken off there.
        """
        stocks = _stocks(wanted)
        granted = catalogue.take_some(self.conn, self.club_id, {code: wanted[key] for key, code in stocks.items()})
        rest = {key: its for key, its in wanted.items() if key not in stocks}
        return self._reserve(rest, most) | {key: granted.get(code, 0) for key, code in stocks.items()}

    def _reserve(self, wanted: Budget, most: Budget) -> Budget:
        if not wanted:
            return {}
        keys, starts = [key for key, _ in wanted], [start for _, start in wanted]
        self.conn.execute(_OPEN, [self.club_id, keys, starts])
        rows = self.conn.execute(
            _RESERVE,
            [keys, starts, list(wanted.values()), [most[key] for key in wanted], self.club_id, self.club_id],
        )
        return {(key, start): granted for key, start, granted in rows}

    def release(self, unused: Budget) -> None:
        """Give back what was granted and not used."""
        stocks = _stocks(unused)
        catalogue.give_some_back(self.conn, self.club_id, {code: unused[key] for key, code in stocks.items()})
        unused = {key: its for key, its in unused.items() if key not in stocks}
        if unused:
            columns = [key for key, _ in unused], [start for _, start in unused], list(unused.values())
            self.conn.execute(_RELEASE, [*columns, self.club_id, self.club_id])


class NoBudgets:
    """Grants what there is room for without taking it: for quotes."""

    def __init__(self, conn: Connection, club_id: int) -> None:
        self.conn = conn
        self.club_id = club_id

    def reserve(self, wanted: Budget, most: Budget) -> Budget:
        """What would be granted now."""
        stocks = _stocks(wanted)
        found = catalogue.by_code(self.conn, self.club_id, set(stocks.values())) if stocks else {}
        granted = {key: found[code].grants(wanted[key]) if code in found else 0 for key, code in stocks.items()}
        rest = {key: its for key, its in wanted.items() if key not in stocks}
        return granted | (self._granted(rest, most) if rest else {})

    def _granted(self, wanted: Budget, most: Budget) -> Budget:
        keys, starts = [key for key, _ in wanted], [start for _, start in wanted]
        rows = self.conn.execute(
            "SELECT key, start, used FROM club_use JOIN unnest(%b::text[], %b::date[]) AS a (key, start)"
            " USING (key, start) WHERE club_id = %s",
            [keys, starts, self.club_id],
        )
        used = {(key, start): its for key, start, its in rows}
        return {key: min(its, max(0, most[key] - used.get(key, 0))) for key, its in wanted.items()}

    def release(self, unused: Budget) -> None:
        """Nothing was taken."""


def _stocks(keys: Iterable[tuple[str, date]]) -> dict[tuple[str, date], str]:
    """Of the keys of limits those that are stocks of rewards, each with the reward's code."""
    return {key: code for key in keys if (code := stock_key(key[0]))}
