"""How long a tier is held: earned for a term, kept, lost after grace, never below what was given by hand. Pure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, NamedTuple

from loyalty.calendars import Calendar
from loyalty.rules.bylaws import Bylaws, Step
from loyalty.rules.facts import Facts
from loyalty.rules.ladder import counts_since_tier, looks_back
from loyalty.rules.terms import INSTANT as INSTANT
from loyalty.rules.terms import Term


class Tenure(NamedTuple):
    """How a member holds a tier: until when, and what else was given by hand."""

    since: datetime | None = None
    """When it was last earned: `until` counts from there. None where nothing counts from it."""
    until: datetime | None = None
    """The last instant for which it is held; None: while qualified, and during grace."""
    grace: datetime | None = None
    """The last instant of grace, where that has begun."""
    floor: str | None = None
    """The tier that was given by hand: none below it is shown."""
    floor_until: datetime | None = None
    """The last instant of that."""
    under: str | None = None
    """Beside a floor: the tier that is earned, which goes on moving underneath."""
    looked: datetime | None = None
    """Up to when the ends of periods of review are looked at; None: up to the latest event."""

    @property
    def due(self) -> datetime | None:
        """The instant up to which nothing changes by itself."""
        ends = [end for end in (self.grace or self.until, self.floor_until) if end]
        return min(ends, default=None)


NO_TENURE: Final = Tenure()


class Stand(NamedTuple):
    """The tier that a member is shown, and how it is held."""

    tier: str | None
    tenure: Tenure


def earned_tier(tier: str | None, tenure: Tenure) -> str | None:
    """The tier that is earned, whatever was given by hand."""
    return tenure.under if tenure.floor else tier


def sure_until(bylaws: Bylaws, stand: Stand) -> datetime | None:
    """The last instant for which the shown tier is held, grace included; None where no term says so."""
    tenure = stand.tenure
    own, earned = tenure.grace or tenure.until, bylaws.rank(earned_tier(*stand))
    given = bylaws.rank(tenure.floor) if tenure.floor else -1
    if given > earned:
        return tenure.floor_until
    if given == earned and own and tenure.floor_until:
        return max(own, tenure.floor_until)
    return own


def put(bylaws: Bylaws, tenure: Tenure, rank: int, since: datetime | None, until: datetime | None = None) -> Stand:
    """On the step of a rank, as it is earned; a floor stays."""
    tier = bylaws.steps[rank].code if rank >= 0 else None
    if until is None and tenure is NO_TENURE:  # most clubs: nothing was kept, and nothing is to be
        return Stand(tier, NO_TENURE)
    held = Tenure(since if until else None, until, looked=tenure.looked)
    if tenure.floor is None:
        return Stand(tier, held)
    shown = tenure.floor if bylaws.ranks.get(tenure.floor, -1) > rank else tier
    return Stand(shown, held._replace(floor=tenure.floor, floor_until=tenure.floor_until, under=tier))


def earn(bylaws: Bylaws, tenure: Tenure, rank: int, at: datetime) -> Stand:
    """On a step that is earned, or earned anew, at an instant."""
    step = bylaws.steps[rank]
    return put(bylaws, tenure, rank, at, _end(step, at, bylaws.club.calendar))


def give(bylaws: Bylaws, stand: Stand, tier: str, until: datetime) -> Stand:
    """With a tier given by hand, below which the member is not shown until its date; it takes the place of another."""
    earned, tenure = earned_tier(*stand), stand.tenure
    both = tenure._replace(floor=tier, floor_until=until, under=earned)
    return Stand(tier if bylaws.rank(tier) > bylaws.rank(earned) else earned, both)


def lift(bylaws: Bylaws, stand: Stand, tier: str, until: datetime) -> Stand:
    """With a tier that an article gives: it takes the place of a lower one, or of one that ends sooner."""
    own = stand.tenure
    if own.floor and own.floor_until and (bylaws.rank(own.floor), own.floor_until) >= (bylaws.rank(tier), until):
        return stand
    return give(bylaws, stand, tier, until)


def take_away(stand: Stand) -> Stand:
    """Without what was given by hand: the tier that is earned."""
    return Stand(earned_tier(*stand), stand.tenure._replace(floor=None, floor_until=None, under=None))


def rises_to(bylaws: Bylaws, facts: Facts, rank: int) -> int:
    """The highest step above a rank that is earned, or the rank itself."""
    for higher in range(bylaws.top, rank, -1):
        if bylaws.steps[higher].is_earned(facts):
            return higher
    return rank


def look(bylaws: Bylaws, facts: Facts, tenure: Tenure, at: datetime, *, rises: bool = True) -> Stand | None:
    """A look at a member at an instant of review: up to what is earned, down from what is not kept; None: no change."""
    rank = facts.earned_rank
    higher = rises_to(bylaws, facts, rank) if rises else rank
    if higher > rank:
        return earn(bylaws, tenure, higher, at)
    if rank < 0 or tenure.until:
        return None
    step = bylaws.steps[rank]
    kept = step.is_kept(facts)
    if tenure.grace:
        return earn(bylaws, tenure, rank, at) if kept else None
    if step.lasting and step.holds_for:  # held since before it had a term
        return earn(bylaws, tenure, rank, at)
    return None if kept else _lapse(bylaws, facts, tenure, at)


def asked_on(bylaws: Bylaws, stand: Stand, end: datetime) -> datetime:
    """The instant as of which the end of a term asks what keeps the tier: the last one.

    What is earned then by a term that ends with the same period would be held for nothing: it is asked of what comes
    after.
    """
    rank = bylaws.rank(earned_tier(*stand))
    return end if rank < 0 or _lasts(bylaws.steps[rank], end, bylaws.club.calendar) else end + INSTANT


def expire(bylaws: Bylaws, facts: Facts, tenure: Tenure, at: datetime) -> Stand:
    """At the last instant of a term or of grace: earned anew, into grace, or down. The facts are of `asked_on`."""
    rank = facts.earned_rank
    if rank < 0:
        return put(bylaws, tenure, rank, None)
    if bylaws.steps[rank].is_kept(facts):
        return earn(bylaws, tenure, rank, at)
    return demote(bylaws, facts, tenure, at) if tenure.grace else _lapse(bylaws, facts, tenure, at)


def better(bylaws: Bylaws, one: Stand, other: Stand) -> Stand:
    """How two members stand who go on as one: on the higher tier that is held for a term, and above what was given to
    either by hand."""
    best = one
    ours, theirs = (bylaws.rank(earned_tier(*its)) for its in (one, other))
    term, than = other.tenure.grace or other.tenure.until, one.tenure.grace or one.tenure.until
    if term and (theirs > ours or (theirs == ours and than and term > than)):
        held = other.tenure._replace(floor=None, floor_until=None, under=None, looked=one.tenure.looked)
        best = Stand(earned_tier(*other), held)
        if one.tenure.floor and one.tenure.floor_until:
            best = give(bylaws, best, one.tenure.floor, one.tenure.floor_until)
    given, own = other.tenure, one.tenure
    if given.floor and given.floor_until:
        higher = (bylaws.rank(given.floor), given.floor_until)
        if own.floor is None or own.floor_until is None or higher > (bylaws.rank(own.floor), own.floor_until):
            best = give(bylaws, best, given.floor, given.floor_until)
    return best


def still_earned(bylaws: Bylaws, facts: Facts) -> bool:
    """Whether the tier would have been earned on a day as it is counted now, after something came back."""
    step = bylaws.steps[facts.earned_rank]
    asked = [its for its in (step.needs, step.kept) if its]
    # What counted since the tier before cannot be asked again: that day is over.
    return not asked or any(counts_since_tier(its) or its.holds(facts) for its in asked)


def _lapse(bylaws: Bylaws, facts: Facts, tenure: Tenure, at: datetime) -> Stand:
    """Not qualified any more: grace begins, where there is one, else the way down."""
    rank = facts.earned_rank
    grace = bylaws.steps[rank].grace
    if grace is None:
        return demote(bylaws, facts, tenure, at)
    stand = put(bylaws, tenure, rank, None)
    return stand._replace(tenure=stand.tenure._replace(grace=_beyond(grace, at, bylaws.club.calendar)))


def demote(bylaws: Bylaws, facts: Facts, tenure: Tenure, at: datetime) -> Stand:
    """Down, as the step says: to the highest step below for which the member qualifies, or to the next one."""
    rank, calendar = facts.earned_rank, bylaws.club.calendar
    step = bylaws.steps[rank]
    if step.demote == "never":
        return put(bylaws, tenure, rank, None)
    to = rank - 1
    if step.demote == "to_qualified":
        later = facts.moment.day > calendar.moment(at).day
        while to >= 0 and not (bylaws.steps[to].is_kept(facts) and (later or _lasts(bylaws.steps[to], at, calendar))):
            to -= 1
    if to < 0:
        return put(bylaws, tenure, to, None)
    lower = bylaws.steps[to]
    if lower.lasting and lower.holds_for:
        return earn(bylaws, tenure, to, at)
    return put(bylaws, tenure, to, at, None if lower.is_kept(facts) else _spared(lower, bylaws, facts))


def _spared(step: Step, bylaws: Bylaws, facts: Facts) -> datetime | None:
    """Until when somebody who fell on a step without qualifying for it is spared another fall.

    That is until what it looks back on lies behind the fall: the same six idle months don't cost two tiers.
    """
    assert step.kept
    calendar, day = bylaws.club.calendar, facts.moment.day
    end = looks_back(step.kept, day, calendar, facts.standing_since)
    return _last_instant(end, calendar) if end else None


def _last_instant(day: date, calendar: Calendar) -> datetime:
    return calendar.instant(calendar.next_start("day", day)) - INSTANT


def _lasts(step: Step, at: datetime, calendar: Calendar) -> bool:
    """Whether what is earned at an instant is held beyond it."""
    return step.holds_for is None or not step.lasting or step.holds_for.ends(at, calendar) > at


def _end(step: Step, at: datetime, calendar: Calendar) -> datetime | None:
    return _beyond(step.holds_for, at, calendar) if step.lasting and step.holds_for else None


def _beyond(term: Term, at: datetime, calendar: Calendar) -> datetime:
    """The end of a term; of a period that ends at this very instant the next one's."""
    end = term.ends(at, calendar)
    return end if end > at else term.ends(at + INSTANT, calendar)
