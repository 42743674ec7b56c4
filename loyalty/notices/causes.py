"""From messages of the outbox to what members are told of them: as it stands now, with the titles of its own time.

What a return has taken back since the message was written is told to nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from loyalty.arrays import columns
from loyalty.notices.base import Notice, Words
from loyalty.notices.happened import (
    BadgeEarned,
    ChallengeCompleted,
    RaffleWon,
    RewardReady,
    StreakReached,
    TierLost,
    TierReached,
)
from loyalty.notices.shelf import Connection, Told
from loyalty.outbox import Message
from loyalty.rewards import draws
from loyalty.values import Text
from loyalty.versions import Programme

_BADGES: Final = """
    SELECT its.member_id, its.code, its.level, its.earned_at
    FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::bigint[]) AS told (member_id, code, level, event_id)
    JOIN badge_level its ON its.member_id = told.member_id AND its.code = told.code AND its.level = told.level
    WHERE its.event_id = told.event_id AND NOT EXISTS (
        SELECT FROM badge_level higher WHERE higher.member_id = its.member_id AND higher.code = its.code
            AND higher.level > its.level AND higher.event_id = its.event_id
    )
"""
"""Of several levels that one event reached, the highest."""
_RUNS: Final = """
    SELECT its.member_id, its.challenge, its.key, its.completed_at
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[]) AS told (member_id, challenge, key, event_id)
    JOIN challenge_run its ON its.member_id = told.member_id AND its.challenge = told.challenge AND its.key = told.key
    WHERE its.completed_by = told.event_id
"""
_MILESTONES: Final = """
    SELECT its.member_id, its.streak, its.at, its.event_id, its.reached_at
    FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::bigint[]) AS told (member_id, streak, at, event_id)
    JOIN streak_milestone its ON its.member_id = told.member_id AND its.streak = told.streak AND its.at = told.at
    WHERE its.event_id = told.event_id
"""
_IN_HAND: Final = """
    SELECT redemption.member_id, redemption.id, promise ->> 'reward', promise -> 'title', redemption.occurred_at,
        redemption.expires_at
    FROM unnest(%s::bigint[], %s::bigint[]) AS told (member_id, id)
    JOIN redemption ON redemption.member_id = told.member_id AND redemption.{by} = told.id
    WHERE status = 'issued'
"""

Source = Callable[[Connection, Programme, Sequence[Message]], Iterator[Told]]


def _tiers(_: Connection, terms: Programme, messages: Sequence[Message]) -> Iterator[Told]:
    for message in messages:
        at, before, after = datetime.fromisoformat(message.data["at"]), message.data["from"], message.data["to"]
        bylaws = terms.at(at, message.member_id)
        was, now_on = bylaws.rank(before), bylaws.rank(after)
        if now_on > was:
            yield _told(terms, message.member_id, TierReached(after, at), at)
        elif now_on < was:
            yield _told(terms, message.member_id, TierLost(after, before, at), at)


def _badges(conn: Connection, terms: Programme, messages: Sequence[Message]) -> Iterator[Told]:
    asked = [(its.member_id, its.data["code"], its.data["level"], its.data["event"]) for its in messages]
    for member_id, code, level, at in conn.execute(_BADGES, columns(asked)):
        yield _told(terms, member_id, BadgeEarned(code, level), at)


def _runs(conn: Connection, terms: Programme, messages: Sequence[Message]) -> Iterator[Told]:
    asked = [(its.member_id, its.data["challenge"], its.data["run"], its.data["event"]) for its in messages]
    for member_id, challenge, key, at in conn.execute(_RUNS, columns(asked)):
        yield _told(terms, member_id, ChallengeCompleted(challenge, key), at)


def _milestones(conn: Connection, terms: Programme, messages: Sequence[Message]) -> Iterator[Told]:
    asked = [(its.member_id, its.data["streak"], its.data["at"], its.data["event"]) for its in messages]
    for member_id, streak, many, event, at in conn.execute(_MILESTONES, columns(asked)):
        yield _told(terms, member_id, StreakReached(streak, many, event), at)


def _redeemed(conn: Connection, terms: Programme, messages: Sequence[Message]) -> Iterator[Told]:
    return _in_hand(conn, terms, "id", [(its.member_id, its.data["redemption"]) for its in messages])


def _given(conn: Connection, terms: Programme, messages: Sequence[Message]) -> Iterator[Told]:
    """Rewards that the bylaws gave for an event: of them alone no message is written."""
    events = [(its.member_id, event) for its in messages for event in its.data.get("events", ())]
    return _in_hand(conn, terms, "given_by", events)


def _in_hand(conn: Connection, terms: Programme, by: str, asked: Sequence[tuple[int | None, int]]) -> Iterator[Told]:
    if not asked:
        return
    for member_id, id_, reward, title, at, until in conn.execute(_IN_HAND.format(by=by), columns(asked)):
        yield _told(terms, member_id, RewardReady(id_, reward, Text(**title)), at, until)


def _won(conn: Connection, terms: Programme, messages: Sequence[Message]) -> Iterator[Told]:
    for message in messages:
        raffle, day = message.data["raffle"], date.fromisoformat(message.data["day"])
        its = draws.of_day(conn, terms.club_id, raffle, day)
        assert its is not None
        words = Words(terms.version(its.version), terms.unit, terms.calendar)
        for won in its.winners or ():
            if won["member"] is not None:
                notice = RaffleWon(raffle, day, won["prize"])
                yield Told(won["member"], notice, notice.slots(words), message.created_at)


SOURCES: Final[Mapping[str, Source]] = {
    "tier.changed": _tiers,
    "badge.earned": _badges,
    "challenge.completed": _runs,
    "streak.reached": _milestones,
    "redemption.issued": _redeemed,
    "member.changed": _given,
    "raffle.drawn": _won,
}
"""The types of the outbox's messages that members are told of."""


def told_of(conn: Connection, terms: Programme, messages: Sequence[Message]) -> list[Told]:
    """What members are to be told of messages of one type; the number of statements is fixed, but for raffles."""
    return list(SOURCES[messages[0].type](conn, terms, messages))


def _told(terms: Programme, member_id: Any, notice: Notice, at: datetime, until: datetime | None = None) -> Told:
    words = Words(terms.at(at, member_id), terms.unit, terms.calendar)
    return Told(member_id, notice, notice.slots(words), at, until)
