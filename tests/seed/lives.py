"""Bylaws tried on a real club: what a case tells happens in PostgreSQL, and the timer does what falls due between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any, Final, TypeVar

from loyalty.actions.capture_hold import capture_hold
from loyalty.actions.create_club import create_club
from loyalty.actions.create_store import create_store
from loyalty.actions.enrol_members import enrol_members
from loyalty.actions.hold_points import hold_points
from loyalty.actions.pay_from_wallet import Payment, pay_from_wallet
from loyalty.actions.record_events import record_events
from loyalty.actions.record_purchases import Outcome, record_purchases
from loyalty.actions.return_purchases import return_purchases
from loyalty.calendars import Calendar, parse_date
from loyalty.db import connection, db
from loyalty.enrolment import Enrolment
from loyalty.jobs import duties
from loyalty.ledger.recount import recount
from loyalty.queries.clubs import one
from loyalty.queries.explanation import explanation
from loyalty.queries.standing import badges, tier
from loyalty.queries.views import WalletView
from loyalty.queries.wallets import wallets
from loyalty.returns import Return, ReturnedLine
from loyalty.rules import MemberRef, load
from loyalty.rules.bylaws import Ask
from loyalty.rules.reading import Node, Reading
from loyalty.rules.windows import EVER, read_window
from loyalty.sums import Sums
from loyalty.values import QUANTITY_SCALE
from loyalty.versions import programme
from tests.conftest import Clock
from tests.rules.stories import Story, instant

T = TypeVar("T")
MEMBER: Final = "member"
"""Whom a case is about; others have names of their own."""
NIGHTLY: Final = tuple(
    duties.DUTIES[name]
    for name in duties.DUTIES
    if name not in ("seal", "forget_deliveries", "fill_boards", "rehearse")
)
"""What the timer does that a member may notice."""
PERSON: Final = {"joined", "birthday", "attributes", "referred_by"}
ANSWERS: Final = {"awards", "wallets", "tier", "until", "badges", "counters", "withheld", "messages"}


class Untold(Exception):
    """A case tells something that nobody understands, or that the club refuses."""


def known(what: str, told: Iterable[str], words: Set[str]) -> None:
    """Turn away words that mean nothing there."""
    if unknown := set(told) - words:
        raise Untold(f"{what} has no {', '.join(sorted(unknown))}")


def named(things: Mapping[str, T], name: str) -> T:
    """What goes by a name."""
    if name not in things:
        raise Untold(f"nothing is called {name} here, only {', '.join(things) or 'nothing at all'}")
    return things[name]


class Life:
    """One club and its members, from the first thing that a case tells to the last."""

    def __init__(self, document: Mapping[str, Any], clock: Clock, told: Sequence[Mapping[str, Any]]) -> None:
        self.bylaws = load(document)
        self._story = Story(self.bylaws)
        self.calendar: Calendar = self.bylaws.club.calendar
        self.clock = clock
        clock.now = min(instant(step["at"], self.calendar) for step in told)
        self.club_id = create_club("club", document, clock.now, from_at=self.calendar.instant(date(1990, 1, 1))).id
        self.members: dict[str, int] = {}
        self.stores: set[str] = set()
        self.sold: dict[str, Outcome] = {}
        """What was bought, by the name of its receipt."""
        self.last: Outcome | None = None
        self.marks: dict[str, int] = {}
        """How many entries each member had when what is looked at began."""
        self._numbers = count(1)
        self._club = one(self.club_id)
        self._done = {duty.name: clock.now for duty in NIGHTLY}

    def enrols(self, name: str, told: Mapping[str, Any], joined: datetime | None = None) -> None:
        """Somebody joins, the day before the case begins unless it says otherwise."""
        known("a member", told, PERSON)
        by = told.get("referred_by")
        joined = instant(told["joined"], self.calendar) if "joined" in told else joined
        enrolment = Enrolment(
            name=name,
            birthday=parse_date(told["birthday"]) if "birthday" in told else None,
            attributes=dict(told.get("attributes", {})),
            referred_by=self._ref(by) if by else None,
            joined_at=instant(told["joined"], self.calendar)
            if "joined" in told
            else joined or self.clock.now - timedelta(days=1),
        )
        self.members[name] = enrol_members(self.club_id, [enrolment], self.clock.now)[0].id

    def mark(self) -> None:
        """What has been given so far is not what the case is about."""
        self.marks = {name: self._entries(id_) for name, id_ in self.members.items()}

    def happens(self, told: Mapping[str, Any]) -> None:
        """One thing happens, after the nights until then have gone by."""
        told = dict(told)
        self.goes_on(instant(told["at"], self.calendar))
        for _ in range(told.pop("times", 1)):
            self._happens(dict(told))

    def _happens(self, told: dict[str, Any]) -> None:
        who = told.pop("by", MEMBER)
        db.session.rollback()
        if "returns" in told:
            self._returns(told)
        elif "spends" in told:
            self._spends(who, told)
        elif "pays" in told:
            self._pays(who, told)
        elif "joins" in told:
            at = instant(told.pop("at"), self.calendar)
            self.enrols(told.pop("joins"), told, at)
        elif "event" in told:
            self._tells(who, told)
        elif {"net", "lines"} & told.keys():
            self._buys(who, told)
        else:
            known("what happens", told, {"at"})

    def goes_on(self, until: datetime) -> None:
        """Let time pass; what is told late happened already.

        The timer comes when a month begins and at the end, and catches up with what fell due since, each at its own
        instant. To come every night would change nothing and take ten times as long.
        """
        while (month := self._next_month()) <= until:
            self.clock.now = month
            self._timer()
        if until > self.clock.now:
            self.clock.now = until
            self._timer()

    def _next_month(self) -> datetime:
        return self.calendar.instant(self.calendar.next_start("month", self.calendar.moment(self.clock.now).day))

    def _timer(self) -> None:
        """What the timer has a worker do, without the queue between them."""
        now = self.clock.now
        last_night = self.calendar.instant(self.calendar.moment(now).day) - timedelta(microseconds=1)
        self._done["review_tiers"] = max(
            last_night, self._done["review_tiers"]
        )  # one review does what all before it left
        for duty in NIGHTLY:
            db.session.rollback()
            while (at := duty.due(self._club, self._done[duty.name], now)) is not None:
                db.session.rollback()
                duty.do(self.club_id, at)
                self._done[duty.name] = at

    def _buys(self, who: str, told: dict[str, Any]) -> None:
        name = told.pop("receipt", f"r{next(self._numbers)}")
        sale = self._story.purchase(told)
        self._opens(sale.store)
        [outcome] = record_purchases(self.club_id, [replace(sale, receipt=name, member=self._ref(who))], self.clock.now)
        self.sold[name] = self.last = taken(outcome)

    def _tells(self, who: str, told: dict[str, Any]) -> None:
        """`event: review` with its `fields`, as the club's shop or till sends one."""
        named(self.bylaws.events, told["event"])
        happened = self._story.event(told)
        if happened.store:
            self._opens(happened.store)
        happened = replace(happened, key=f"e{next(self._numbers)}", source="shop", member=self._ref(who))
        [outcome] = record_events(self.club_id, [happened], self.clock.now)
        self.last = taken(outcome)

    def _opens(self, store: str) -> None:
        if store not in self.stores:
            create_store(self.club_id, store, store)
            self.stores.add(store)

    def _returns(self, told: dict[str, Any]) -> None:
        """`returns: RECEIPT`, all that is left of it, or `lines: {1: 2}` of it, or an `amount`."""
        known("a return", told, {"at", "returns", "lines", "amount"})
        lines = tuple(ReturnedLine(line, units * QUANTITY_SCALE) for line, units in told.get("lines", {}).items())
        amount = told.get("amount")
        asked = Return(
            f"back{next(self._numbers)}", "shop", self.clock.now, lines, amount, all=not lines and amount is None
        )
        self._opens("shop")
        sale = named(self.sold, told["returns"])
        assert sale.id is not None
        [answer] = return_purchases(self.club_id, [(sale.id, asked)], self.clock.now)
        if answer.problem:
            raise answer.problem

    def _spends(self, who: str, told: dict[str, Any]) -> None:
        """`spends: {points: 500}`."""
        for wallet, amount in told["spends"].items():
            if named(self.bylaws.wallets, wallet).unit == "money":
                payment = Payment(self._ref(who), amount, f"paid{next(self._numbers)}")
                pay_from_wallet(self.club_id, wallet, payment, self.clock.now)
            else:
                held = hold_points(self.club_id, self.members[who], wallet, amount, self.clock.now)
                capture_hold(self.club_id, held.id, self.clock.now)

    def _pays(self, who: str, told: dict[str, Any]) -> None:
        """`pays: {points: 1000}, receipt: R`: so much money, from a wallet."""
        for wallet, money in told["pays"].items():
            payment = Payment(
                self._ref(who), money, told.get("receipt", f"paid{next(self._numbers)}"), told.get("store")
            )
            pay_from_wallet(self.club_id, wallet, payment, self.clock.now)

    def _ref(self, name: str) -> MemberRef:
        return MemberRef("id", str(named(self.members, name)))

    # What came of it.

    def answers(self, who: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """What a member would find now, in the words in which it is asked for."""
        known("then", wanted, ANSWERS)
        db.session.rollback()
        return {part: getattr(self, f"_{part}")(named(self.members, who), answer) for part, answer in wanted.items()}

    def books_agree(self) -> bool:
        """Whether recount finds no difference."""
        db.session.rollback()
        return recount(self.club_id) == []

    def _entries(self, member: int) -> int:
        row = connection().execute("SELECT count(*) FROM entry WHERE member_id = %s", [member]).fetchone()
        assert row
        return int(row[0])

    def _awards(self, member: int, _: Any) -> dict[str, dict[str, int]]:
        """Per article (a badge's level is `badge:CODE:LEVEL`) what it gave into each wallet, less what it took back."""
        name = next(name for name, id_ in self.members.items() if id_ == member)
        rows = connection().execute(
            "SELECT article, wallet, sum(CASE WHEN source = 'issued' THEN amount ELSE -amount END)::bigint FROM entry"
            " WHERE member_id = %s AND n > %s AND 'issued' IN (source, target) GROUP BY article, wallet",
            [member, self.marks.get(name, 0)],
        )
        gave: dict[str, dict[str, int]] = {}
        for article, wallet, amount in rows:
            if amount:
                gave.setdefault(str(article), {})[wallet] = amount
        return gave

    def _wallets(self, member: int, wanted: Mapping[str, Any]) -> dict[str, Any]:
        found = {its.code: its for its in wallets(self.club_id, member, self.clock.now)}
        return {code: self._wallet(named(found, code), answer) for code, answer in wanted.items()}

    def _wallet(self, view: WalletView, wanted: Any) -> Any:
        """What can be spent; or `{available, pending, debt, expires: {day: amount}, lapses: day}` as far as asked."""
        if not isinstance(wanted, Mapping):
            return view.available
        told = {
            "available": view.available,
            "pending": view.pending,
            "debt": view.debt,
            "spent": view.spent,
            "expired": view.expired,
            "expires": {self._day(end.at): end.amount for end in view.expiring},
            "lapses": self._day(view.lapses_at) if view.lapses_at else None,
        }
        return {part: named(told, part) for part in wanted}

    def _tier(self, member: int, _: Any) -> str | None:
        return tier(self.club_id, member, self.clock.now).code

    def _until(self, member: int, _: Any) -> str | None:
        ends = tier(self.club_id, member, self.clock.now).until
        return self._day(ends) if ends else None

    def _badges(self, member: int, _: Any) -> dict[str, int]:
        return {its.code: its.level for its in badges(self.club_id, member, self.clock.now) if its.level}

    def _counters(self, member: int, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """`{nights: 12}` over all time, or `{nights: {over: {this: year}, is: 12}}`."""
        return {name: self._counter(member, name, answer) for name, answer in wanted.items()}

    def _counter(self, member: int, name: str, wanted: Any) -> Any:
        window = read_window(Node(wanted["over"], "", Reading(self.calendar))) if isinstance(wanted, Mapping) else EVER
        terms, day = programme(connection(), self.club_id), self.calendar.moment(self.clock.now).day
        row = connection().execute("SELECT tier_since, joined_at, latest_at FROM member WHERE id = %s", [member])
        since, joined, latest = row.fetchone() or (None, self.clock.now, None)
        counter = named(self.bylaws.counters, name)
        span = window.span(day, self.calendar, self.bylaws.since(since, joined))
        ask = Ask(terms.live.index(counter), span)
        sums = Sums(terms, {member: {ask: None}}, {member: _Row(latest)})
        value = sums.answered(sums.send(connection()))[member][ask]
        if counter.unit == "quantity":
            value //= QUANTITY_SCALE
        return {**wanted, "is": value} if isinstance(wanted, Mapping) else value

    def _withheld(self, _: int, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Why articles gave nothing for the last purchase: those asked for, in the languages asked for."""
        assert self.last
        assert self.last.id is not None
        why = {its.no: its.because for its in explanation(self.club_id, self.last.id).articles}
        return {
            no: {lang: getattr(because, lang) for lang in answer} if (because := named(why, no)) else None
            for no, answer in wanted.items()
        }

    def _messages(self, _: int, __: Any) -> list[dict[str, str]]:
        assert self.last
        assert self.last.ruling
        return [{"en": text.en, "fa": text.fa} for text in self.last.ruling.messages]

    def _day(self, at: datetime) -> str:
        """The local day of an instant, as the club's calendar writes it."""
        year, month, day = self.calendar.parts(self.calendar.moment(at).day)
        return f"{year:04}-{month:02}-{day:02}"


def taken(outcome: Outcome) -> Outcome:
    """What was recorded, or why it was not."""
    if outcome.problem:
        raise outcome.problem
    return outcome


class _Row:
    """A member's row as sums ask for it."""

    def __init__(self, latest_at: datetime | None) -> None:
        self.latest_at = latest_at
