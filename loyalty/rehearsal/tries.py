"""Runs of the draft's challenges and milestones of its streaks, as a rehearsed member lives through them.

Runs that were handed out are taken as they happened; those that begin by themselves follow the draft. What was really
completed before the span stays so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from loyalty.cases import Case
from loyalty.ledger.runs import event_facts
from loyalty.rehearsal.stage import Stage
from loyalty.rules import Bylaws, Facts
from loyalty.rules.challenges import Window
from loyalty.rules.giving import badges_of
from loyalty.rules.member import MemberFacts
from loyalty.rules.ruling import Given, Reached, Ruling
from loyalty.rules.runs import Run, changed, runs_at
from loyalty.rules.streaks import best, by_period, periods
from loyalty.stand_anew import Came

Name = tuple[str, str]
"""A run's challenge and key."""


class Undone(NamedTuple):
    """What a look at runs and milestones found."""

    came: list[Came]
    """Badges that came with those that still stand."""
    went: list[Came]
    """Badges that came with those that do not."""
    gifts: list[tuple[int, str]]
    """(purchase, name) of what is to be taken back."""
    runs: list[tuple[str, int]]
    """(challenge, purchase) of runs that are open again."""


class Tries:
    """The runs of one member, beside what is kept of them in `MemberFacts`."""

    def __init__(self, stage: Stage, rows: Iterable[tuple[Any, ...]]) -> None:
        self.stage, self.draft = stage, stage.draft
        self.begun: list[Run] = []
        self.completed_by: dict[Name, tuple[int, Bylaws]] = {}
        """With which purchase a run was completed, and what judged that."""
        self.reached_by: dict[Reached, tuple[int, Bylaws]] = {}
        """With which purchase a milestone was reached, and what judged that."""
        for _, code, key, from_at, until_at in rows:
            if code in self.draft.challenges:
                window = Window(key, from_at, until_at)
                self.begun.append(Run.of(self.draft.challenges[code], window, self.draft.version))

    def as_judged(self, member: MemberFacts, sale: Case, ruling: Ruling) -> MemberFacts:
        """Count an event that is taken as it was really judged, and let what it completed be complete."""
        if not self.draft.challenges or not (sale.facts and sale.facts.active):
            return member
        done = {(its.challenge, its.key) for its in ruling.completed}
        facts, at = event_facts(self.draft, sale.facts), sale.event.occurred_at
        runs, completed = [], dict(member.completed)
        for run in runs_at(self.draft, member.runs, sale.event):
            if run.window.holds(at):
                challenge = self.draft.challenges[run.challenge]
                run = run.plus(challenge, at, challenge.adds(facts, ruling.awards))
            if (run.challenge, run.window.key) in done:
                run = replace(run, completed_at=at)
            runs.append(run)
        for code, _ in done:
            completed[code] = completed.get(code, 0) + 1
        return replace(member, runs=changed(member.runs, runs), completed=completed)

    def unite(self, member: MemberFacts, other: Tries, merged: MemberFacts) -> MemberFacts:
        """Let a survivor have the runs and milestones of whoever was merged in too; what both did in a run counts."""
        runs = {(run.challenge, run.window.key): run for run in member.runs}
        for its in merged.runs:
            own = runs.get((its.challenge, its.window.key))
            runs[its.challenge, its.window.key] = own.with_those_of(its) if own else its
        self.completed_by = other.completed_by | self.completed_by
        self.reached_by = other.reached_by | self.reached_by
        done = Counter(code for (code, _) in self.completed_by)
        milestones = {
            code: sorted({*member.milestones.get(code, ()), *merged.milestones.get(code, ())})
            for code in member.milestones.keys() | merged.milestones.keys()
        }
        return replace(member, runs=tuple(runs.values()), completed=dict(done), milestones=milestones)

    def note(self, ruling: Ruling, id_: int, bylaws: Bylaws) -> bool:
        """Remember with which purchase runs were completed and milestones reached; whether there were any."""
        self.completed_by |= {(its.challenge, its.key): (id_, bylaws) for its in ruling.completed}
        self.reached_by |= dict.fromkeys(ruling.milestones, (id_, bylaws))
        return bool(ruling.completed or ruling.milestones)

    def came_back(
        self,
        member: MemberFacts,
        was: tuple[Facts | None, Sequence[Given]],
        left: tuple[Facts | None, Sequence[Given]],
    ) -> MemberFacts:
        """Let the runs that hold a purchase count what is left of it."""
        runs = []
        known = was[0] or left[0]
        for run in member.runs if known else ():
            assert known
            event = known.event
            if run.window.holds(event.occurred_at) and run.challenge in self.draft.challenges:
                challenge = self.draft.challenges[run.challenge]
                adds = [
                    challenge.adds(event_facts(self.draft, its), awards) if its else (0,) * len(challenge.measures)
                    for its, awards in (was, left)
                ]
                runs.append(run.instead(challenge, event.occurred_at, *adds))
        return replace(member, runs=changed(member.runs, runs)) if runs else member

    def undo(self, member: MemberFacts) -> tuple[MemberFacts, Undone]:
        """The member without what is not reached any more by what judged it, and what came and went with all of it."""
        undone = Undone([], [], [], [])
        runs, completed = [], dict(member.completed)
        for run in member.runs:
            id_, bylaws = self.completed_by.get((run.challenge, run.window.key), (0, self.draft))
            challenge = bylaws.challenges.get(run.challenge)
            if not (id_ and run.completed_at and challenge and challenge.basis == run.basis):
                continue
            if run.reached(challenge):
                undone.came.append((member.id, id_, badges_of(challenge.give)))
                continue
            undone.went.append((member.id, id_, badges_of(challenge.give)))
            undone.gifts.append((id_, run.article))
            undone.runs.append((run.challenge, id_))
            completed[run.challenge] = completed.get(run.challenge, 1) - 1
            runs.append(replace(run, completed_at=None))
        milestones = {code: list(its) for code, its in member.milestones.items()}
        for its, (id_, bylaws) in self.reached_by.items():
            if its.at not in milestones.get(its.streak, ()):
                continue
            steps = bylaws.streaks[its.streak].milestones
            badges = next((badges_of(step.give) for step in steps if step.at == its.at), ())
            if self._longest(member, bylaws, its.streak) >= its.at:
                undone.came.append((member.id, id_, badges))
                continue
            undone.went.append((member.id, id_, badges))
            undone.gifts.append((id_, f"streak:{its.streak}:{its.at}"))
            milestones[its.streak].remove(its.at)
        if undone.gifts:
            after = changed(member.runs, runs)
            member = replace(member, runs=after, completed=completed, milestones=milestones)
        return member, undone

    def _longest(self, member: MemberFacts, bylaws: Bylaws, code: str) -> int:
        calendar = self.stage.calendar
        streak, place = next(its for its in bylaws.streaks_fed if its[0].code == code)
        found = by_period(streak, member.history.days(place), calendar)
        return best(streak, periods(streak, found), calendar)
