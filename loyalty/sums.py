"""Figures over days, put together from the day, month and ever rows that are kept of a counter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Protocol

import psycopg

from loyalty.arrays import columns
from loyalty.calendars import Calendar
from loyalty.rules.bylaws import Ask
from loyalty.versions import Connection, Programme

EVER, MONTH, DAY = 0, 1, 2
EPOCH = date(1, 1, 1)

_SUMS = """
    SELECT asked.k, sum(found.value)::bigint
    FROM unnest(%s::int[], %s::bigint[], %s::bigint[], %s::smallint[], %s::date[], %s::date[], %s::boolean[])
        AS asked (k, member_id, counter_id, grain, first, last, active)
    CROSS JOIN LATERAL (
        SELECT sum(CASE WHEN asked.active THEN (value > 0)::int ELSE value END) AS value FROM counter_sum
        WHERE member_id = asked.member_id AND counter_id = asked.counter_id AND grain = asked.grain
            AND start BETWEEN asked.first AND asked.last
    ) found
    WHERE found.value IS NOT NULL
    GROUP BY asked.k
"""

_LABELLED = """
    SELECT k, CASE WHEN things THEN count(*) FILTER (WHERE value > 0 AND label <> '') ELSE sum(value) END::bigint
    FROM (
        SELECT asked.k, asked.things, found.label, sum(found.value) AS value
        FROM unnest(%s::int[], %s::bigint[], %s::bigint[], %s::smallint[], %s::date[], %s::date[], %s::boolean[],
            %s::text[], %s::boolean[])
            AS asked (k, member_id, counter_id, grain, first, last, active, under, things)
        CROSS JOIN LATERAL (
            SELECT label, sum(CASE WHEN asked.active THEN (value > 0)::int ELSE value END) AS value FROM counter_sum
            WHERE member_id = asked.member_id AND counter_id = asked.counter_id AND grain = asked.grain
                AND start BETWEEN asked.first AND asked.last AND (asked.things OR label = asked.under)
            GROUP BY label
        ) found
        GROUP BY asked.k, asked.things, found.label
    ) by_label
    GROUP BY k, things
"""
"""Of one label, or how many labels there are: those of which more came than went within the days."""

Cursor = psycopg.Cursor[tuple[Any, ...]]
_ONE_DAY = timedelta(days=1)


class Latest(Protocol):
    """A member's row, as far as sums ask."""

    @property
    def latest_at(self) -> datetime | None:
        """When the latest judged event happened."""


class Sums:
    """Figures over days, put together from day, month and ever rows, all in one statement; of labels in one more."""

    def __init__(self, programme: Programme, wanted: dict[int, dict[Ask, None]], rows: Mapping[int, Latest]) -> None:
        self.programme = programme
        self.answers: dict[int, dict[Ask, int]] = {id_: dict.fromkeys(asked, 0) for id_, asked in wanted.items()}
        self.targets: list[tuple[int, Ask]] = []
        self.rows: list[tuple[Any, ...]] = []
        self.labelled: list[tuple[Any, ...]] = []
        for member_id, asked in wanted.items():
            latest_at = rows[member_id].latest_at
            if latest_at is None:
                continue  # without an event there is nothing to add up
            last = programme.calendar.moment(latest_at).day
            for ask in asked:
                self._add(member_id, ask, last)

    def _add(self, member_id: int, ask: Ask, last: date) -> None:
        k = len(self.targets)
        self.targets.append((member_id, ask))
        counter_id = self.programme.counter_ids[ask.place]
        active = self.programme.live[ask.place].measure == "days" and not ask.raw
        for grain, first, until in pieces(ask, last, self.programme.calendar):
            row = k, member_id, counter_id, grain, first, until, active and grain == DAY
            if ask.label is None and not ask.distinct:
                self.rows.append(row)
            else:
                self.labelled.append((*row, ask.label or "", ask.distinct))

    def send(self, conn: Connection) -> list[Cursor]:
        """The statements on their way: at most one, and one more where labels are asked for."""
        sent = [conn.execute(_SUMS, columns(self.rows))] if self.rows else []
        if self.labelled:
            sent.append(conn.execute(_LABELLED, columns(self.labelled)))
        return sent

    def answered(self, cursors: Iterable[Cursor]) -> dict[int, dict[Ask, int]]:
        """The answers by member."""
        for cursor in cursors:
            for k, value in cursor:
                member_id, ask = self.targets[k]
                self.answers[member_id][ask] = value
        return self.answers


def pieces(ask: Ask, last: date, calendar: Calendar) -> Iterable[tuple[int, date, date]]:
    """(grain, first start, last start) of the rows that add up to a span; `last` is the latest day with any row.

    At most a month of day rows at either end and month rows between: flat in the length of history.
    """
    start, end = ask.span
    if start == end:
        yield DAY, start, end
        return
    if end > last:
        end = last  # a limit's window may reach into days to come, even beyond the calendar
    month = calendar.start_of("month", end)
    whole = end >= last or calendar.next_start("month", end) == end + _ONE_DAY
    if start is None:
        if end >= last:
            yield EVER, EPOCH, EPOCH
            return
        first = EPOCH
    else:
        first = start if calendar.start_of("month", start) == start else calendar.next_start("month", start)
        if start < first:
            yield DAY, start, min(end, first - _ONE_DAY)
    if whole and first <= month:
        yield MONTH, first, month
    elif not whole:
        if first < month:
            yield MONTH, first, month - _ONE_DAY
        if first <= month:
            yield DAY, month, end
