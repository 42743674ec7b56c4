"""Returns between being asked and being written: what they read, found under lock, and how they fold one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final, Literal, NamedTuple

from loyalty.arrays import array, columns
from loyalty.calendars import Span
from loyalty.db import Overtaken
from loyalty.errors import Conflict, Fault, Problem
from loyalty.filling import keep_up
from loyalty.gather import Locked, heads, lock
from loyalty.ledger import purses
from loyalty.ledger.lots import PLACES
from loyalty.ledger.purses import Chest
from loyalty.merged import lines
from loyalty.returns import Return
from loyalty.rewards.card_charges import come_back, paid_for
from loyalty.rules.bylaws import Ask
from loyalty.rules.history import Fed, History
from loyalty.sold import Payment, Sold, read_sold
from loyalty.sums import Sums
from loyalty.take_back import Counts, Taken
from loyalty.take_back import take_back as take_one
from loyalty.values import Text
from loyalty.versions import Connection, Programme

Asked = tuple[int, Return]
"""A purchase's id and what comes back of it."""
Status = Literal["recorded", "repeated", "refused"]


class Answer(NamedTuple):
    """What became of one return."""

    status: Status
    purchase_id: int
    id: int | None = None
    member_id: int | None = None
    problem: Problem | None = None
    taken: Taken | None = None


_WAITING: Final = """
    SELECT id FROM set_aside WHERE id = ANY(%s::bigint[]) AND club_id = %s AND type = 'purchase' ORDER BY id FOR UPDATE
"""
"""Before members, as whoever claims does. What somebody else is claiming is claimed when this is answered."""
_OWNERS: Final = "SELECT id, member_id FROM purchase WHERE id = ANY(%s::bigint[]) AND club_id = %s"
_KNOWN: Final = """
    SELECT store_id, key, kind, id, purchase_id, digest, outcome FROM purchase_return
    JOIN unnest(%s::bigint[], %s::text[], %s::text[]) AS asked (store_id, key, kind) USING (store_id, key, kind)
"""
_NUMBERS: Final = "SELECT nextval('event_id') FROM generate_series(1, %s)"
_PAYMENTS: Final = """
    SELECT purchase.id, hold.member_id, hold.id, hold.wallet, hold.amount, hold.restored,
        array_agg(spent.lot ORDER BY spent.n), array_agg(spent.amount ORDER BY spent.n)
    FROM purchase
    JOIN hold ON hold.receipt = purchase.receipt AND hold.status = 'spent' AND (hold.store_id = purchase.store_id
        OR hold.store_id IS NULL AND hold.member_id = purchase.member_id)
    CROSS JOIN LATERAL (
        SELECT lot, min(n) AS n, sum(CASE WHEN target = 'spent' THEN amount ELSE -amount END)::bigint AS amount
        FROM entry WHERE member_id = hold.member_id AND event_id = hold.id AND 'spent' IN (source, target) GROUP BY lot
    ) spent
    WHERE purchase.id = ANY(%s::bigint[]) GROUP BY purchase.id, hold.member_id, hold.id
"""
_ACTIVE: Final = """
    SELECT member_id, counter_id, start, label, value FROM counter_sum
    JOIN unnest(%s::bigint[], %s::bigint[], %s::date[]) AS asked (member_id, counter_id, start)
        USING (member_id, counter_id, start)
    WHERE grain = 2
"""


@dataclass(slots=True)
class Done:
    """A return that was taken."""

    id: int
    sold: Sold
    asked: Return
    member_id: int
    taken: Taken


