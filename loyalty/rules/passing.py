"""Awards to somebody else than the member: what an event hands on, and what it is to whoever receives it. Pure.

One ruling touches one member. What another is to have of it waits until the purchase has outlived the return window;
then what is kept of it is looked at, and each award comes to its receiver as an event of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from loyalty.rules.facts import PURCHASE
from loyalty.rules.kinds import Earning
from loyalty.rules.limiting import Caps, limited, use
from loyalty.rules.occasions import REFERRAL
from loyalty.rules.ruling import Given, Ruling
from loyalty.rules.tables import chosen

if TYPE_CHECKING:
    from loyalty.rules.bylaws import Bylaws
    from loyalty.rules.facts import Facts
    from loyalty.rules.parts import Article

PASSED: Final = "passed"
"""The type of the event by which a receiver gets an award."""
REFERRED: Final = "referred"
"""What a version reads of a member whom somebody brought to the club."""


class Passed(NamedTuple):
    """An award that goes to somebody else: `to` is `referrer`, `friend`, `cashier` or a field's name."""

    article: str
    award: int
    to: str
    base: int
    asked: int

    def data(self, event_id: int, giver: int, version: int) -> dict[str, Any]:
        """What the event carries that brings it to its receiver."""
        own = {"article": self.article, "award": self.award, "base": self.base, "asked": self.asked}
        return own | {"event": event_id, "from": giver, "version": version}


def passed(bylaws: Bylaws, facts: Facts) -> list[Passed]:
    """What an event gives to others, before their limits."""
    if not (bylaws.passing and facts.active):
        return []
    articles = bylaws.plan(facts).articles
    if facts.event.type == PURCHASE and facts.values.get(REFERRED):
        articles += bylaws.plan(facts, REFERRAL.type).articles
    found = []
    for article, _, _, test, _, _ in articles:
        if article.passed and (test is None or test(facts, facts.counts)):
            for place, award in article.passed:
                one = chosen(award, facts) if award.table else award
                base, asked = one.reckon(facts, facts.whole) if one else (0, 0)
                if asked:
                    found.append(Passed(article.no, place, award.to, base, asked))
    return found


def receive(bylaws: Bylaws, facts: Facts, ruling: Ruling) -> list[Article]:
    """Give the receiver of a passed award what the limits leave of it; by another version it may be another amount."""
    told = facts.event.attributes
    article = next((its for its in bylaws.articles if its.no == told["article"]), None)
    award = article.give[told["award"]] if article and told["award"] < len(article.give) else None
    if article is None or not isinstance(award, Earning) or award.total:
        return []
    asked = told["asked"] if award.table else award.amount(told["base"])
    base, amount = limited(article, award, facts, told["base"], asked, [])
    if bylaws.capped and amount:
        amount = Caps(bylaws.capped, facts, ruling.uses).cut(award.wallet, amount)
    if article.shared:
        use(article, facts, ruling, amount, base, award.wallet, [])
    if amount:
        ruling.awards.append(Given(article.no, told["award"], award.wallet, amount, base, asked))
    return [article]
