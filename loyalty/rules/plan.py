"""What a version comes to for one type of event in one setting: everything that can be known before an event happens.

What things mean is said by their classes; here they are only made ready, as functions that know what they can. Nothing
is made of text.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from loyalty.rules.earning import Earn
from loyalty.rules.facts import Setting, Test
from loyalty.rules.kinds import Condition
from loyalty.rules.parts import Article, Badge

T = TypeVar("T")
# Plain tuples, not named ones: to take those apart takes ten times as long, and every event takes all of them apart.
Ready = tuple[Article, int, int, Test | None, Earn | None, bool]
"""An article that may hold. The read that tells what a member has used of its limit, and at how much of that it gives
nothing more; -1 where this can't be told so. What tests it; None where the setting tells that it holds. What lets it
earn at once; None where that takes more, or where it earns nothing. Whether it does nothing but earn."""
Sought = tuple[Badge, str, int, tuple[int, ...], Test | None]
"""A badge that an event may earn, and its code. The place of what is read of its counter, and what its levels ask of
that; -1 and one level where it has a condition instead. What tests that; None where the setting tells that it holds."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What may hold and be earned."""

    articles: tuple[Ready, ...]
    badges: tuple[Sought, ...]
    independent: bool
    """Whether no multiplier reckons with what another gives, so that each may multiply by itself."""
    needs: tuple[Test | bool, ...]
    """What tests whether each step of the ladder is earned, or what that comes to."""

    def only(self, articles: Sequence[Article]) -> list[Ready]:
        """Some articles, of which it is known that they hold."""
        return [
            (its, used, most, None, earn, only) for its, used, most, _, earn, only in self.articles if its in articles
        ]


class Planner:
    """Makes the plans of a version. What they have in common is made once: years have many days."""

    def __init__(
        self,
        articles: Sequence[Article],
        badges: Sequence[Badge],
        needs: Sequence[Condition | None],
        stacking: str,
        capped: bool,
    ) -> None:
        self.articles = articles
        self.badges = badges
        self.needs = needs
        self.stacking = stacking
        self.capped = capped
        """Whether wallets have limits of their own."""
        self._shared: dict[Hashable, Any] = {}

    def plan(self, type_: str, setting: Setting) -> Plan:
        """What may hold for a type of event in a setting."""
        ready: list[Ready] = []
        for article in self.articles:
            if article.on.type == type_ and article.in_force(setting.day):
                test = self._test(article.condition, setting)
                if article.discounts and not isinstance(test, bool):
                    test = self._once((article.no, test, "sent"), _on_sent(test))
                earn = None if self.capped else article.earn
                if test is not False:
                    it = article, *_used_up(article), _open(test), earn, article.only_earns
                    ready.append(self._once((article.no, test), it))
        sought: list[Sought] = []
        for badge in self.badges:
            if badge.counter is not None or (badge.condition is not None and badge.on.type == type_):
                test = self._test(badge.condition, setting)
                if test is not False:
                    other = badge, badge.code, badge.index, badge.steps, _open(test)
                    sought.append(self._once((badge.code, test, "badge"), other))
        needs = tuple(self._test(condition, setting) for condition in self.needs)
        independent = not self.capped and _independent(self.stacking, [article for article, *_ in ready])
        key = *map(id, ready), *map(id, sought), needs
        return self._once(key, Plan(tuple(ready), tuple(sought), independent, needs))

    def _test(self, condition: Condition | None, setting: Setting) -> Test | bool:
        left = True if condition is None else condition.left(setting)
        return left if isinstance(left, bool) else self._once(left, left.test())

    def _once(self, key: Hashable, thing: T) -> T:
        found: T = self._shared.setdefault(key, thing)
        return found


def _independent(stacking: str, articles: Sequence[Article]) -> bool:
    multiplying = [article for article in articles if article.multipliers]
    if not all(article.multiply for article in multiplying):
        return False
    if stacking != "compound" or len(multiplying) < 2:
        return stacking == "add" or len(multiplying) < 2
    given = [(article.no, award) for article in multiplying for _, award in article.multipliers]
    return not any(award.sees(no, its.wallet) for n, (_, award) in enumerate(given) for no, its in given[:n])


def _used_up(article: Article) -> tuple[int, int]:
    """At which read, and at how much of it, an article that only earns has nothing more to give."""
    if article.earn is not None and article.only_earns:
        [(_, award)] = article.earnings
        for limit in article.limits:
            if limit.of == "times" or (limit.wallet == award.wallet and (limit.of == "points" or not award.constant)):
                return limit.index, limit.at_most
    return -1, 0


def _on_sent(test: Test) -> Test:
    """A test over the basket as it was sent, before discounts."""
    return lambda facts, counts: test(facts.sent or facts, counts)


def _open(test: Test | bool) -> Test | None:
    return None if isinstance(test, bool) else test