@dataclass(slots=True)
class Batch:
    """Returns on their way: everything they read, found under lock, and what they changed so far."""

    terms: Programme
    lines: dict[int, list[int]]
    """By a purchase's member or payer: it and whoever it was merged into."""
    members: dict[int, Locked]
    chests: dict[int, Chest]
    sold: dict[int, Sold]
    active: dict[tuple[int, int, date, str], int]
    """(member, counter, day, label) → events of that day, for counters of days."""
    known: dict[tuple[int, str, str], tuple[Any, ...]]
    """What is recorded under (store, key, kind)."""
    numbers: list[int]
    now: datetime
    done: list[Done] = field(default_factory=list)
    counters: list[tuple[Any, ...]] = field(default_factory=list)
    uses: dict[tuple[str, date], int] = field(default_factory=dict)
    histories: dict[int, History] = field(default_factory=dict)
    """By member: what running totals read, where there are any."""

    def answer(self, number: int, purchase_id: int, asked: Return) -> Answer:
        """Take one return, or say why not."""
        sold = self.sold[purchase_id]
        key = sold.store_id, asked.key, asked.kind
        if key in self.known:
            return self._again(purchase_id, asked, *self.known[key])
        answer = self.apply(number, purchase_id, asked)
        if answer.taken:
            self.known[key] = number, purchase_id, asked.digest(purchase_id), answer.taken.stored()
        return answer

    def apply(self, number: int, purchase_id: int, asked: Return) -> Answer:
        """Take one return under a number, whatever is recorded under its key."""
        sold = self.sold[purchase_id]
        member_id = self.lines[sold.owner][-1]
        version = self.terms.at(asked.occurred_at)
        try:
            counted = self._counted(sold, member_id)
            self.chests[member_id], taken = take_one(sold, asked, number, self.chests, member_id, version, counted)
        except Problem as problem:
            return Answer("refused", purchase_id, problem=problem)
        taken.cards = come_back(sold.cards, sold.purchase, sold.kept, asked.occurred_at, self.now)
        for payment, cause, lot, amount in taken.handed_on:
            purse = self.chests[payment.member_id].purse(payment.wallet)
            purse.move(cause, "spent", "moved", amount, purse.lots[lot])
        self._count(sold, asked.occurred_at, taken)
        tier = self.members[member_id].tier
        taken.tier = (tier or version.first_tier(),) * 2
        self.done.append(Done(number, sold, asked, member_id, taken))
        return Answer("recorded", purchase_id, number, member_id, taken=taken)

    def _counted(self, sold: Sold, member_id: int) -> Counts | None:
        """What running totals of a purchase read: as the member who goes on for its own is counted by now."""
        if not sold.bylaws.running:
            return None
        return Counts(self.histories[member_id], sold.bylaws.since(None, self.members[member_id].joined_at))

    def _again(
        self, purchase_id: int, asked: Return, id_: int, its: int, digest: bytes, outcome: Mapping[str, Any]
    ) -> Answer:
        if its == purchase_id and bytes(digest) == asked.digest(purchase_id):
            return Answer("repeated", purchase_id, id_, taken=Taken.from_stored(outcome))
        return Answer("refused", purchase_id, problem=Conflict(TAKEN, [Fault("/return", TAKEN)]))

    def _count(self, sold: Sold, at: datetime, taken: Taken) -> None:
        """Note what comes off counters, of the member it was sold to and of those who go on for that one."""
        day = sold.facts.moment.day
        month = self.terms.calendar.start_of("month", day)
        for member_id in self.lines[sold.owner]:
            for place, label, change in taken.feeds:
                counter, value = self.terms.counter_ids[place], change
                if counter > self.members[member_id].filled:
                    continue  # it will find the purchase as it is left
                if self.terms.live[place].measure == "days":
                    before = self.active.get((member_id, counter, day, label), 0)
                    self.active[member_id, counter, day, label] = before + change
                    value = int(before + change > 0) - int(before > 0)
                self.counters.append((member_id, counter, label, day, month, value, change, at))
                if member_id in self.histories:
                    fed = Fed(place, day, value, change, label)
                    self.histories[member_id] = self.histories[member_id].plus([fed])
        for key, change in taken.uses.items():
            self.uses[key] = self.uses.get(key, 0) + change


TAKEN = Text("Another return is recorded under this key.", "با این کلید مرجوعی دیگری ثبت شده است.")


