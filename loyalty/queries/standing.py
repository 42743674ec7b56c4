"""Where a member stands: tier and badges, each with its progress from the very class that judges it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple

from loyalty.db import connection
from loyalty.errors import NotFound
from loyalty.gamification.rarity import rarity
from loyalty.gather import LOCKED, Locked, member_facts
from loyalty.queries.views import BadgeView, Progress, TierStep, TierView
from loyalty.recall import up_to
from loyalty.rules import Bylaws, Facts
from loyalty.rules.bylaws import Ask, Badge, Step
from loyalty.rules.explain import both, sentence
from loyalty.rules.history import History
from loyalty.rules.kinds import Condition, Measured
from loyalty.rules.phrase import plain
from loyalty.rules.reviewing import overdue
from loyalty.rules.sentences import badge_phrase
from loyalty.rules.tenure import Stand, sure_until
from loyalty.rules.voice import Voice
from loyalty.runs import completed
from loyalty.sums import Sums
from loyalty.values import Text
from loyalty.versions import Programme, programme


class Standing(NamedTuple):
    """A member's facts now, and the version that reads them."""

    bylaws: Bylaws
    facts: Facts
    tier_since: datetime | None
    stand: Stand
    earned: dict[tuple[str, int], datetime]
    """(badge, level) → when it was earned."""


def tier(club_id: int, member_id: int, now: datetime) -> TierView:
    """The member's tier, and how far the next step is."""
    standing = _standing(club_id, member_id, now)
    bylaws, facts = standing.bylaws, standing.facts
    if not bylaws.tiers:
        return TierView(None, None, None, None, None, None, ())
    ladder, rank = bylaws.tiers.ladder, facts.standing_rank
    here = ladder[rank] if rank >= 0 else None
    return TierView(
        here.code if here else None,
        here.title if here else None,
        standing.tier_since,
        sure_until(bylaws, standing.stand),
        _step(bylaws, ladder[rank + 1], ladder[rank + 1].needs, facts) if rank + 1 < len(ladder) else None,
        _step(bylaws, here, here.kept, facts) if here and here.kept else None,
        tuple((step.code, step.title) for step in ladder),
    )


def badges(club_id: int, member_id: int, now: datetime) -> list[BadgeView]:
    """Every badge with its progress; secret ones only once earned."""
    standing = _standing(club_id, member_id, now)
    found = rarity(connection(), club_id, now)
    return [
        _badge(standing, badge, found.share(badge.code))
        for badge in standing.bylaws.badges.values()
        if not badge.secret or standing.facts.badges.get(badge.code)
    ]


def nearest(found: Sequence[BadgeView]) -> list[BadgeView]:
    """Of some badges those whose next level has begun, the nearest first."""
    begun = [badge for badge in found if badge.next is not None and 0 < badge.value < badge.needed]
    return sorted(begun, key=lambda badge: -badge.share)


def _standing(club_id: int, member_id: int, now: datetime) -> Standing:
    conn = connection()
    terms = programme(conn, club_id)
    bylaws = terms.at(now, member_id)
    row = conn.execute(
        f"SELECT {LOCKED} FROM member WHERE id = %s AND club_id = %s",  # noqa: S608 - constants
        [member_id, club_id],
    ).fetchone()
    if row is None:
        raise NotFound(Text("There is no such member.", "چنین عضوی نیست."))
    profile = conn.execute("SELECT birthday, attributes FROM profile WHERE member_id = %s", [member_id]).fetchone()
    earned = {
        (code, level): at
        for code, level, at in conn.execute(
            "SELECT code, level, earned_at FROM badge_level WHERE member_id = %s", [member_id]
        )
    }
    levels: dict[str, int] = {}
    for code, level in earned:
        levels[code] = max(level, levels.get(code, 0))
    moment = terms.calendar.moment(now)
    locked = Locked._make(row)
    history = History(_figures(terms, bylaws, locked, moment.day))
    member = member_facts(locked, history, levels, profile)
    if bylaws.challenges:
        member = replace(member, completed=completed(conn, [member_id]).get(member_id, {}))
    facts = member.standing(bylaws, moment)
    if overdue(bylaws, member, facts, now):  # what was due is shown as done, whether the timer was there or not
        member = replace(up_to(conn, terms, locked, now).member, badges=levels)
        facts = member.standing(bylaws, moment)
    return Standing(bylaws, facts, member.tier_since or locked.joined_at, member.stand, earned)


def _figures(terms: Programme, bylaws: Bylaws, row: Locked, day: date) -> dict[Ask, int]:
    asks = bylaws.asks(day, bylaws.since(row.tier_since, row.joined_at))
    if row.latest_at is None:
        return dict.fromkeys(asks, 0)
    sums = Sums(terms, {row.id: dict.fromkeys(asks)}, {row.id: row})
    return sums.answered(sums.send(connection()))[row.id]


def _step(bylaws: Bylaws, step: Step, asked: Condition | None, facts: Facts) -> TierStep:
    if asked is None:
        return TierStep(step.code, step.title, 100, (), Text("", ""))
    needs = tuple(_progress(bylaws, measured) for measured in asked.measured(facts))
    return TierStep(step.code, step.title, asked.share(facts), needs, sentence(bylaws, asked))


def _progress(bylaws: Bylaws, measured: Measured) -> Progress:
    value, needed = measured.value, measured.bounds.low

    def say(voice: Voice) -> str:
        unit = "count" if measured.unit == "times" else measured.unit
        has, asks_for = voice.measured(value, unit), voice.measured(needed, unit)
        name, over = measured.named(voice), measured.window.say(voice)
        return voice.pick(f"{name} {over}: {has} of {asks_for}", f"{name} {over}: {has} از {asks_for}")

    name = both(bylaws, measured.named)
    return Progress(measured.counter, name, value, needed, measured.bounds.share(value), both(bylaws, say))


def _badge(standing: Standing, badge: Badge, rarity: int) -> BadgeView:
    bylaws, facts = standing.bylaws, standing.facts
    level = min(facts.badges.get(badge.code, 0), badge.height)
    following = level + 1 if level < badge.height else None
    needed = badge.levels[(following or level) - 1].at
    value = facts.counts[badge.index] if badge.counter else (needed if level else 0)
    return BadgeView(
        badge.code,
        badge.title,
        both(bylaws, lambda voice: plain(badge_phrase(badge, voice))),
        level,
        badge.height,
        following,
        value,
        needed,
        100 if following is None else min(99, value * 100 // needed),
        standing.earned.get((badge.code, level)),
        rarity,
        badge.family,
    )
