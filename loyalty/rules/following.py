"""What follows from a ruling: a tier reached or lost, a badge, a challenge done, a run handed out, a story's end. Pure.

Each is an event of its own, at the instant of the one that it follows from, judged at once after it by the same
version; so it is explained, limited and taken back like any other. What follows from that goes on, to a depth;
documents in which something follows from itself are refused when they are checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from loyalty.rules.facts import Event, Facts, Happening
from loyalty.rules.occasions import BADGE_EARNED, CHALLENGE_COMPLETED, TIER_LOST, TIER_REACHED
from loyalty.rules.ruling import Handed, Ruling
from loyalty.rules.runs import HANDED_OUT
from loyalty.rules.story import STORY_END, ended, opened
from loyalty.rules.terms import INSTANT
from loyalty.rules.winning import PRIZE

if TYPE_CHECKING:
    from loyalty.rules.bylaws import Bylaws
    from loyalty.rules.member import MemberFacts


def follows(bylaws: Bylaws, facts: Facts, ruling: Ruling, after: MemberFacts) -> Iterator[Event]:
    """The events that follow from a ruling, in their order; `after` is the member as the ruling leaves them.

    The key of each is unique among those of one cause.
    """
    at, store = facts.event.occurred_at, facts.event.store
    if ruling.completed:
        yield from _of_challenges(bylaws, facts, ruling, after)
    if bylaws.awaits(BADGE_EARNED):
        for code, level in ruling.badges:
            told: dict[str, Any] = {"badge": code, "level": level}
            yield Event(BADGE_EARNED.type, at, f"{code}:{level}", store=store, attributes=told)
    for its in ruling.handed:
        yield from _run(bylaws, its, facts.event)
    if ruling.tier_from != ruling.tier_to:
        yield from of_move(bylaws, ruling.tier_from, ruling.tier_to, at, store)


def _of_challenges(bylaws: Bylaws, facts: Facts, ruling: Ruling, after: MemberFacts) -> Iterator[Event]:
    """What follows from challenges that were completed: their occasion, and how the story goes on."""
    at, store, story = facts.event.occurred_at, facts.event.store, bylaws.game.story
    if bylaws.awaits(CHALLENGE_COMPLETED):
        for its in ruling.completed:
            told = {"challenge": its.challenge}
            yield Event(CHALLENGE_COMPLETED.type, at, f"{its.challenge}:{its.key}", store=store, attributes=told)
    if story is None:
        return
    for chapter in opened(story, ruling, after.completed):
        for code in chapter.challenges:
            if bylaws.challenges[code].start == "handed_out":
                yield from _run(bylaws, Handed(code, "story", None), facts.event)
    if story.end is not None and story.end.give and ended(story, ruling, after.completed):
        prize = {"prize": STORY_END, "version": bylaws.version}
        yield Event(PRIZE, at, STORY_END, store=store, attributes=prize)


def of_move(bylaws: Bylaws, before: str | None, after: str | None, at: datetime, store: str = "") -> Iterator[Event]:
    """The events that follow from a change of tier: every step that it reaches, or the one that is lost."""
    for code in bylaws.passed(before, after) if bylaws.awaits(TIER_REACHED) else ():
        yield Event(TIER_REACHED.type, at, code, store=store, attributes={"tier": code})
    if before is not None and bylaws.rank(after) < bylaws.rank(before) and bylaws.awaits(TIER_LOST):
        yield Event(TIER_LOST.type, at, before, store=store, attributes={"tier": before})


def _run(bylaws: Bylaws, handed: Handed, cause: Happening) -> Iterator[Event]:
    """The event by which a run begins, right after its cause; it lasts as is said, else as the challenge says.

    None where the challenge's own days do not hold it.
    """
    challenge, at, calendar = bylaws.challenges[handed.challenge], cause.occurred_at, bylaws.club.calendar
    whole, lasts = challenge.whole(calendar), handed.lasts or challenge.lasts
    if not whole.holds(at):
        return
    until = lasts.ends(at, calendar) if lasts else whole.until_at
    if until and whole.until_at:
        until = min(until, whole.until_at)
    told = {"challenge": challenge.code, "from": (at + INSTANT).isoformat()} | (
        {"until": until.isoformat()} if until else {}
    )
    yield Event(HANDED_OUT, at, f"{challenge.code}:{handed.by}", attributes=told)
