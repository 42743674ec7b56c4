"""From the outbox to those who want to know: who they are, handing messages to the queue, and the job itself."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Final

from loyalty import config, outbox
from loyalty.actions.complete_sets import complete_sets
from loyalty.actions.complete_team_runs import complete_team_runs
from loyalty.actions.tell_members import tell_members
from loyalty.audiences import belonging
from loyalty.db import connection
from loyalty.gamification import scores
from loyalty.gamification.boards import live_boards
from loyalty.jobs import duties, rehearsals
from loyalty.jobs.queue import put, queue
from loyalty.notices import causes
from loyalty.outbox import Handler, Message
from loyalty.valkey import valkey
from loyalty.versions import programme
from loyalty.webhooks import shelf
from loyalty.webhooks.messages import SOURCES

AHEAD: Final = 20
"""Jobs that may wait in the queue before the relay hands it more; the rest is safer in the outbox."""
SECONDS: Final = 100
"""How long one job may take: less than the lease, so that a slow one is not doubled."""


def move_boards(club_id: int, messages: list[Message], now: datetime) -> None:
    """Bring leaderboards up to date for members whose counters moved, on the days that the messages name."""
    terms = programme(connection(), club_id)
    boards = live_boards(terms, now)
    if boards:
        changes = [_change(m) for m in messages if m.member_id is not None]
        scores.deliver(valkey(), list(boards.values()), changes, partial(belonging, terms=terms, at=now))


def move_rooms(club_id: int, messages: list[Message], now: datetime) -> None:
    """Bring leaderboards of tiers up to date for members whose tier moved otherwise than by a purchase."""
    if any(board.scope == "tier" for board in live_boards(programme(connection(), club_id), now).values()):
        move_boards(club_id, messages, now)


def move_teams(club_id: int, messages: list[Message], now: datetime) -> None:
    """Look whether teams have completed a challenge with what happened."""
    changes = [_change(message) for message in messages if message.member_id is not None]
    complete_team_runs(club_id, [(its.member_id, sorted(its.days)) for its in changes if its.days], now)


def fill_sets(club_id: int, messages: list[Message], now: datetime) -> None:
    """Look whether members have completed a set with what came."""
    complete_sets(club_id, [message.member_id for message in messages if message.member_id is not None], now)


def follow_teams(club_id: int, messages: list[Message], now: datetime) -> None:
    """Bring leaderboards of teams up to date for teams that somebody joined or left."""
    boards = list(live_boards(programme(connection(), club_id), now).values())
    scores.deliver_teams(valkey(), boards, {message.data["team"] for message in messages})


def fill_boards(club_id: int, _: list[Message], __: datetime) -> None:
    """Have the boards of a new version filled at once instead of at the next tick."""
    duties.ask(club_id, "fill_boards")


def fill_counters(club_id: int, _: list[Message], __: datetime) -> None:
    """Have the counters of a new version filled at once instead of at the next tick."""
    duties.ask(club_id, "fill_counters")


def hand_out_runs(club_id: int, _: list[Message], __: datetime) -> None:
    """Have challenges handed out at once instead of at the next tick."""
    duties.ask(club_id, "hand_out_runs")


_OWN: Final[dict[str, tuple[Handler, ...]]] = {
    "bylaws.filling": (fill_counters,),
    "bylaws.published": (fill_boards,),
    "handout.asked": (hand_out_runs,),
    "member.changed": (move_boards, move_teams, fill_sets),
    "pieces.moved": (fill_sets,),
    "team.changed": (follow_teams,),
    "tier.changed": (move_rooms,),
    "rehearsal.asked": (rehearsals.begin,),
}
HANDLERS: Final[dict[str, tuple[Handler, ...]]] = _OWN | {
    type_: (
        *_OWN.get(type_, ()),
        *((tell_members,) if type_ in causes.SOURCES else ()),
        *((shelf.spread,) if type_ in SOURCES else ()),
    )
    for type_ in {**dict.fromkeys(SOURCES), **causes.SOURCES}
}
"""Who is told of what, by type of message. A type that is not named here is told to nobody."""


def relay(now: datetime) -> int:
    """Hand what is due to the queue, while that is short. Answers how many messages it was.

    Raises:
        redis.RedisError: Valkey is away; nothing was taken.
    """
    handed = 0
    while len(queue()) < AHEAD and (ids := outbox.take(now)):
        try:
            put("loyalty.jobs.deliveries.deliver", ids, seconds=SECONDS)
        except BaseException:
            outbox.give_back(ids, now)
            raise
        handed += len(ids)
    return handed


def deliver(ids: list[int]) -> None:
    """The job: deliver these messages, if nobody did meanwhile."""
    outbox.deliver(ids, HANDLERS, config.now())


def deliver_due(now: datetime) -> int:
    """Deliver everything that is due here and now, without queue and worker. Answers how many messages it was."""
    done = 0
    while ids := outbox.take(now):
        done += outbox.deliver(ids, HANDLERS, now)
    return done


def _change(message: Message) -> scores.Change:
    assert message.member_id is not None
    days = message.data.get("days")
    return scores.Change(
        message.member_id, None if days is None else frozenset(date.fromisoformat(day) for day in days)
    )
