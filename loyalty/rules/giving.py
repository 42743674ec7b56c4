"""What is given for what was done over some time, by challenges and streaks. Pure."""

from __future__ import annotations

from loyalty.rules.awards.effects import GiveBadge, GiveMessage, HandOut
from loyalty.rules.facts import Facts
from loyalty.rules.kinds import Award, Earning
from loyalty.rules.ruling import BadgeStep, Given, Handed, Ruling
from loyalty.rules.tables import chosen


def give(gifts: tuple[Award, ...], name: str, facts: Facts, ruling: Ruling) -> None:
    """Add gifts to a ruling, amounts under a name in place of an article's number. They are not multiplied."""
    for place, gift in enumerate(gifts):
        if isinstance(gift, Earning):
            if one := chosen(gift, facts):
                amount = one.amount(0)
                ruling.awards.append(Given(name, place, gift.wallet, amount, 0, amount))
        elif isinstance(gift, GiveBadge):
            if not facts.badges.get(gift.value) and BadgeStep(gift.value, 1) not in ruling.badges:
                ruling.badges.append(BadgeStep(gift.value, 1))
        elif isinstance(gift, GiveMessage):
            ruling.messages.append(gift.value)
        elif isinstance(gift, HandOut):
            ruling.handed.append(Handed(gift.challenge, f"{name}:{place}", gift.lasts))


def badges_of(gifts: tuple[Award, ...]) -> tuple[str, ...]:
    """The badges among gifts."""
    return tuple(gift.value for gift in gifts if isinstance(gift, GiveBadge))
