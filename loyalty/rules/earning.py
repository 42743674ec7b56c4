"""What lets an article earn, made ready beforehand: most have one award, and at most limits of the member's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from loyalty.rules.awards.multiply import Earned, Multiply
from loyalty.rules.facts import Facts
from loyalty.rules.kinds import Earning, Steps
from loyalty.rules.limits import Limit
from loyalty.rules.ruling import Given

Earn = Callable[[Facts, list[Given], Earned], None]
"""Adds what an article earns to the awards, and what belongs to lines to what was earned."""


def earner(no: str, earnings: Sequence[tuple[int, Earning]], limits: Sequence[Limit]) -> Earn | None:
    """What lets an article earn at once that has one award, no table of rates, and only limits of the member's own.

    None where it takes more than that.
    """
    if not _alone(earnings, limits):
        return None
    [(place, award)] = earnings
    trim = _trims(limits, award)
    if award.steps is not None:
        return _of_basket(no, place, award, award.steps, trim)
    if award.constant is None:
        return _reckoned(no, place, award, trim)
    given = Given(no, place, award.wallet, award.constant, 0, award.constant)
    return _constant(given, limits, trim)


def multiplier(no: str, multipliers: Sequence[tuple[int, Multiply]], limits: Sequence[Limit]) -> Earn | None:
    """The same for what an article multiplies, where no other multiplier gave anything that it would multiply too."""
    if not _alone(multipliers, limits):
        return None
    [(place, award)] = multipliers
    trim, wallet, articles = _trims(limits, award), award.wallet, award.articles
    mask, of_earned, amount_of = award.lines.mask if award.lines else None, award.of_earned, award.amount
    (numerator, denominator), floors = award.parts, award.rounds == "floor"

    def multiply(facts: Facts, awards: list[Given], earned: Earned) -> None:
        base = 0
        if mask is None:
            for given, _ in earned:
                if given[2] == wallet and (not articles or given[0] in articles):
                    base += given[3]
        else:
            base = of_earned(earned, facts, mask(facts))
        if base:
            asked = amount = base * numerator // denominator if floors else amount_of(base)
            if trim is not None and asked:
                base, amount = trim(facts.counts, base, asked)
            if amount:
                awards.append(_new(Given, (no, place, wallet, amount, base, asked)))

    return multiply


def _alone(awards: Sequence[tuple[int, Earning | Multiply]], limits: Sequence[Limit]) -> bool:
    return (
        len(awards) == 1
        and awards[0][1].table is None
        and not awards[0][1].follows
        and not any(limit.shared for limit in limits)
    )


def _constant(given: Given, limits: Sequence[Limit], trim: Trim | None) -> Earn:
    """What never changes is made once; it belongs to no line."""
    amount = given.amount
    if trim is None:
        return lambda _, awards, __: awards.append(given)
    if len(limits) == 1 and limits[0].of == "times":
        index, at_most = limits[0].index, limits[0].at_most
        return lambda facts, awards, _: awards.append(given) if facts.counts[index] < at_most else None

    def earn(facts: Facts, awards: list[Given], _: Earned) -> None:
        left = trim(facts.counts, 0, amount)[1]
        if left:
            awards.append(given if left == amount else given._replace(amount=left))

    return earn


def _of_basket(no: str, place: int, award: Earning, steps: Steps, trim: Trim | None) -> Earn:
    """What most awards are: so much for each full step of the basket's amount."""
    wallet, (net, per, numerator, denominator, most) = award.wallet, steps

    def earn(facts: Facts, awards: list[Given], earned: Earned) -> None:
        base = facts.event.net if net else facts.event.gross
        asked = base // per * numerator // denominator
        if asked:
            if asked > most:
                asked = most
            amount = asked
            if trim is not None:
                base, amount = trim(facts.counts, base, asked)
            if amount:
                given = _new(Given, (no, place, wallet, amount, base, asked))
                awards.append(given)
                earned.append((given, award))

    return earn


def _reckoned(no: str, place: int, award: Earning, trim: Trim | None) -> Earn:
    wallet, reckon, on_lines = award.wallet, award.reckoner(), award.on_lines

    def earn(facts: Facts, awards: list[Given], earned: Earned) -> None:
        base, asked = reckon(facts)
        if asked:
            amount = asked
            if trim is not None:
                base, amount = trim(facts.counts, base, asked)
            if amount:
                given = _new(Given, (no, place, wallet, amount, base, asked))
                awards.append(given)
                if on_lines:
                    earned.append((given, award))

    return earn


_new: Final = tuple.__new__
"""Makes a named tuple of a plain one in half the time that its own name takes."""
Trim = Callable[[list[int], int, int], tuple[int, int]]
"""(base, amount) that a limit leaves, by the answers to the version's `reads`."""


def _trim(limit: Limit, award: Earning | Multiply) -> Trim | None:
    """What a member's own limit leaves of the first that an article gives; None where it limits another wallet."""
    index, at_most, amount_of = limit.index, limit.at_most, award.amount

    def times(counts: list[int], base: int, amount: int) -> tuple[int, int]:
        return (base, amount) if counts[index] < at_most else (base, 0)

    def points(counts: list[int], base: int, amount: int) -> tuple[int, int]:
        room = at_most - counts[index]
        return (base, amount) if amount <= room else (base, room) if room > 0 else (base, 0)

    nothing = amount_of(0)

    def of_base(counts: list[int], base: int, amount: int) -> tuple[int, int]:
        room = at_most - counts[index]
        if base <= room or not base:
            return base, amount
        return (room, min(amount, amount_of(room))) if room > 0 else (0, min(amount, nothing))

    if limit.of == "times":
        return times
    if limit.wallet != award.wallet:
        return None
    return points if limit.of == "points" else of_base


def _trims(limits: Sequence[Limit], award: Earning | Multiply) -> Trim | None:
    trims = [its for limit in limits if (its := _trim(limit, award)) is not None]
    if len(trims) < 2:
        return trims[0] if trims else None

    def each(counts: list[int], base: int, amount: int) -> tuple[int, int]:
        for trim in trims:
            base, amount = trim(counts, base, amount)
        return base, amount

    return each
