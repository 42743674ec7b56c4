"""A run: one member's try at a challenge, with its own count, exact to the instant. Pure.

What is kept of it are sums over the events of its window; where steps have an order, also which event added what.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from loyalty.rules.challenges import Challenge, Window
from loyalty.rules.facts import Facts, Happening
from loyalty.rules.giving import give
from loyalty.rules.goals import Counted, Tally, over_run
from loyalty.rules.occasions import OF_TIERS
from loyalty.rules.ruling import Completed, Ruling

if TYPE_CHECKING:
    from loyalty.rules.bylaws import Bylaws

HANDED_OUT = "run_begun"
"""The type of the club's own event that hands a run out, or lets a member join one."""


class Added(NamedTuple):
    """What one event added to a run, by measure."""

    at: datetime
    adds: tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it stands, counted as a version's challenge does."""

    challenge: str
    window: Window
    version: int
    basis: tuple[Any, ...]
    """What that adds up; empty where the run is to be counted anew."""
    tallies: tuple[Tally, ...]
    log: tuple[Added, ...] = ()
    """Of a challenge in order, whatever added something, by its time."""
    completed_at: datetime | None = None

    @classmethod
    def of(cls, challenge: Challenge, window: Window, version: int) -> Run:
        """A run in which nothing has happened."""
        return cls(challenge.code, window, version, challenge.basis, tuple(_empty(challenge)))

    @property
    def article(self) -> str:
        """Under what name its gifts are given."""
        key = self.window.key
        return f"challenge:{self.challenge}:{key}" if key else f"challenge:{self.challenge}"

    def plus(self, challenge: Challenge, at: datetime, adds: Sequence[Tally]) -> Run:
        """The same after one event of its window more."""
        if not any(adds):
            return self
        if challenge.in_order:
            log = list(self.log)
            log.insert(bisect_right(log, at, key=lambda its: its.at), Added(at, tuple(adds)))
            return replace(self, log=tuple(log))
        return replace(self, tallies=tuple(map(_both, self.tallies, adds)))

    def with_those_of(self, other: Run) -> Run:
        """The same after what was done in another member's run of the same window as well."""
        return replace(
            self,
            tallies=tuple(map(_both, self.tallies, other.tallies)),
            log=tuple(sorted((*self.log, *other.log), key=lambda its: its.at)),
            completed_at=self.completed_at or other.completed_at,
        )

    def instead(self, challenge: Challenge, at: datetime, was: Sequence[Tally], adds: Sequence[Tally]) -> Run:
        """The same with what one event added replaced."""
        if challenge.in_order:
            log, before = list(self.log), Added(at, tuple(was))
            if before in log:
                log.remove(before)
            return replace(self, log=tuple(log)).plus(challenge, at, adds)
        return self.plus(challenge, at, [_both(add, _less(its)) for add, its in zip(adds, was, strict=True)])

    def shares(self, challenge: Challenge) -> list[int]:
        """How far each step has come: floored percentages, 100 only for what is done."""
        if challenge.in_order:
            done, facts = self._in_order(challenge)
            rest = [step.share(facts) if place == done else 0 for place, step in enumerate(challenge.steps)]
            return [100] * done + rest[done:]
        facts = over_run(_sums(self.tallies))
        return [step.share(facts) for step in challenge.steps]

    def share(self, challenge: Challenge) -> int:
        """How far it has come as a whole."""
        shares = self.shares(challenge)
        return sum(shares) // len(shares)

    def reached(self, challenge: Challenge) -> bool:
        """Whether everything is done."""
        if challenge.in_order:
            return self._in_order(challenge)[0] == len(challenge.steps)
        facts = over_run(_sums(self.tallies))
        return all(step.holds(facts) for step in challenge.steps)

    def sums(self, challenge: Challenge) -> list[int]:
        """The figure of each measure, as its goal sees it."""
        return self._in_order(challenge)[1].counts if challenge.in_order else _sums(self.tallies)

    def _in_order(self, challenge: Challenge) -> tuple[int, Facts]:
        """How many steps are done one after the other, and the sums of the steps up to the present one."""
        done, tallies = 0, _empty(challenge)
        for added in self.log:
            if done == len(challenge.steps):
                break
            own: list[Tally] = [its if challenge.step_of[place] == done else 0 for place, its in enumerate(added.adds)]
            tallies = list(map(_both, tallies, own))
            if challenge.steps[done].holds(over_run(_sums(tallies))):
                done += 1
        return done, over_run(_sums(tallies))

    def state(self) -> dict[str, Any]:
        """What was counted, as it is stored."""
        if self.log:
            return {"log": [[its.at.isoformat(), list(its.adds)] for its in self.log]}
        return {"sums": list(self.tallies)}

    def with_state(self, challenge: Challenge, form: Mapping[str, Any]) -> Run:
        """The same with what was counted, as it was stored."""
        log = tuple(Added(datetime.fromisoformat(at), tuple(adds)) for at, adds in form.get("log", ()))
        return replace(self, tallies=tuple(form.get("sums", _empty(challenge))), log=log)


