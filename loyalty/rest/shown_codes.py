"""Codes at the edge: different ones that turn out to be no good may be shown only so often.

Counted before they are looked at, so that tries at the same time count as well, and forgotten where they were good or
nobody looked at them. An expired code that every basket brings counts once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from flask import request

from loyalty import attempts
from loyalty.absent import CodeRefused
from loyalty.attempts import Counted, Guard, Guess
from loyalty.errors import Problem
from loyalty.formats import code_key
from loyalty.outcome import Outcome
from loyalty.rest.access import caller
from loyalty.rules import Facts, Purchase
from loyalty.rules.facts import PRESENTED, MemberRef

QUARTER: Final = 15 * 60
HOUR: Final = 3600


@contextmanager
def tried(typed: str, member: MemberRef | None) -> Iterator[None]:
    """Try a code, which counts if it is refused.

    Raises:
        RateLimited: too many were refused already.
    """
    [counted] = attempts.guess([_guess([typed], member)])
    _refuse(counted)
    try:
        yield
    except CodeRefused:
        raise
    except BaseException:
        attempts.forget([(counted, None)])
        raise
    attempts.forget([(counted, None)])


@contextmanager
def tried_on(purchase: Purchase) -> Iterator[list[Facts | None]]:
    """Try the codes of a sale; whoever judges it appends its facts, which tell the good ones.

    Raises:
        RateLimited: too many were refused already.
    """
    [counted] = attempts.guess([_guess(purchase.codes, purchase.member)])
    _refuse(counted)
    judged: list[Facts | None] = []
    try:
        yield judged
    finally:
        attempts.forget([(counted, _good(purchase, judged[0] if judged else None))])


def tried_on_many(rows: Sequence[Purchase]) -> list[Counted]:
    """Try the codes of many sales; each tells whether it has to wait."""
    return attempts.guess([_guess(its.codes, its.member) for its in rows])


def too_often(counted: Counted) -> Problem | None:
    """Why a sale whose codes were tried is refused, if it is."""
    return attempts.too_many(counted.wait) if counted.wait else None


def were_judged(rows: Sequence[tuple[Purchase, Counted, Outcome]]) -> None:
    """Forget the tries of those codes of many sales that were good."""
    attempts.forget([(counted, _good(its, outcome.facts)) for its, counted, outcome in rows])


def _refuse(counted: Counted) -> None:
    if problem := too_often(counted):
        raise problem


def _good(purchase: Purchase, facts: Facts | None) -> set[str] | None:
    """Those of a sale's codes that were good; None: nobody looked at them."""
    if facts is None:
        return None
    told = facts.values.get(PRESENTED, ())
    return {code_key(text) for text, (_, id_) in zip(purchase.codes, told, strict=False) if id_}


def _guess(typed: Sequence[str], member: MemberRef | None) -> Guess:
    """Few tries for one member, more from one address and with one key: so nobody finds a code by trying."""
    if not typed:
        return Guess((), frozenset())
    who = caller()
    guards = [
        Guard("code-address", f"{who.club_id}:{request.remote_addr}", 200, QUARTER),
        Guard("code-key", str(who.key_id), 300, QUARTER),
    ]
    if member is not None:
        guards.append(Guard("code-member", f"{who.club_id}:{member.kind}:{member.value}", 20, HOUR))
    return Guess(tuple(guards), frozenset(map(code_key, typed)))
