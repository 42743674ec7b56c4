"""A member as rules see one: standing, tier, counts, runs and badges, and how a ruling changes them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from loyalty.calendars import Calendar, Moment, Span
from loyalty.rules.bylaws import Ask, Bylaws
from loyalty.rules.facts import AS_SHOWN, NO_EVENT, Facts, Happening
from loyalty.rules.history import Counted
from loyalty.rules.known import STREAK, event_values, member_values
from loyalty.rules.occasions import OF_TIERS, TIER_REACHED
from loyalty.rules.ruling import Ruling
from loyalty.rules.runs import Run, changed, runs_at
from loyalty.rules.streaks import ByPeriod, by_period, ending, periods
from loyalty.rules.tenure import NO_TENURE, Stand, Tenure, earn, lift


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """A member between two events."""

    id: int
    status: str
    tier: str | None
    tier_since: datetime | None
    joined_at: datetime
    latest_at: datetime | None
    badges: dict[str, int]
    history: Counted
    birthday: date | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    earlier_tiers: tuple[tuple[datetime, str | None], ...] = ()
    """(until, tier) of former tiers, oldest first: gathered where an event comes late, and of this batch."""
    standings: tuple[tuple[datetime, str], ...] = ()
    """(until, status) of former standings in the club, oldest first."""
    referred: bool = False
    """Whether somebody brought the member to the club."""
    completed: dict[str, int] = field(default_factory=dict)
    """By challenge: how many runs of it were completed."""
    runs: tuple[Run, ...] = ()
    """The runs that events of this batch may serve."""
    milestones: dict[str, list[int]] = field(default_factory=dict)
    """By streak: the milestones reached."""
    counted: int | None = None
    """How many of the live counters, by place, count this member already; None for all of them."""
    tenure: Tenure = NO_TENURE
    """How the tier is held."""

    def facts(self, bylaws: Bylaws, event: Happening, moment: Moment, standing_day: date) -> Facts:
        """What a version sees of one event."""
        over = self.history.over
        late, present = standing_day != moment.day, bylaws.since(self.tier_since, self.joined_at)
        since = bylaws.since(self.tier_since_at(event.occurred_at), self.joined_at) if late else present
        counts = [over(ask) for ask in bylaws.asks(moment.day, since)]
        active = 0
        for ask in bylaws.day_asks(moment.day):
            if over(ask) > 0:
                active |= 1 << ask.place
        values = member_values(bylaws.member_reads, self, bylaws.club.calendar, moment.day)
        streaks = self._streaks(bylaws, moment.day, values) if bylaws.streaks else {}
        now = known_tier(bylaws, self.tier)
        tier = known_tier(bylaws, self.tier_at(event.occurred_at)) if late else now
        if event.type in OF_TIERS:  # of several steps that are passed at once each sees itself
            tier = event.attributes["tier"] if event.type == TIER_REACHED.type else now
        facts = Facts(
            event,
            moment,
            bylaws.club.calendar,
            tier,
            bylaws.ranks.get(tier, -1) if tier else -1,
            counts,
            [over(ask) for ask in bylaws.asks(standing_day, present)] if late else counts,
            standing_day,
            now,
            bylaws.ranks.get(now, -1) if now else -1,
            self.badges,
            {
                **values,
                **event_values(bylaws.event_reads, event),
            },
            bylaws.membership[self.status_at(event.occurred_at)].earns,
            active,
            standing_since=present,
            runs=runs_at(bylaws, self.runs, event) if bylaws.challenges else (),
            streaks=streaks,
            milestones=self.milestones,
            earned_rank=bylaws.rank(self.tenure.under) if self.tenure.floor else AS_SHOWN,
        )
        if bylaws.labelled:
            asks = bylaws.asks(moment.day, since), bylaws.asks(standing_day, present)
            facts.active_labels, facts.present = self._labels(bylaws, event, moment.day, *asks)
        return facts

    def _labels(
        self, bylaws: Bylaws, event: Happening, day: date, here: Sequence[Ask], standing: Sequence[Ask]
    ) -> tuple[frozenset[tuple[int, str]], frozenset[tuple[int, str]]]:
        """The labels of an event that are counted already: (place, label) on its day, and of different things
        (read, label) in the window from which the read goes on: a running total's own, else where the member stands."""
        active, present = set(), set()
        for place, counter in bylaws.labelled:
            labels = counter.labels(event) if counter.measure == "days" or counter.distinct else ()
            for label in labels:
                if not counter.distinct:
                    if self.history.over(Ask(place, Span(day, day), True, label)) > 0:
                        active.add((place, label))
                    continue
                for n in bylaws.things:
                    ask = (here if bylaws.reads[n].around else standing)[n]
                    if ask.place == place and self.history.over(Ask(place, ask.span, False, label)) > 0:
                        present.add((n, label))
        return frozenset(active), frozenset(present)

    def _streaks(self, bylaws: Bylaws, day: date, values: dict[str, Any]) -> dict[str, ByPeriod]:
        """The periods of each streak; how long those are that conditions ask about is added to the values."""
        calendar, found = bylaws.club.calendar, {}
        for streak, place in bylaws.streaks_fed:
            found[streak.code] = its = by_period(streak, self.history.days(place), calendar)
            if f"{STREAK}{streak.code}" in bylaws.member_reads:
                values[f"{STREAK}{streak.code}"] = min(
                    streak.most, ending(streak, periods(streak, its), day, calendar).length
                )
        return found

    def standing(self, bylaws: Bylaws, moment: Moment) -> Facts:
        """What a version sees of the member alone, on a day without an event."""
        since = bylaws.since(self.tier_since, self.joined_at)
        counts = [self.history.over(ask) for ask in bylaws.asks(moment.day, since)]
        tier = known_tier(bylaws, self.tier)
        rank = bylaws.ranks.get(tier, -1) if tier else -1
        calendar = bylaws.club.calendar
        values = member_values(bylaws.member_reads, self, calendar, moment.day)
        return Facts(
            NO_EVENT,
            moment,
            calendar,
            tier,
            rank,
            counts,
            counts,
            moment.day,
            tier,
            rank,
            self.badges,
            values,
            standing_since=since,
            earned_rank=bylaws.rank(self.tenure.under) if self.tenure.floor else AS_SHOWN,
        )

    def tier_at(self, instant: datetime) -> str | None:
        """The tier of a time in the past."""
        for until, tier in self.earlier_tiers:
            if instant < until:
                return tier
        return self.tier

    def tier_since_at(self, instant: datetime) -> datetime | None:
        """Since when the member had the tier of a time in the past; None where that is not known: since ever."""
        return since_at(self.earlier_tiers, self.tier_since, instant)

    def status_at(self, instant: datetime) -> str:
        """The standing of a time in the past: an event that comes late is judged by that of its own time."""
        for until, status in self.standings:
            if instant < until:
                return status
        return self.status

    @property
    def stand(self) -> Stand:
        """The tier, and how it is held."""
        return Stand(self.tier, self.tenure)

    def on_tier(self, stand: Stand, at: datetime) -> MemberFacts:
        """The member on another tier, or holding the same otherwise.

        A late event moves the tier of today, not of its own time.
        """
        tier, tenure = stand
        if tier == self.tier:
            return replace(self, tenure=tenure)
        return replace(
            self, tier=tier, tier_since=at, earlier_tiers=(*self.earlier_tiers, (at, self.tier)), tenure=tenure
        )

    def after(self, bylaws: Bylaws, facts: Facts, ruling: Ruling) -> MemberFacts:
        """The member as a ruling leaves them: the facts of the next event."""
        occurred_at = facts.event.occurred_at
        latest_at = occurred_at if self.latest_at is None else max(self.latest_at, occurred_at)
        stand, member = self.stand, self
        if self.tenure.looked and occurred_at < self.tenure.looked:  # what it changes is looked at again
            stand = stand._replace(tenure=self.tenure._replace(looked=None))
        if ruling.earned:
            stand = earn(bylaws, stand.tenure, bylaws.ranks[ruling.earned], latest_at)
        if ruling.floor:
            stand = lift(bylaws, stand, *ruling.floor)
        if stand.tenure is not self.tenure or stand.tier != self.tier:
            member = self.on_tier(stand, latest_at)
        if ruling.status and ruling.status != self.status:
            member = replace(member, status=ruling.status, standings=(*self.standings, (latest_at, self.status)))
        if ruling.runs:
            member = member._with_runs(ruling, latest_at)
        if ruling.milestones:
            member = replace(member, milestones=_with_milestones(member.milestones, ruling))
        return replace(
            member,
            latest_at=latest_at,
            badges={**self.badges, **{step.code: step.level for step in ruling.badges}}
            if ruling.badges
            else self.badges,
            history=self.history.after(bylaws, facts, ruling),
        )

    def _with_runs(self, ruling: Ruling, latest_at: datetime) -> MemberFacts:
        """The member's runs as a ruling leaves them; what a late event completes is completed as of today."""
        done = {(its.challenge, its.key) for its in ruling.completed}
        completed = dict(self.completed)
        for code, _ in done:
            completed[code] = completed.get(code, 0) + 1
        after = [
            replace(run, completed_at=latest_at) if (run.challenge, run.window.key) in done else run
            for run in ruling.runs
        ]
        return replace(self, completed=completed, runs=changed(self.runs, after))


def _with_milestones(reached: dict[str, list[int]], ruling: Ruling) -> dict[str, list[int]]:
    after = dict(reached)
    for code, at in ruling.milestones:
        after[code] = [*after.get(code, []), at]
    return after


def since_at(
    earlier: Iterable[tuple[datetime, str | None]], tier_since: datetime | None, instant: datetime
) -> datetime | None:
    """Since when the tier of an instant was held, by the (until, tier) of former ones, oldest first."""
    begun = None
    for until, _ in earlier:
        if instant < until:
            return begun
        begun = until
    return tier_since


def known_tier(bylaws: Bylaws, tier: str | None) -> str | None:
    """A tier of this version's ladder; one that it does not know is where everybody begins."""
    return tier if tier in bylaws.ranks else bylaws.first_tier()


def standing_day(member: MemberFacts, moment: Moment, calendar: Calendar) -> date:
    """The day on which tiers and badges stand: the member's latest, this event among them."""
    return max(moment.day, calendar.moment(member.latest_at).day) if member.latest_at else moment.day