def _empty(challenge: Challenge) -> list[Tally]:
    return [{} if isinstance(its, Counted) and its.of_things else 0 for its in challenge.measures]


def _both(one: Tally, other: Tally) -> Tally:
    """Two tallies of one measure together; nothing of different things may be a plain 0."""
    if isinstance(one, int) and isinstance(other, int):
        return one + other
    if not (one and other):
        return other or one
    assert isinstance(one, dict)
    assert isinstance(other, dict)
    return one | {name: one.get(name, 0) + its for name, its in other.items()}


def _less(tally: Tally) -> Tally:
    return -tally if isinstance(tally, int) else {name: -its for name, its in tally.items()}


def _sums(tallies: Sequence[Tally]) -> list[int]:
    return [its if isinstance(its, int) else sum(events > 0 for events in its.values()) for its in tallies]


def handed_out(event: Happening) -> tuple[str, Window] | None:
    """The challenge and window of a run that an event of the club's own hands out."""
    if event.type != HANDED_OUT:
        return None
    told = event.attributes
    from_at, until_at = (datetime.fromisoformat(told[name]) if name in told else None for name in ("from", "until"))
    return told["challenge"], Window(told["run"], from_at, until_at)


def runs_at(bylaws: Bylaws, runs: Sequence[Run], event: Happening) -> tuple[Run, ...]:
    """The runs that an event serves: those of a member that hold its instant, those that are under way by themselves,
    and the one that it hands out."""
    if event.type in OF_TIERS:  # a review may have moved it at any time: what it gives counts in no run
        return ()
    at, calendar = event.occurred_at, bylaws.club.calendar
    known = {(its.challenge, its.window.key): its for its in runs if its.challenge in bylaws.challenges}
    for challenge in bylaws.challenges.values():
        if window := challenge.run_at(at, calendar):
            run = known.get((challenge.code, window.key)) or Run.of(challenge, window, bylaws.version)
            known[challenge.code, window.key] = run if run.window == window else replace(run, window=window, basis=())
    begun = handed_out(event)
    if begun and begun[0] in bylaws.challenges:
        code, window = begun
        known.setdefault((code, window.key), Run.of(bylaws.challenges[code], window, bylaws.version))
    return tuple(
        run if run.basis == bylaws.challenges[run.challenge].basis else replace(run, basis=())
        for run in known.values()
        if run.window.holds(at) or (run.challenge, run.window) == begun
    )


def serve(bylaws: Bylaws, facts: Facts, ruling: Ruling) -> None:
    """Let an event, and what articles gave for it, count in the runs that it serves; give what it completes."""
    event = facts.event
    begun, ruling.runs, awards = handed_out(event), [], tuple(ruling.awards)
    done = {(its.challenge, its.key) for its in ruling.completed}
    for run in facts.runs:
        challenge = bylaws.challenges[run.challenge]
        adds = challenge.adds(facts, awards) if run.window.holds(event.occurred_at) else ()
        if not run.basis:
            if any(adds):
                ruling.runs.append(run)
            continue
        after = run.plus(challenge, event.occurred_at, adds)
        if after.completed_at is None and after.reached(challenge):
            after = replace(after, completed_at=event.occurred_at)
            if (run.challenge, run.window.key) not in done:
                _complete(challenge, after, facts, ruling)
        if after is not run or (run.challenge, run.window) == begun:
            ruling.runs.append(replace(after, version=bylaws.version))


def _complete(challenge: Challenge, run: Run, facts: Facts, ruling: Ruling) -> None:
    ruling.completed.append(Completed(run.challenge, *run.window))
    give(challenge.give, run.article, facts, ruling)


def changed(runs: Sequence[Run], after: Sequence[Run]) -> tuple[Run, ...]:
    """A member's runs once some have changed or begun."""
    known = {(its.challenge, its.window.key): its for its in runs}
    return tuple((known | {(its.challenge, its.window.key): its for its in after}).values())
