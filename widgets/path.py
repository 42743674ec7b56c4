"""What the page of a member's path shows: the story, streaks, and the challenges under way, to be joined, and done."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from loyalty import web
from loyalty.actions.hand_out_run import hand_out_run
from loyalty.errors import NotFound
from loyalty.queries.bylaws import in_force
from loyalty.queries.challenges import RunView, challenges, how_of
from loyalty.queries.clubs import ClubView
from loyalty.queries.mode import mode_of
from loyalty.queries.sets import SetView, TradeView, sets, trades
from loyalty.queries.spins import SpinView, spins
from loyalty.queries.story import StoryView, story
from loyalty.queries.streaks import StreakView, streaks
from loyalty.rules import MemberRef
from loyalty.rules.modes import PLAIN
from loyalty.values import Text

NOT_TO_JOIN: Final = Text("This challenge is not to be joined now.", "اکنون نمی‌توان در این چالش شرکت کرد.")
LATEST: Final = 12
"""Runs that are over, on the page."""


class Joinable(NamedTuple):
    """A challenge that the member may join now."""

    code: str
    title: Text
    how: Text


class Path(NamedTuple):
    """A member's path through the club's game."""

    story: StoryView | None
    streaks: list[StreakView]
    under_way: list[RunView]
    """Outside of the story's open chapter too: whoever looks for what to do finds all of it in one place."""
    joinable: list[Joinable]
    done: list[RunView]
    spins: list[SpinView]
    sets: list[SetView]
    trades: list[TradeView]
    """Offers of pieces that the member made or may accept."""

    @property
    def empty(self) -> bool:
        """Whether the club's bylaws have nothing of all this."""
        return not (
            self.story or self.streaks or self.under_way or self.joinable or self.done or self.spins or self.sets
        )


def join_chosen(club: ClubView, member_id: int, code: str, at: datetime) -> str:
    """Let a member join a challenge that is theirs to choose; one that is handed out is not. Answers the run's key.

    Raises:
        NotFound: it is not to be joined now.
        Conflict: the member's standing does not allow it.
    """
    if code not in {its.code for its in path_of(club, member_id, at).joinable}:
        raise NotFound(NOT_TO_JOIN)
    return hand_out_run(club.id, code, MemberRef("id", str(member_id)), None, None, at)[1]


def path_of(club: ClubView, member_id: int, now: datetime) -> Path:
    """A member's path as of `now`; without the game where the member is shown the plain club."""
    bylaws = in_force(club.id, now, member_id).bylaws
    runs = challenges(club.id, member_id, now)
    under_way = [run for run in runs if run.completed_at is None and (run.until_at is None or now <= run.until_at)]
    busy = {run.challenge for run in under_way}
    joinable = [
        Joinable(its.code, its.title, how_of(bylaws, its))
        for its in bylaws.challenges.values()
        if its.start == "chosen" and its.code not in busy and its.whole(club.calendar).holds(now)
    ]
    done = [run for run in runs if run.completed_at is not None]
    if mode_of(club.id, member_id, now) == PLAIN:
        return Path(None, [], under_way, joinable, done[:LATEST], [], [], [])
    collected = sets(club.id, member_id, now)
    return Path(
        story(club.id, member_id, now),
        streaks(club.id, member_id, now),
        under_way,
        joinable,
        done[:LATEST],
        spins(club.id, member_id, now),
        collected,
        trades(club.id, member_id, now, web.lang()) if any(its.trade for its in collected) else [],
    )
