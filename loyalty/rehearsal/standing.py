"""What a member stands on while a history is folded: tier and badges, as returns, reviews and hands leave them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from loyalty.carried import too_much
from loyalty.cases import Case
from loyalty.counted_back import Uncounted
from loyalty.followers import Follower, Losses, of_losses
from loyalty.gifts_back import badge_gift, give_only, take_gift
from loyalty.judge import judge_moves
from loyalty.rehearsal.chest import LastingChest
from loyalty.rehearsal.events import Granted
from loyalty.rehearsal.hands import Hands
from loyalty.rehearsal.remembered import Remembered
from loyalty.rehearsal.reviews import days_of_change
from loyalty.rehearsal.shared import Budgets
from loyalty.rehearsal.stage import Stage
from loyalty.rehearsal.tally import Side
from loyalty.rehearsal.tries import Tries
from loyalty.rules import Bylaws, review
from loyalty.rules.member import MemberFacts, known_tier
from loyalty.rules.reviewing import Move
from loyalty.rules.running import DEPTH
from loyalty.rules.tenure import Stand, better, earn, give, rises_to
from loyalty.sold import Sold
from loyalty.stand_anew import Anew, Level, lost, stands_now, with_gifts, without_lift


class Standing(ABC):
    """A member's tier and badges on the stage."""

    def __init__(self, stage: Stage, member: MemberFacts, budgets: Budgets | None, tries: Tries) -> None:
        assert isinstance(member.history, Remembered)
        self.stage, self.history, self.budgets, self.tries = stage, member.history, budgets, tries
        self.member = replace(member, runs=tuple(tries.begun)) if tries.begun else member
        self.chest = LastingChest(member.id)
        self.side = Side()
        self.hands = Hands(stage, self.chest, self.side)
        self.sold: dict[int, Sold] = {}
        """Purchases that something came back of, or that earned a badge."""
        self.levels: dict[Level, tuple[int, datetime]] = {}
        """Which purchase earned a badge's level, and when."""
        self.followed: list[Follower] = []
        self.carried: list[int] = []
        """Events that gave what a period before was worth."""
        self.unsettled: list[tuple[datetime, Sold]] = []
        """Returns whose look at badges and tier is left to the day's end."""
        self.seen = stage.reviewed[0] if stage.reviewed else stage.until
        """Until when the timer has looked at the tier."""

    @abstractmethod
    def _came(self, case: Case, before: str) -> None:
        """Let what a judged event gives come to the member; `before` is the standing that it found."""

    def _rise(self, at: datetime, other: Stand) -> None:
        """Let a survivor stand where both have come to together, or where the other stood for a term; only up."""
        bylaws, member = self.stage.at(at, self.member.id), self.member
        if not bylaws.tiers or not bylaws.membership[member.status_at(at)].earns:
            return
        before = known_tier(bylaws, member.tier)
        member = member.on_tier(better(bylaws, member.stand, other), at)
        facts = member.standing(bylaws, self.stage.calendar.moment(at))
        rank = rises_to(bylaws, facts, facts.earned_rank)
        if rank > facts.earned_rank:
            member = member.on_tier(earn(bylaws, member.tenure, rank, at), at)
        self.member, after = member, known_tier(bylaws, member.tier)
        if after != before:
            self._tell([Move(at, before, after, bylaws.version)])  # from a merge nothing follows

    def _settle(self, begun: datetime) -> None:
        """Look at the badges and tier after returns of earlier days."""
        due = [(at, sold) for at, sold in self.unsettled if at < begun]
        if due:
            self.unsettled = [its for its in self.unsettled if its[0] >= begun]
            at = max(self.stage.midnight_after(at) for at, _ in due)
            self.chest.settle(at)
            self._stand_anew(Anew(at, None, [sold for _, sold in due]))

    def _stand_anew(self, its: Anew) -> None:
        moves: list[Move] = []
        for _ in range(DEPTH):
            counted = self._look(its, moves)
            if not counted:
                break
            for one in counted:
                for place, label, change in one.moved:
                    self.history.add(place, one.sold.facts.moment.day, change, label)
                was = one.sold.present()[0], one.before.awards
                self.member = self.tries.came_back(self.member, was, one.sold.present())
        self._note()
        self._moved(moves)

    def _look(self, its: Anew, moved: list[Move]) -> list[Uncounted]:
        """Take what is not reached any more, as `stand_anew` does; what is not counted any more with it."""
        stage = self.stage
        bylaws = stage.at(its.at, self.member.id)
        self.member, undone = self.tries.undo(self.member)
        member = without_lift(self.member, its)
        moment = stage.calendar.moment(max(its.at, member.latest_at or its.at))
        facts = member.standing(bylaws, moment)
        events = {level: event for level, (event, _) in self.levels.items()}
        gone = with_gifts(lost(bylaws, facts, events, its.returned), member.id, events, undone.came, undone.went)
        losses = Losses([(*level, events[level]) for level in gone], undone.runs)
        if bylaws.membership[member.status_at(its.at)].earns:
            member, moves, losses.steps = stands_now(bylaws, self.member, moment, its)
            moved += moves
        after = [one.id for one in of_losses(losses, self.followed)]
        gone += [level for level, event in events.items() if event in after and level not in gone]
        gifts: list[tuple[int, str | None]] = [*undone.gifts, *((event, None) for event in after)]
        gifts += [(events[level], badge_gift(level)) for level in gone]
        before = {event: self.sold[event].stands() for event, _ in gifts}
        for event, gift in gifts:
            take_gift(self.sold[event], gift, self.chest, bylaws, its)
        carried = [self.sold[event] for event in self.carried]
        for one in too_much(member.id, member.joined_at, carried, self.history) if its.returned else ():
            source = self.sold[one.event_id]
            before.setdefault(source.id, source.stands())
            give_only(source, one.stands, self.chest, bylaws, its)
        for level in gone:
            del self.levels[level]
        its.lost += gone
        self.member = replace(member, badges=self._badges()) if gone else member
        found = [Uncounted(member.id, self.sold[event], its.at, stood) for event, stood in before.items()]
        return [one for one in found if one.moved]

    def _moved(self, moves: Sequence[Move]) -> None:
        """Count moves that came without an event, and judge what follows from them."""
        self._tell(moves)
        some = [move for move in moves if self.stage.holds(move.at)]
        self.member, cases = judge_moves(some, self.member, None, self.stage, self.budgets)
        for case in (its for root in cases for its in root.whole()):
            self._came(case, self.member.status)

    def _badges(self) -> dict[str, int]:
        reached: dict[str, int] = {}
        for code, level in self.levels:
            reached[code] = max(level, reached.get(code, 0))
        return reached

    def _tell(self, moves: Iterable[Move]) -> None:
        """Count moves of the span."""
        for at, before, after, version in moves:
            if self.stage.holds(at):
                self._tier_moved(self.stage.bylaws(version), before, after)

    def _tier_moved(self, bylaws: Bylaws, before: str | None, after: str | None) -> None:
        self.side.tier_moved(bylaws.ranks.get(before or "", -1), bylaws.ranks.get(after or "", -1))

    def _review_until(self, now: datetime) -> None:
        """Review the tier at the midnights at which the timer did, before what was recorded at an instant."""
        stage = self.stage
        if stage.reviewed is None or now <= self.seen:
            return
        upto = min(now, stage.reviewed[1], stage.until - timedelta(microseconds=1))
        first, last = stage.day(self.seen) + timedelta(days=1), stage.day(upto)
        self.seen = max(now, self.seen)
        for day in days_of_change(stage, self.history, lambda: self.member, first, last):
            begun = stage.calendar.instant(day)
            if self.unsettled:
                self._settle(begun)
            self._review(begun)
        if first <= last:
            begun = stage.calendar.instant(last)
            if self.unsettled:
                self._settle(begun)
            self._review(begun)

    def _review(self, limit: datetime) -> None:
        """Do what is due of the tier before an instant, and at midnights up to it."""
        self.member, moves = review(partial(self.stage.at, member_id=self.member.id), self.member, limit)
        self._moved(moves)

    def _give_tier(self, event: Granted) -> None:
        """Give it again, where the ladder has it."""
        at = event.recorded_at
        bylaws = self.stage.at(at, self.member.id)
        if event.tier not in bylaws.ranks:
            return
        if self.unsettled:
            self._settle(self.stage.calendar.instant(self.stage.day(at)))
        self._review(at)
        before = known_tier(bylaws, self.member.tier)
        self.member = self.member.on_tier(give(bylaws, self.member.stand, event.tier, event.until), at)
        after = known_tier(bylaws, self.member.tier)
        if after != before:
            self._moved([Move(at, before, after, bylaws.version)])

    def _note(self) -> None:
        """Add up what moved in the purses since."""
        if self.chest.log:
            self.side.moved(self.chest.log, self.stage.since, self.stage.until)
            self.chest.log.clear()