def gathered(conn: Connection, terms: Programme, asked: Sequence[Asked], now: datetime) -> Batch:
    """Lock the members of some purchases, and read all that returns of these ask about."""
    ids = array({purchase_id for purchase_id, _ in asked})
    with conn.pipeline():
        conn.execute(_WAITING, [ids, terms.club_id])
        found = conn.execute(_OWNERS, [ids, terms.club_id])
    owners: dict[int, int] = dict(found.fetchall())
    if not owners:
        return Batch(terms, {}, {}, {}, {}, {}, {}, [0] * len(asked), now)
    line_of = _lines(conn, ids, owners)
    members = lock(conn, terms.club_id, {id_ for line in line_of.values() for id_ in line})
    if _lines(conn, ids, owners) != line_of:  # merged or paid meanwhile: begin anew
        raise Overtaken
    keep_up(terms, (row.filled for row in members.values()))
    sold = read_sold(conn, terms, owners)
    for purchase_id, cards in paid_for(conn, terms.club_id, {id_: its.sale for id_, its in sold.items()}).items():
        sold[purchase_id].cards = cards
    keys = [(sold[id_].store_id, one.key, one.kind) for id_, one in asked if id_ in sold]
    with conn.pipeline():
        known = conn.execute(_KNOWN, columns(keys))
        numbers = conn.execute(_NUMBERS, [len(asked)])
        payments = conn.execute(_PAYMENTS, [ids])
        active = conn.execute(_ACTIVE, _days(terms, sold.values(), line_of))
    events = {(line_of[its.owner][-1], its.id) for its in sold.values()}
    for purchase_id, member_id, hold, wallet, amount, restored, lots, amounts in payments:
        parts, to = list(zip(lots, amounts, strict=True)), line_of[member_id][-1]
        sold[purchase_id].payments.append(Payment(member_id, to, hold, wallet, amount, restored, parts))
        events |= {(id_, lot // PLACES) for lot in lots for id_ in (member_id, to)}
    uptos = dict.fromkeys(members, max(one.occurred_at for _, one in asked))
    chests = purses.open_purses(conn, uptos, heads(members), events)
    for its in sold.values():
        _bring_lots(its, chests)
    days = {(member_id, counter, day, label): value for member_id, counter, day, label, value in active}
    return Batch(
        terms,
        line_of,
        members,
        chests,
        sold,
        days,
        {(store_id, key, kind): tuple(row) for store_id, key, kind, *row in known},
        [number for (number,) in numbers],
        now,
        histories=_histories(conn, terms, sold.values(), line_of, members, days),
    )


def _histories(
    conn: Connection,
    terms: Programme,
    sold: Iterable[Sold],
    line_of: Mapping[int, list[int]],
    members: Mapping[int, Locked],
    days: Mapping[tuple[int, int, date, str], int],
) -> dict[int, History]:
    """What running totals of some purchases read of the members who go on for theirs; nothing where there are none."""
    wanted: dict[int, dict[Ask, None]] = {}
    active: dict[int, dict[Ask, int]] = {}
    for its in sold:
        bylaws, day = its.bylaws, its.facts.moment.day
        if not bylaws.running:
            continue
        member_id = line_of[its.owner][-1]
        asks = bylaws.asks(day, bylaws.since(None, members[member_id].joined_at))
        asked = wanted.setdefault(member_id, {})
        for total in bylaws.running:
            asked |= dict.fromkeys((asks[total.counts], asks[total.gave]))
        known = active.setdefault(member_id, {})
        for place, counter in enumerate(terms.live):
            for label in (counter.labels(its.purchase) if counter.by else {""}) if counter.measure == "days" else ():
                ask = Ask(place, Span(day, day), True, label if counter.by else None)
                known[ask] = days.get((member_id, terms.counter_ids[place], day, label), 0)
    for member_id, asked in wanted.items():
        purchases = [its for its in sold if line_of[its.owner][-1] == member_id]
        for ask in [ask for ask in asked if ask.distinct]:
            labels = {label for its in purchases for label in terms.live[ask.place].labels(its.purchase)}
            asked |= dict.fromkeys(Ask(ask.place, ask.span, False, label) for label in labels)
    sums = Sums(terms, wanted, members)
    figures = sums.answered(sums.send(conn))
    return {id_: History({**figures[id_], **active[id_]}) for id_ in wanted}


def _lines(conn: Connection, ids: str, owners: Mapping[int, int]) -> dict[int, list[int]]:
    """The members that some purchases were sold to, and those who paid for them, each with who goes on for it."""
    return lines(conn, {*owners.values(), *(row[1] for row in conn.execute(_PAYMENTS, [ids]))})


def _bring_lots(sold: Sold, chests: Mapping[int, Chest]) -> None:
    """Let whoever goes on for a payer have the lots that the payments came from, under their numbers and ends."""
    for payment in sold.payments:
        theirs, own = (chests[id_].purse(payment.wallet).lots for id_ in (payment.member_id, payment.to))
        for lot, _ in payment.parts:
            own.setdefault(lot, replace(theirs[lot], pending=0, available=0, held=0, expired=0))


def _days(terms: Programme, sold: Iterable[Sold], line_of: Mapping[int, list[int]]) -> list[str]:
    """For which counters of days, members and days to ask how many events made them active."""
    places = [terms.counter_ids[place] for place, counter in enumerate(terms.live) if counter.measure == "days"]
    days = {(member_id, its.facts.moment.day) for its in sold for member_id in line_of[its.owner]}
    rows = [(member_id, counter, day) for member_id, day in days for counter in places]
    return columns(rows) if rows else ["{}", "{}", "{}"]
