"""The club's story as its member reads it: chapters open one after the other, as challenges are done."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from loyalty.db import connection
from loyalty.queries.challenges import RunView, challenges
from loyalty.queries.members import one
from loyalty.rules.explain import both
from loyalty.rules.gifts import said_gifts
from loyalty.rules.story import chapter_reached
from loyalty.values import Text
from loyalty.versions import programme

_DONE: Final = """
    SELECT challenge, count(*), min(completed_at) FROM challenge_run
    WHERE member_id = %s AND completed_at IS NOT NULL GROUP BY challenge
"""


class ChallengeView(NamedTuple):
    """A challenge of a chapter: the run that shows best how far the member is, if there is one."""

    code: str
    title: Text
    run: RunView | None
    done: bool


class ChapterView(NamedTuple):
    """A chapter; its text is kept back until it opens."""

    title: Text
    text: Text | None
    state: str
    """`done`, `open` or `closed`."""
    challenges: list[ChallengeView]
    share: int
    """How much of it is done, a floored percentage."""


class EndView(NamedTuple):
    """The end, told once the story came so far; what it gives is promised from the beginning."""

    text: Text | None
    gives: Text | None
    reached_at: datetime | None


class StoryView(NamedTuple):
    """The story as far as it has come."""

    title: Text
    chapters: list[ChapterView]
    end: EndView | None


def story(club_id: int, member_id: int, now: datetime) -> StoryView | None:
    """A member's story; None where the club tells none.

    Raises:
        NotFound: the club has no such member.
    """
    member_id = one(club_id, member_id).id
    conn = connection()
    bylaws = programme(conn, club_id).at(now, member_id)
    its = bylaws.game.story
    if its is None:
        return None
    found = conn.execute(_DONE, [member_id]).fetchall()
    times: dict[str, int] = {code: count for code, count, _ in found}
    first: dict[str, datetime] = {code: at for code, _, at in found}
    runs: dict[str, RunView] = {}
    for run in challenges(club_id, member_id, now):
        runs.setdefault(run.challenge, run)
    reached = chapter_reached(its, times)
    chapters = []
    for n, chapter in enumerate(its.chapters):
        state = "done" if n < reached else "open" if n == reached else "closed"
        parts = [
            ChallengeView(code, bylaws.challenges[code].title, runs.get(code), bool(times.get(code)))
            for code in chapter.challenges
        ]
        shares = [100 if part.done else part.run.share if part.run and state != "closed" else 0 for part in parts]
        text = None if state == "closed" else chapter.text
        chapters.append(ChapterView(chapter.title, text, state, parts, sum(shares) // len(shares) if shares else 0))
    end = None
    if its.end is not None:
        over = reached == len(its.chapters)
        asked = [code for chapter in its.chapters for code in chapter.challenges]
        at = max((first[code] for code in asked), default=None) if over else None
        gives = both(bylaws, lambda voice: said_gifts(its.end.give if its.end else (), voice)) if its.end.give else None
        end = EndView(its.end.text if over else None, gives, at)
    return StoryView(its.title, chapters, end)
