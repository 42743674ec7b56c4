"""Commit to the draws of raffles, close them when their day is over, and draw: each once, however often this is done.

Closing fixes who takes part, drawing says who wins; each is a transaction under the lock of its row. A draw that waits
for a public value is drawn when that is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from loyalty import outbox
from loyalty.actions.record_events import record
from loyalty.config import settings
from loyalty.db import connection, retried, transaction
from loyalty.drums import holders, whose
from loyalty.errors import NotFound
from loyalty.outcome import CHUNK
from loyalty.rewards import draws
from loyalty.rewards.drawing import Winner, digest, draw
from loyalty.rewards.draws import Draw, Known, Pseudonyms
from loyalty.rules import Event, MemberRef
from loyalty.rules.prizes import prize_name
from loyalty.rules.winning import PRIZE
from loyalty.versions import Connection, Programme, programme

_INSTANT = timedelta(microseconds=1)


def any_to_draw(club_id: int, now: datetime) -> bool:
    """Whether a draw is to be committed to, closed or drawn."""
    conn = connection()
    try:
        terms = programme(conn, club_id)
    except NotFound:
        return False  # nothing is published yet
    return bool(_to_commit(conn, terms, now) or draws.due(conn, club_id, now))


def draw_raffles(club_id: int, now: datetime) -> int:
    """Do whatever is due for a club's raffles; answers how many were drawn. Safe to do again, and at once by several.

    What one draw cannot do does not keep the others from theirs; the failure is raised at the end.
    """
    commit_draws(club_id, now)
    with transaction() as conn:
        due = draws.due(conn, club_id, now)
    drawn, failed = 0, None
    for its in due:
        try:
            drawn += close_and_draw(club_id, its.id, now)
        except Exception as error:
            failed = failed or error
    if drawn:
        outbox.wake()
    if failed:
        raise failed
    return drawn


@retried
def commit_draws(club_id: int, now: datetime) -> None:
    """Commit to the present draw of each raffle: from now on its seed is bound, and its prizes are promised."""
    with transaction() as conn:
        terms = programme(conn, club_id)
        for its in _to_commit(conn, terms, now):
            day = terms.calendar.moment(its.ends_at).day
            draws.commit(conn, club_id, its.raffle, day, its.ends_at, its.version, settings().secret_key, now)


class _Coming(NamedTuple):
    """A draw that nobody committed to yet."""

    raffle: str
    ends_at: datetime
    version: int


def _to_commit(conn: Connection, terms: Programme, now: datetime) -> list[_Coming]:
    """The present draw of each raffle, and after downtime those that passed meanwhile; as far as they are not known."""
    raffles = terms.at(now).game.raffles
    known = draws.known(conn, terms.club_id, now) if raffles else {}
    return [its for code in raffles for its in _after(terms, code, known.get(code, Known()), now)]


def _after(terms: Programme, code: str, known: Known, now: datetime) -> Iterator[_Coming]:
    """Draws of a raffle from the last one that is over, each by the version in force when its period began."""
    at = known.last + _INSTANT if known.last else now
    while at <= now:
        bylaws = terms.at(at)
        raffle = bylaws.game.raffles.get(code)
        ends_at = raffle.drawn(at, terms.calendar) if raffle else None
        if ends_at is None or ends_at < at:  # there was none then; perhaps there is one now
            if at == now:
                return
            at = now
            continue
        if ends_at not in known.to_come:
            yield _Coming(code, ends_at, bylaws.version)
        at = ends_at + _INSTANT


def close_and_draw(club_id: int, draw_id: int, now: datetime) -> bool:
    """Close a draw whose day is over, and draw it unless it waits for a public value; whether it was drawn by this."""
    _close(club_id, draw_id, now)
    return _draw(club_id, draw_id, now)


@retried
def _close(club_id: int, draw_id: int, now: datetime) -> None:
    with transaction() as conn:
        its = draws.locked(conn, club_id, draw_id)
        if its.closed_at is not None:
            return
        named = Pseudonyms(club_id, its, settings().secret_key)
        taking = holders(conn, programme(conn, club_id), its)
        entries = sorted((named.of(id_), tickets) for id_, tickets in taking.items())
        draws.close(conn, its, entries, digest(entries), now)


@retried
def _draw(club_id: int, draw_id: int, now: datetime) -> bool:
    with transaction() as conn:
        its = draws.locked(conn, club_id, draw_id)
        if its.drawn_at is not None or its.waits:
            return False
        assert its.digest is not None
        terms = programme(conn, club_id)
        prizes = [prize.winners for prize in terms.version(its.version).game.raffles[its.raffle].prizes]
        seed = draws.seed(club_id, its, settings().secret_key)
        entries = list(draws.entries(conn, its))
        winners = draw(seed, its.digest, its.public_value or "", entries, prizes)
        members = _members(conn, terms, its, winners)
        at = now if its.public_source else its.ends_at + _INSTANT
        events = [_won(its, won, id_, at) for won, id_ in zip(winners, members, strict=True) if id_ is not None]
        for start in range(0, len(events), CHUNK):
            for outcome in record(conn, club_id, events[start : start + CHUNK], now):
                if outcome.problem is not None:
                    raise outcome.problem
        told = [_told(won, id_) for won, id_ in zip(winners, members, strict=True)]
        draws.publish(conn, its, seed, told, now)
        message = {"raffle": its.raffle, "day": its.day.isoformat(), "winners": len(winners)}
        outbox.send("raffle.drawn", club_id, [(None, message)], now)
    return True


def _members(conn: Connection, terms: Programme, its: Draw, winners: list[Winner]) -> list[int | None]:
    """Whom the winners' pseudonyms mean; None of one who was erased since the closing."""
    if not winners:
        return []
    named = Pseudonyms(terms.club_id, its, settings().secret_key)
    found = {named.of(id_): now for id_, now in whose(conn, terms, its).items()}
    return [found.get(won.holder) for won in winners]


def _won(its: Draw, won: Winner, member_id: int, at: datetime) -> Event:
    told = {"prize": prize_name("raffle", its.raffle, won.prize), "draw": its.day.isoformat(), "version": its.version}
    key = f"{PRIZE}:raffle:{its.id}:{won.holder.hex()}"
    return Event(PRIZE, at, key, member=MemberRef("id", str(member_id)), attributes=told)


def _told(won: Winner, member_id: int | None) -> dict[str, int | str | None]:
    return {"prize": won.prize, "holder": won.holder.hex(), "tickets": won.tickets, "member": member_id}
