"""Discounts before everything else: articles take theirs off a basket, then codes and redeemed rewards. Pure.

A step from facts to facts: what is judged afterwards sees the basket as it is left, and what was taken off is told
beside it. Whether an article with a discount holds is judged on the basket as it was sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from loyalty.rules.awards.discount import Discount
from loyalty.rules.discounts import NOTHING, Left, Taken, cut
from loyalty.rules.facts import Facts, Purchase
from loyalty.rules.limiting import limited, use
from loyalty.rules.parts import Article
from loyalty.rules.reading import Node, Reading
from loyalty.rules.ruling import Given, Off, Ruling
from loyalty.rules.things import DISCOUNT
from loyalty.rules.voice import Voice
from loyalty.values import Text

if TYPE_CHECKING:
    from loyalty.rules.bylaws import Bylaws


class Offer(NamedTuple):
    """What a code or a redeemed reward promises on this sale, frozen with its ruling."""

    by: str
    """`code:ID`, or `redeem:ID` of a reward that is redeemed with the sale."""
    title: Text
    document: Mapping[str, Any]
    """The discount, as its reward says it."""

    def discount(self) -> Discount:
        """The discount; it was checked when the reward was written."""
        return Discount.load(Node(self.document, "/discount", Reading()))

    def form(self) -> list[Any]:
        """Itself as it is stored."""
        return [self.by, list(self.title), self.document]

    @classmethod
    def from_form(cls, form: Sequence[Any]) -> Offer:
        """The inverse of `form`."""
        by, title, document = form
        return cls(by, Text(*title), document)


def discounted(bylaws: Bylaws, facts: Facts) -> Facts:
    """The facts with the basket as discounts leave it; the same where there are none."""
    if not (bylaws.discounting or facts.offers) or not isinstance(facts.event, Purchase) or not facts.active:
        return facts
    left, tried = Left(facts), Ruling(bylaws.version)
    offs = [*_of_articles(bylaws, facts, left, tried), *_of_offers(facts.offers, left)]
    if not offs:
        return facts
    lowered = replace(facts, event=left.lowered(), offers=facts.offers)
    lowered.sent, lowered.offs = facts, tuple(offs)
    lowered.off_awards, lowered.off_uses = tuple(tried.awards), tried.uses
    return lowered


def _of_articles(bylaws: Bylaws, facts: Facts, left: Left, tried: Ruling) -> Iterator[Off]:
    """In the order of the document; of a group only what takes off most, in the place of its first."""
    held = [article for article in _held(bylaws, facts) if article.discounts]
    done: set[str] = set()
    for article in held:
        if article.group in done:
            continue
        best = article
        if article.group is not None:
            done.add(article.group)
            rivals = [its for its in held if its.group == article.group]
            best = max(rivals, key=lambda its: sum(left.tries(discount).amount for _, discount in its.discounts))
        for place, discount in best.discounts:
            taken = _limited(best, place, discount, facts, left.tries(discount), tried)
            if taken.amount:
                left.takes(taken)
                yield _off(best.no, best.title, taken, facts)


def _held(bylaws: Bylaws, facts: Facts) -> list[Article]:
    """The articles that hold, on the basket as it was sent."""
    return [its[0] for its in bylaws.plan(facts).articles if its[3] is None or its[3](facts, facts.counts)]


def _limited(article: Article, place: int, discount: Discount, facts: Facts, taken: Taken, tried: Ruling) -> Taken:
    """What the article's limits leave of a discount; noted like an amount that it gives."""
    asked = amount = base = taken.amount
    own = [given for given in tried.awards if given.article == article.no]
    if asked and article.limits:
        base, amount = limited(article, discount, facts, asked, asked, own)
        use(article, facts, tried, amount, base, DISCOUNT, own)
    if not amount:
        return NOTHING
    tried.awards.append(Given(article.no, place, DISCOUNT, amount, base, asked))
    return cut(taken, amount)


def _of_offers(offers: Sequence[Offer], left: Left) -> Iterator[Off]:
    """Those that stack all apply; of the others the best for this basket does by itself."""
    read = [(offer, offer.discount()) for offer in offers]
    alone = [its for its in read if not its[1].stacks and its[0].by.startswith("code:")]
    best = max(alone, key=lambda its: left.tries(its[1]).amount, default=None)
    for offer, discount in read:
        if discount.stacks or not offer.by.startswith("code:") or (offer, discount) == best:
            taken = left.tries(discount)
            if taken.amount:
                left.takes(taken)
                yield _off(offer.by, offer.title, taken, left.facts)


def plain_facts(bylaws: Bylaws, purchase: Purchase) -> Facts:
    """Facts of a basket alone, of nobody: for what a code takes off it."""
    moment = bylaws.club.calendar.moment(purchase.occurred_at)
    return Facts(purchase, moment, bylaws.club.calendar, None, -1, [], [], moment.day, None, -1, {}, {})


def tries(facts: Facts, offer: Offer) -> Off | None:
    """What an offer alone would take off a basket as it was sent."""
    taken = Left(facts).tries(offer.discount())
    return _off(offer.by, offer.title, taken, facts) if taken.amount else None


def lacking(voice: Voice, facts: Facts, offer: Offer) -> str:
    """Why an offer took nothing off a basket."""
    net, least = facts.event.net, offer.discount().min_basket
    if least is not None and net < least:
        return voice.pick(
            f"It begins with a basket of {voice.money(least)}; {voice.money(least - net)} more are needed.",
            f"از خریدی به مبلغ {voice.money(least)} آغاز می‌شود؛ {voice.money(least - net)} کم است.",
        )
    return voice.pick(
        "The basket holds nothing that it lowers, or another takes off more.",
        "در این خرید چیزی نیست که با آن تخفیف بگیرد، یا تخفیف دیگری بیشتر است.",
    )


def _off(by: str, title: Text, taken: Taken, facts: Facts) -> Off:
    lines = facts.event.lines
    return Off(by, title, taken.amount, tuple((lines[place].line, amount) for place, amount in taken.lines))


def lowered(purchase: Purchase, offs: Sequence[Off]) -> Purchase:
    """A purchase as discounts that are known left it."""
    if not offs:
        return purchase
    off: dict[str, int] = {}
    for its in offs:
        for line, amount in its.lines:
            off[line] = off.get(line, 0) + amount
    lines = tuple(line._replace(net=line.net - off.get(line.line, 0)) for line in purchase.lines)
    return replace(purchase, lines=lines, net=purchase.net - sum(its.amount for its in offs))
