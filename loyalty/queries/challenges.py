"""A member's runs of challenges, each with how far it has come, from the very classes that judge it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

from loyalty.db import connection
from loyalty.ledger.runs import COLUMNS, Asked, Key, count, key_of, stored_run
from loyalty.queries.members import one
from loyalty.rules import Bylaws
from loyalty.rules.challenge_sentences import challenge_phrase
from loyalty.rules.challenges import Challenge
from loyalty.rules.explain import both, sentence
from loyalty.rules.facts import NO_EVENT
from loyalty.rules.phrase import plain
from loyalty.rules.runs import Run, runs_at
from loyalty.runs import emptied
from loyalty.values import Text
from loyalty.versions import Connection, Programme, programme

_RUNS: Final = f"SELECT {COLUMNS} FROM challenge_run run WHERE member_id = %s"  # noqa: S608 - constants


class StepView(NamedTuple):
    """One step of a challenge, or its whole goal: a floored percentage, 100 only once it is done."""

    sentence: Text
    share: int


class RunView(NamedTuple):
    """A run as its member sees it."""

    challenge: str
    run: str
    """Its key among the member's runs of the challenge."""
    title: Text
    how: Text
    from_at: datetime | None
    until_at: datetime | None
    """Both included."""
    steps: tuple[StepView, ...]
    share: int
    completed_at: datetime | None


def challenges(club_id: int, member_id: int, now: datetime) -> list[RunView]:
    """A member's runs: those under way first, the one that ends soonest leading, then the others, the latest first.

    Raises:
        NotFound: the club has no such member.
    """
    member_id = one(club_id, member_id).id
    conn = connection()
    terms = programme(conn, club_id)
    bylaws = terms.at(now, member_id)
    kept = {key_of(member_id, run): run for run in _stored(conn, terms, member_id)}
    runs = {key: run for key, run in kept.items() if run.basis}
    anew: dict[Key, Asked] = {}
    for run in runs_at(bylaws, list(kept.values()), replace(NO_EVENT, occurred_at=now)):
        key = key_of(member_id, run)
        if key not in kept or not run.basis:
            anew[key] = Asked(member_id, emptied(bylaws, run), bylaws)
    runs |= count(conn, terms, anew)
    views = [_view(terms.version(run.version), run) for run in runs.values()]
    open_ = [view for view in views if view.completed_at is None and (view.until_at is None or now <= view.until_at)]
    rest = [view for view in views if view not in open_]
    return [
        *sorted(open_, key=lambda its: (its.until_at is None, its.until_at or now)),
        *sorted(rest, key=lambda its: its.completed_at or its.until_at or now, reverse=True),
    ]


def run_of(club_id: int, member_id: int, code: str, key: str) -> RunView:
    """One run of a member that has a row."""
    conn = connection()
    terms = programme(conn, club_id)
    run = next(its for its in _stored(conn, terms, member_id) if (its.challenge, its.window.key) == (code, key))
    return _view(terms.version(run.version), run)


def _stored(conn: Connection, terms: Programme, member_id: int) -> Iterable[Run]:
    return [stored_run(terms, row) for row in conn.execute(_RUNS, [member_id])]


def _view(bylaws: Bylaws, run: Run) -> RunView:
    challenge = bylaws.challenges[run.challenge]
    shares = run.shares(challenge)
    done = run.completed_at is not None
    return RunView(
        challenge.code,
        run.window.key,
        challenge.title,
        how_of(bylaws, challenge),
        run.window.from_at,
        run.window.until_at,
        tuple(
            StepView(sentence(bylaws, step), 100 if done else share)
            for step, share in zip(challenge.steps, shares, strict=True)
        ),
        100 if done else run.share(challenge),
        run.completed_at,
    )


def how_of(bylaws: Bylaws, challenge: Challenge) -> Text:
    """What a challenge asks and what it gives, as a sentence."""
    return both(bylaws, lambda voice: plain(challenge_phrase(challenge, voice)))
