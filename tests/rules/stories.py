"""Bylaws tried on small stories: a member's past, a purchase, and what came of it, without a database."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from loyalty.calendars import Calendar, parse_date
from loyalty.documents import parse
from loyalty.rules import Bylaws, Event, Facts, Happening, Line, Purchase, Ruling, Tender, evaluate, load, plain, review
from loyalty.rules.bylaws import Ask
from loyalty.rules.counters import PURCHASES_EVER
from loyalty.rules.discounting import Offer, discounted
from loyalty.rules.history import Fed, History
from loyalty.rules.member import MemberFacts, standing_day
from loyalty.rules.reviewing import Move, overdue
from loyalty.rules.sentences import sections
from loyalty.rules.tenure import NO_TENURE, Stand, Tenure, give
from loyalty.values import QUANTITY_SCALE

HERE = Path(__file__).parent
NOON = "1405-08-21 12:00"
"""When a purchase happens where a story names no time: a Thursday."""
POINTS = [{"points": {"fixed": 10}}]
"""What an article gives where a story says nothing about it."""


class Unrecorded(dict[Ask, int]):
    """What was recorded before the story began: nothing. Everything the story tells is added day by day."""

    def __missing__(self, ask: Ask) -> int:
        return 0


class Judged(NamedTuple):
    """A purchase as it was judged."""

    facts: Facts
    ruling: Ruling


def document(**sections: Any) -> dict[str, Any]:
    """The club of `club.yaml` with some sections put in place of its own; None takes a section away."""
    tree = {**deepcopy(CLUB), **deepcopy(sections)}
    return {name: section for name, section in tree.items() if section is not None}


def article(no: str = "1", **fields: Any) -> dict[str, Any]:
    """An article that gives 10 points with each purchase, unless it is told otherwise."""
    return {"no": no, "title": {"en": f"Article {no}", "fa": f"مادهٔ {no}"}, "on": "purchase", "give": POINTS, **fields}


CLUB = parse((HERE / "club.yaml").read_text())


class Story:
    """One member of a club, from purchase to purchase, by the very fold of the write path."""

    def __init__(self, bylaws: Bylaws, given: Mapping[str, Any] | None = None) -> None:
        self.bylaws = bylaws
        self.calendar = bylaws.club.calendar
        given = dict(given or {})
        past = given.pop("past", [])
        self.member = self._member(given)
        for purchase in past:
            self.buys(purchase)

    def buys(self, told: Mapping[str, Any]) -> Judged:
        """Judge a purchase, or another event, and carry the member on."""
        told = dict(told)
        left = told.pop("left_of_budget", None)
        return self.judge(self.event(told) if "event" in told else self.purchase(told), left)

    def judge(self, event: Happening, left: int | None = None, offers: tuple[Offer, ...] = ()) -> Judged:
        """The same of one that is told whole; `left` of every limit that members share."""
        moment = self.calendar.moment(event.occurred_at)
        day = standing_day(self.member, moment, self.calendar)
        facts = self.member.facts(self.bylaws, event, moment, day)
        if day == moment.day and overdue(self.bylaws, self.member, facts, event.occurred_at):
            self.looked_at(event.occurred_at)
            facts = self.member.facts(self.bylaws, event, moment, day)
        if left is not None:
            facts.budgets = {limit.budget(facts): left for limit in self.bylaws.budgets()}
        facts.offers = offers
        facts = discounted(self.bylaws, facts)
        ruling = evaluate(self.bylaws, facts)
        self.member = self.member.after(self.bylaws, facts, ruling)
        return Judged(facts, ruling)

    def event(self, told: Mapping[str, Any]) -> Event:
        """An event other than a purchase: its type and data as declared, `at`, and the store if there is one."""
        unknown = set(told) - {"event", "at", "store", "fields"}
        assert not unknown, f"an event has no {unknown}"
        declared = self.bylaws.events.get(told["event"])  # an occasion of the club's own is not declared
        data, faults = declared.read(told.get("fields", {})) if declared else (dict(told["fields"]), [])
        assert not faults
        at = instant(told.get("at", NOON), self.calendar)
        return Event(told["event"], at, store=told.get("store", ""), attributes=data)

    def looked_at(self, limit: datetime) -> tuple[Move, ...]:
        """Do what is due of the member's tier before an instant, and at midnights up to it."""
        self.member, moves = review(lambda _: self.bylaws, self.member, limit)
        return moves

    def purchase(self, told: Mapping[str, Any]) -> Purchase:
        """A purchase as a story tells it: `at`, `net`, `gross`, or lines that add up to them, and how it was bought."""
        unknown = set(told) - {
            "at",
            "net",
            "gross",
            "lines",
            "store",
            "channel",
            "cashier",
            "tenders",
            "codes",
            "fields",
        }
        assert not unknown, f"a purchase has no {unknown}"
        lines = tuple(_line(index, line) for index, line in enumerate(told.get("lines", [])))
        net = told.get("net", sum(line.net for line in lines))
        gross = told.get("gross", sum(line.gross for line in lines) if lines else net)
        at = instant(told.get("at", NOON), self.calendar)
        return Purchase(
            "r",
            told.get("store", "shop"),
            at,
            self.bylaws.club.currency,
            gross,
            net,
            lines=lines,
            tenders=tuple(Tender(*tender) for tender in told.get("tenders", {}).items()),
            channel=told.get("channel"),
            codes=tuple(told.get("codes", ())),
            cashier=told.get("cashier"),
            attributes=dict(told.get("fields", {})),
        )

    def _member(self, given: dict[str, Any]) -> MemberFacts:
        unknown = set(given) - {
            "status",
            "tier",
            "tier_since",
            "until",
            "grace",
            "floor",
            "joined",
            "birthday",
            "attributes",
            "badges",
            "completed",
            "milestones",
            "counted",
        }
        assert not unknown, f"a member has no {unknown}"
        counted = [fed for day in given.get("counted", []) for fed in self._counted(day)]
        days = [fed.day for fed in counted]
        told = given.keys() & {"tier_since", "until", "grace"}
        times = {name: instant(given[name], self.calendar) for name in told}
        tenure = NO_TENURE
        if times.keys() & {"until", "grace"}:
            tenure = Tenure(times.get("tier_since"), times.get("until"), times.get("grace"))
        stand = Stand(given.get("tier", self.bylaws.first_tier()), tenure)
        if "floor" in given:
            floor = given["floor"]
            stand = give(self.bylaws, stand, floor["tier"], instant(floor["until"], self.calendar))
        return MemberFacts(
            id=1,
            status=given.get("status", "active"),
            tier=stand.tier,
            tier_since=times.get("tier_since"),
            joined_at=instant(given.get("joined", "1404-01-01 09:00"), self.calendar),
            latest_at=self.calendar.instant(max(days)) if days else None,
            badges=given.get("badges", {}),
            completed=given.get("completed", {}),
            milestones=given.get("milestones", {}),
            history=History(Unrecorded()).plus(counted),
            birthday=parse_date(given["birthday"]) if "birthday" in given else None,
            attributes=given.get("attributes", {}),
            tenure=stand.tenure,
        )

    def _counted(self, figures: dict[str, Any]) -> list[Fed]:
        """What was counted on a day: `{on: 1405-08-01, spend: 500000}`; `purchases` is what `nth_purchase` reads."""
        figures = dict(figures)
        day = parse_date(figures.pop("on"))
        fed = []
        for name, value in figures.items():
            counter = PURCHASES_EVER if name == "purchases" else self.bylaws.counters[name]
            if counter in self.bylaws.live:
                fed.append(Fed(self.bylaws.live.index(counter), day, thousandths(value, counter.unit), 1))
        return fed


