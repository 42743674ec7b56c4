"""What is due of a member's tier up to an instant: ends of terms and of grace, reviews, midnights. Pure.

The timer, the write path before an event, and rehearsals review by `review` alone: what is replayed is reviewed alike.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from loyalty.calendars import Calendar, Moment
from loyalty.rules.bylaws import Bylaws
from loyalty.rules.facts import Facts
from loyalty.rules.ladder import Review
from loyalty.rules.member import MemberFacts, known_tier
from loyalty.rules.tenure import (
    INSTANT,
    NO_TENURE,
    Stand,
    asked_on,
    demote,
    earn,
    expire,
    look,
    still_earned,
    take_away,
)

_DAY: Final = timedelta(days=1)
At = Callable[[datetime], Bylaws]
"""The version in force at an instant."""


class Move(NamedTuple):
    """A change of the tier that a member is shown, without an event; the new one holds from `at` on."""

    at: datetime
    before: str | None
    after: str | None
    version: int


class Reviewed(NamedTuple):
    """A member as reviews leave them."""

    member: MemberFacts
    moves: tuple[Move, ...]


def overdue(bylaws: Bylaws, member: MemberFacts, facts: Facts, at: datetime) -> bool:
    """Whether something may be due before an event at an instant, by its facts; quick where nothing is."""
    due = member.tenure.due
    if due and due < at:
        return True
    if not bylaws.tiers or member.latest_at is None:
        return False
    calendar, day = bylaws.club.calendar, facts.moment.day
    before = calendar.moment(member.latest_at).day
    if before >= day:
        return False
    if period := bylaws.tiers.review:
        seen = calendar.moment(max(member.latest_at, member.tenure.looked or member.latest_at)).day
        return calendar.start_of(period, seen) < calendar.start_of(period, day)
    return facts.active and look(bylaws, facts, member.tenure, at) is not None


def review(at: At, member: MemberFacts, limit: datetime) -> Reviewed:
    """The member as all that was due before an instant leaves them: ends before it, and midnights up to it.

    Raises:
        Unknown: the member's history does not answer for the days that it takes.
    """
    its = _Review(at, member)
    its.upto(limit)
    return Reviewed(its.member, tuple(its.moves))


def after_return(bylaws: Bylaws, member: MemberFacts, moment: Moment, at: datetime) -> Reviewed:
    """The member once something came back, seen from a day: what would not have been earned without it is lost.

    A tier that is held for a term stays if it was earned without what came back: when it was last earned or, for the
    rest of that term, when it was reached. There is no grace.

    Raises:
        Unknown: the history does not answer for the day on which the tier was earned.
    """
    if not bylaws.tiers:
        return Reviewed(member, ())
    facts = member.standing(bylaws, moment)
    rises = bylaws.tiers.promote == "at_once"
    stand = look(bylaws, facts, member.tenure, at, rises=rises) if rises or not bylaws.tiers.review else None
    if stand is None and member.tenure.until and facts.earned_rank >= 0:
        stand = _without(bylaws, member, facts, at)
    if stand is None:
        return Reviewed(member, ())
    return Reviewed(member.on_tier(stand, at), step_taken(bylaws, member.tier, stand.tier, at))


def lapsed(bylaws: Bylaws, member: MemberFacts, at: datetime) -> Reviewed:
    """The member without a given tier whose time was over before an instant."""
    over = member.tenure.floor_until
    if not bylaws.tiers or over is None or over >= at:
        return Reviewed(member, ())
    after = member.on_tier(take_away(member.stand), over + INSTANT)
    return Reviewed(after, step_taken(bylaws, member.tier, after.tier, over + INSTANT))


def step_taken(bylaws: Bylaws, tier: str | None, then: str | None, at: datetime) -> tuple[Move, ...]:
    """The move from one tier to another; none where a member is shown the same."""
    before, after = known_tier(bylaws, tier), known_tier(bylaws, then)
    return (Move(at, before, after, bylaws.version),) if before != after else ()


def _without(bylaws: Bylaws, member: MemberFacts, facts: Facts, at: datetime) -> Stand | None:
    """How a member holds a tier without what came back; None: as before."""
    step, tenure, calendar = bylaws.steps[facts.earned_rank], member.tenure, bylaws.club.calendar
    if not (step.lasting and step.holds_for) or step.is_kept(facts):
        return None

    def earned(when: datetime) -> bool:
        return still_earned(bylaws, member.standing(bylaws, calendar.moment(when)))

    reached = member.tier_since
    if tenure.since is None or earned(tenure.since):
        return None
    if reached and reached < tenure.since and earned(reached):
        first = earn(bylaws, tenure, facts.earned_rank, reached)
        if first.tenure.until and first.tenure.until >= at:
            return first
    return demote(bylaws, facts, tenure, at)


class _Review:
    """A member from one instant to the next."""

    def __init__(self, at: At, member: MemberFacts) -> None:
        self.at, self.member = at, member
        self.moves: list[Move] = []
        self.changed = False
        latest = [its for its in (member.latest_at, member.tier_since, member.tenure.looked) if its]
        self.seen = max(latest, default=member.joined_at)
        """Up to when nothing is left to look at, but for what had an end already."""

    def upto(self, limit: datetime) -> None:
        while True:
            end, period = self._next(limit)
            before = limit if end is None else end
            if self.member.latest_at and (day := self._day_of_change(before)):
                self._midnight(day)
            elif end is None:
                return
            else:
                self._at_end(end, period=period)

    def _next(self, limit: datetime) -> tuple[datetime | None, bool]:
        """(the next end before an instant, whether it is the end of a period of review)."""
        due = self.member.tenure.due
        due = due if due and due < limit else None
        period = self._period_end(due or limit - INSTANT) if self.member.latest_at else None
        return (period, True) if period and (due is None or period <= due) else (due, False)

    def _period_end(self, last: datetime) -> datetime | None:
        """The next last instant of a period of review, up to an instant."""
        if not (_reviews(self.at(self.seen)) or _reviews(self.at(last))):
            return None
        calendar = self.at(last).club.calendar
        start = calendar.next_start("month", calendar.moment(self.seen).day)
        while (end := calendar.instant(start) - INSTANT) <= last:
            period = _reviews(self.at(end))
            if period and calendar.start_of(period, start) == start:
                return end
            start = calendar.next_start("month", start)
        return None

    def _at_end(self, end: datetime, *, period: bool) -> None:
        """What an end brings; what is held then is still held at that very instant."""
        member, bylaws = self.member, self.at(end)
        self.seen = max(self.seen, end + INSTANT)
        if not bylaws.tiers:
            self._put(Stand(member.tier, NO_TENURE), end, bylaws)
            return
        calendar = bylaws.club.calendar
        if period:
            facts = member.standing(bylaws, calendar.moment(end))
            found = look(bylaws, facts, member.tenure, end) if _earns(bylaws, member, end) else None
            stand = found or member.stand
            stand = stand._replace(tenure=stand.tenure._replace(looked=end + INSTANT))
        elif end == (member.tenure.grace or member.tenure.until):
            asked = calendar.moment(asked_on(bylaws, member.stand, end))
            stand = expire(bylaws, member.standing(bylaws, asked), member.tenure, end)
        else:
            stand = take_away(member.stand)
        self._put(stand, end + INSTANT, bylaws)

    def _day_of_change(self, limit: datetime) -> date | None:
        """The first day after what is seen whose midnight, up to an instant, brings a change."""
        bylaws = self.at(limit)
        calendar = bylaws.club.calendar
        day, last = calendar.moment(self.seen).day + _DAY, calendar.moment(limit).day
        if day > last:
            return None
        # While nothing happens sums only fall: who falls at all has fallen by the last day, and who rises without an
        # event, after a fall, does so on the first.
        if not (self._looked(last) or (self.changed and self._looked(day))):
            return None
        while not self._looked(day):
            day += _DAY
        return day

    def _looked(self, day: date) -> Stand | None:
        """What a look at a midnight brings."""
        midnight = self._calendar.instant(day)
        bylaws, member = self.at(midnight), self.member
        if not bylaws.tiers or bylaws.tiers.review or not _earns(bylaws, member, midnight):
            return None
        facts = member.standing(bylaws, Moment(day, 0, day.weekday()))
        return look(bylaws, facts, member.tenure, midnight)

    def _midnight(self, day: date) -> None:
        stand = self._looked(day)
        assert stand
        self.seen = self._calendar.instant(day)
        self._put(stand, self.seen, self.at(self.seen))

    @property
    def _calendar(self) -> Calendar:
        return self.at(self.seen).club.calendar

    def _put(self, stand: Stand, at: datetime, bylaws: Bylaws) -> None:
        self.moves += step_taken(bylaws, self.member.tier, stand.tier, at)
        self.member, self.changed = self.member.on_tier(stand, at), True


def _reviews(bylaws: Bylaws) -> Review | None:
    return bylaws.tiers.review if bylaws.tiers else None


def _earns(bylaws: Bylaws, member: MemberFacts, at: datetime) -> bool:
    return bylaws.membership[member.status_at(at)].earns
