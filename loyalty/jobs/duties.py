"""What is done for every club again and again, once each, however many timers and workers there are.

Until when a duty is done stands in PostgreSQL, so that one is caught up after any downtime. To add a duty, write when
it is due and what it does, and name it in `DUTIES`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import redis
import structlog
from flask import current_app

from loyalty import config
from loyalty.actions.count_badges import count_badges
from loyalty.actions.draw_raffles import any_to_draw, draw_raffles
from loyalty.actions.expire_gift_cards import any_card_over, expire_gift_cards
from loyalty.actions.expire_points import anything_due, expire_points
from loyalty.actions.fill_boards import fill_audiences, fill_boards
from loyalty.actions.fill_counters import fill_counters
from loyalty.actions.find_near import find_near
from loyalty.actions.find_occasions import find_occasions
from loyalty.actions.forget_deliveries import forget_deliveries
from loyalty.actions.forget_notices import forget_notices
from loyalty.actions.hand_out_runs import any_to_hand_out, hand_out_runs
from loyalty.actions.lapse_redemptions import any_to_lapse, lapse_redemptions
from loyalty.actions.pass_awards import any_to_pass, pass_awards
from loyalty.actions.remind_of_runs import remind_of_runs
from loyalty.actions.review_tiers import review_tiers
from loyalty.actions.seal_club import seal_club
from loyalty.actions.turn_seasons import any_league, any_to_turn, turn_seasons
from loyalty.db import connection, transaction
from loyalty.errors import NotFound
from loyalty.gamification import leaderboards
from loyalty.gamification.boards import live_boards
from loyalty.jobs import rehearsals
from loyalty.jobs.queue import put
from loyalty.queries.clubs import ClubView, all_clubs, one
from loyalty.queries.filling import anything_to_fill
from loyalty.valkey import valkey
from loyalty.versions import programme

log = structlog.get_logger()

SECONDS: Final = 3600
"""How long a duty may take."""
HOUR: Final = timedelta(hours=1)


class Duty(NamedTuple):
    """Something done for a club. `due` answers the instant to do it as of, or None while there is nothing to do."""

    name: str
    due: Callable[[ClubView, datetime, datetime], datetime | None]
    """(club, done until, now)"""
    do: Callable[[int, datetime], object]
    """(club's id, the instant that was due); safe to repeat."""


def at_midnight(club: ClubView, done_until: datetime, now: datetime) -> datetime | None:
    """Every local midnight of the club, each in its turn."""
    tomorrow = club.calendar.moment(done_until).day + timedelta(days=1)
    due = club.calendar.instant(tomorrow)
    return due if due <= now else None


def at_the_last_midnight(club: ClubView, done_until: datetime, now: datetime) -> datetime | None:
    """The latest local midnight alone, where several passed: what it finds holds for all."""
    today = club.calendar.instant(club.calendar.moment(now).day)
    return today if done_until < today and published(club) else None


def every_hour(club: ClubView, done_until: datetime, now: datetime) -> datetime | None:
    """An hour after the last time."""
    return now if now - done_until >= HOUR and published(club) else None


def published(club: ClubView) -> bool:
    """Whether the club has bylaws yet."""
    try:
        programme(connection(), club.id)
    except NotFound:
        return False
    return True


def when_due(club: ClubView, _: datetime, now: datetime) -> datetime | None:
    """When lots, wallets or holds came to their end."""
    return now if anything_due(club.id, now) else None


def when_to_pass(club: ClubView, _: datetime, now: datetime) -> datetime | None:
    """When a purchase has outlived the return window that gives something to others."""
    return now if any_to_pass(club.id, now) else None


def when_to_lapse(club: ClubView, _: datetime, now: datetime) -> datetime | None:
    """When a reward was held and not captured in time."""
    return now if any_to_lapse(club.id, now) else None


def when_cards_end(club: ClubView, _: datetime, now: datetime) -> datetime | None:
    """When the end of a gift card has passed with something on it."""
    return now if any_card_over(club.id, now) else None


def when_to_draw(club: ClubView, _: datetime, now: datetime) -> datetime | None:
    """When a raffle has a draw to commit to, to close or to draw."""
    return now if any_to_draw(club.id, now) else None


def when_to_turn(club: ClubView, done_until: datetime, now: datetime) -> datetime | None:
    """When a season begins or is to be settled; and every hour, for who comes to a league meanwhile."""
    if any_to_turn(club.id, now):
        return now
    return every_hour(club, done_until, now) if any_league(club.id, now) else None


def when_to_hand_out(club: ClubView, _: datetime, now: datetime) -> datetime | None:
    """When a challenge is to be handed out to a segment."""
    return now if any_to_hand_out(club.id) else None


def when_unsure(club: ClubView, _: datetime, now: datetime) -> datetime | None:
    """When a board was never filled, or Valkey was emptied or started again since."""
    try:
        boards = live_boards(programme(connection(), club.id), now)
    except NotFound:
        return None  # nothing is published yet
    return now if leaderboards.unsure(valkey(), club.id, boards.values()) else None


def when_behind(club: ClubView, _: datetime, now: datetime) -> datetime | None:
    """When a version waits for its counters to be filled, or somebody was overlooked."""
    return now if anything_to_fill(club.id) else None


def seal(club_id: int, at: datetime) -> None:
    """Seal the club now, for a midnight that was due; of several that were missed, and done again, it is one seal."""
    seal_club(club_id, config.now(), unless_since=at)


DUTIES: Final = {
    duty.name: duty
    for duty in (
        Duty("expire_points", when_due, lambda club_id, at: expire_points(club_id, at, config.now())),
        Duty("expire_gift_cards", when_cards_end, expire_gift_cards),
        Duty("lapse_redemptions", when_to_lapse, lapse_redemptions),
        Duty("fill_counters", when_behind, lambda club_id, _: fill_counters(club_id, config.now)),
        Duty("review_tiers", at_midnight, review_tiers),
        Duty("pass_awards", when_to_pass, pass_awards),
        Duty("draw_raffles", when_to_draw, draw_raffles),
        Duty("hand_out_runs", when_to_hand_out, hand_out_runs),
        Duty("turn_seasons", when_to_turn, turn_seasons),
        Duty("find_occasions", at_midnight, lambda club_id, at: find_occasions(club_id, at, config.now())),
        Duty("find_near", at_the_last_midnight, lambda club_id, _: find_near(club_id, config.now())),
        Duty("remind_of_runs", every_hour, lambda club_id, _: remind_of_runs(club_id, config.now())),
        Duty("count_badges", at_the_last_midnight, lambda club_id, _: count_badges(club_id, config.now())),
        Duty("seal", at_midnight, seal),
        Duty("fill_boards", when_unsure, fill_boards),
        Duty("fill_audiences", at_the_last_midnight, fill_audiences),
        Duty("forget_deliveries", at_midnight, forget_deliveries),
        Duty("forget_notices", at_the_last_midnight, forget_notices),
        Duty("rehearse", lambda club, done, now: rehearsals.any_left(club.id, done, now), rehearsals.queue_parts),
    )
}


def tick(now: datetime) -> None:
    """Put every duty that is due into the queue; one that fails to say so does not keep the others.

    Raises:
        redis.RedisError: Valkey is away; the next tick finds the same duties due.
    """
    _enter_new_clubs(now)
    with transaction() as conn:
        done = {(club_id, name): until for club_id, name, until in conn.execute("SELECT * FROM duty").fetchall()}
        clubs = all_clubs()
    for club in clubs:
        for duty in DUTIES.values():
            if _is_due(club, duty, done[club.id, duty.name], now):
                ask(club.id, duty.name)


def ask(club_id: int, name: str) -> None:
    """Have a worker do a duty of a club if it is due; asking too often costs next to nothing."""
    put("loyalty.jobs.duties.perform", club_id, name, seconds=SECONDS)


def _enter_new_clubs(now: datetime) -> None:
    """What a club begins with is done until now."""
    with transaction() as conn:
        conn.execute(
            "INSERT INTO duty (club_id, name, done_until)"
            " SELECT c.id, d.name, %s FROM club c CROSS JOIN unnest(%s::text[]) AS d(name)"
            " WHERE NOT EXISTS (SELECT FROM duty x WHERE x.club_id = c.id AND x.name = d.name)"
            " ON CONFLICT DO NOTHING",
            (now, list(DUTIES)),
        )


def _is_due(club: ClubView, duty: Duty, done_until: datetime, now: datetime) -> bool:
    try:
        with transaction():
            return duty.due(club, done_until, now) is not None
    except redis.RedisError:
        raise
    except Exception:
        log.exception("duty.unclear", club=club.id, duty=duty.name)
        return False


def perform(club_id: int, name: str) -> None:
    """The job: do a duty as often as it is due, unless another worker is at it."""
    _enter_new_clubs(config.now())
    while perform_once(club_id, DUTIES[name], config.now()):
        pass


def perform_once(club_id: int, duty: Duty, now: datetime) -> bool:
    """Do a duty if it is due. The lock on its row is held meanwhile, in a transaction of its own, and goes with us."""
    with transaction() as claim:
        row = claim.execute(
            "SELECT done_until FROM duty WHERE club_id = %s AND name = %s FOR UPDATE SKIP LOCKED", (club_id, duty.name)
        ).fetchone()
        at = duty.due(one(club_id), row[0], now) if row else None
        if at is None:
            return False
        # Another context has another session: what the duty commits does not end the claim.
        with current_app.app_context():
            duty.do(club_id, at)
        claim.execute("UPDATE duty SET done_until = %s WHERE club_id = %s AND name = %s", (at, club_id, duty.name))
        log.info("duty.done", club=club_id, duty=duty.name, at=at.isoformat())
    return True