def thousandths(value: int, unit: str) -> int:
    """A figure as it is kept: quantities in thousandths."""
    return value * QUANTITY_SCALE if unit == "quantity" else value


def instant(text: str, calendar: Calendar) -> datetime:
    """`1405-08-21 12:00` on the club's clock; a time with an offset (`2026-11-12T08:30+00:00`) is taken as it is."""
    if "T" in text:
        return datetime.fromisoformat(text)
    day, _, clock = text.partition(" ")
    hours, minutes = clock.split(":") if clock else ("12", "00")
    return calendar.instant(parse_date(day), int(hours) * 60 + int(minutes))


def said_wrong(bylaws: Bylaws, wanted: Mapping[tuple[str, str], Mapping[str, str]]) -> list[str]:
    """Sentences that should read otherwise, by section and code."""
    said = {(part.code, one.no): one for part in sections(bylaws) for one in part.said}
    wrong = []
    for key, both in wanted.items():
        assert set(both) == {"en", "fa"}, "a sentence is told in both languages"
        reads = {lang: plain(phrase) for lang, phrase in said[key].phrases.items()}
        wrong += [
            f"  {' '.join(key)} ({lang}):\n    should read {both[lang]}\n    but reads   {reads[lang]}"
            for lang in both
            if reads[lang] != both[lang]
        ]
    return wrong


def compared(wanted: Mapping[str, Any], came: Mapping[str, Any]) -> list[str]:
    """What should have been and was not, part by part."""
    return [
        line
        for part, answer in wanted.items()
        if came[part] != answer
        for line in (f"  {part}:", f"    should be {answer}", f"    but was   {came[part]}")
    ]


def _line(index: int, told: Mapping[str, Any]) -> Line:
    unknown = set(told) - {"sku", "category", "brand", "tags", "quantity", "net", "gross"}
    assert not unknown, f"a line has no {unknown}"
    units = round(float(told.get("quantity", 1)) * QUANTITY_SCALE)
    return Line(
        str(index + 1),
        told.get("sku", f"sku-{index + 1}"),
        units,
        told.get("gross", told["net"]),
        told["net"],
        told.get("category"),
        told.get("brand"),
        tuple(told.get("tags", ())),
    )


def ruled(told: Mapping[str, Any], given: Mapping[str, Any] | None = None, **sections: Any) -> Judged:
    """A purchase judged under the club's bylaws with some sections of its own."""
    return Story(load(document(**sections)), given).buys(told)
