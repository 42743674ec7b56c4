"""Facts in, ruling out: articles earn, limits trim, multipliers multiply, counters feed badges and tiers.

The order is the one of the bylaws' exactness rule 5. Nothing here reads a clock, a database or chance.
"""

from __future__ import annotations

from copy import copy

from loyalty.rules.awards.multiply import Multiply
from loyalty.rules.bylaws import Article, Badge, Bylaws
from loyalty.rules.facts import Facts
from loyalty.rules.kinds import Earning
from loyalty.rules.multiplying import Multipliers
from loyalty.rules.ruling import BadgeStep, Given, Ruling


def evaluate(bylaws: Bylaws, facts: Facts) -> Ruling:
    """What one purchase gives its member. A member who is not active gets, and moves, nothing."""
    ruling = Ruling(bylaws.version, tier_from=facts.standing_tier, tier_to=facts.standing_tier)
    if not facts.active:
        ruling.feeds = [0] * len(bylaws.live)
        return ruling
    held = [article for article in bylaws.articles if holds(article, facts)]
    _earn(held, facts, ruling)
    if any(article.multipliers for article in held):
        _multiply(bylaws, held, facts, ruling)
    for article in held:
        ruling.messages.extend(article.messages)
    ruling.feeds = _feeds(bylaws, facts, ruling)
    after = _after(bylaws, facts, ruling.feeds)
    _badges(bylaws, held, facts, after, ruling)
    rank = qualified(bylaws, after)
    if bylaws.tiers and rank > facts.standing_rank:
        ruling.tier_to = bylaws.tiers.ladder[rank].code
    return ruling


def holds(article: Article, facts: Facts) -> bool:
    """Whether an article is in force on the event's day and its condition holds."""
    if not article.in_force(facts.moment.day):
        return False
    return article.condition is None or article.condition.holds(facts)


def _earn(held: list[Article], facts: Facts, ruling: Ruling) -> None:
    awards = ruling.awards
    for article in held:
        if not article.earnings:
            continue
        first = len(awards)
        for place, award in article.earnings:
            base, asked = award.reckon(facts, facts.whole)
            amount = asked
            if article.limits and asked:
                base, amount = limited(article, award, facts, base, asked, awards[first:])
                _use(article, facts, ruling, amount, base, award.wallet, awards[first:])
            if amount:
                awards.append(Given(article.no, place, award.wallet, amount, base, asked))


def limited(
    article: Article, award: Earning | Multiply, facts: Facts, base: int, asked: int, before: list[Given]
) -> tuple[int, int]:
    """(base, amount) that the article's limits leave, after what its earlier awards of this event took."""
    amount = asked
    for limit in article.limits:
        if limit.of == "times":
            if limit.room(facts, 0) < 1:
                return base, 0
        elif award.wallet == limit.wallet:
            own = [given for given in before if given.wallet == limit.wallet]
            if limit.of == "points":
                amount = min(amount, limit.room(facts, sum(given.amount for given in own)))
            elif base > (room := limit.room(facts, sum(given.base for given in own))):
                base = room
                amount = min(amount, award.amount(base))
    return base, amount


def _use(
    article: Article, facts: Facts, ruling: Ruling, amount: int, base: int, wallet: str, before: list[Given]
) -> None:
    """Note what an amount uses of limits that all members share."""
    for limit in article.limits:
        if limit.per != "club" or not amount or (limit.of != "times" and limit.wallet != wallet):
            continue
        used = amount if limit.of == "points" else base if limit.of == "base" else int(not before)
        key = limit.budget(facts)
        ruling.uses[key] = ruling.uses.get(key, 0) + used


def _multiply(bylaws: Bylaws, held: list[Article], facts: Facts, ruling: Ruling) -> None:
    multipliers = Multipliers(bylaws.stacking, held, facts, list(ruling.awards))
    for article in held:
        for place, award in article.multipliers:
            base, asked = multipliers.next(article, award)
            amount = asked
            if article.limits and asked:
                own = [given for given in ruling.awards if given.article == article.no]
                base, amount = limited(article, award, facts, base, asked, own)
                _use(article, facts, ruling, amount, base, award.wallet, own)
            multipliers.gave(amount)
            if amount:
                ruling.awards.append(Given(article.no, place, award.wallet, amount, base, asked))


def _feeds(bylaws: Bylaws, facts: Facts, ruling: Ruling) -> list[int]:
    return [
        counter.feed_given(ruling.awards) if counter.of == "given" else counter.feed(facts) for counter in bylaws.live
    ]


def _after(bylaws: Bylaws, facts: Facts, feeds: list[int]) -> Facts:
    """The same facts with the counters, at the member's latest day, as the event leaves them."""
    counts = list(facts.standing)
    day = facts.moment.day
    for index, (place, (start, end), _) in enumerate(bylaws.asks(facts.standing_day)):
        fed = feeds[place]
        if not fed or day > end or (start is not None and day < start):
            continue
        if place in bylaws.of_days:
            if facts.active_days & (1 << place):
                continue  # the day was counted already
            fed = 1
        counts[index] += fed
    after = copy(facts)
    after.counts = counts
    return after


def _badges(bylaws: Bylaws, held: list[Article], facts: Facts, after: Facts, ruling: Ruling) -> None:
    for badge in bylaws.badges.values():
        has = facts.badges.get(badge.code, 0)
        if badge.counter is not None:
            reached = sum(level.at <= after.counts[badge.index] for level in badge.levels)
        else:
            reached = int(not has and badge.condition is not None and badge.condition.holds(facts))
        for level in range(has + 1, reached + 1):
            ruling.badges.append(BadgeStep(badge.code, level))
            ruling.awards.extend(_level_awards(badge, level))
    for article in held:
        for code in article.granted:
            if not facts.badges.get(code) and BadgeStep(code, 1) not in ruling.badges:
                ruling.badges.append(BadgeStep(code, 1))


def _level_awards(badge: Badge, level: int) -> list[Given]:
    awards = []
    for place, award in enumerate(badge.levels[level - 1].give):
        if isinstance(award, Earning):
            amount = award.amount(0)
            awards.append(Given(f"badge:{badge.code}:{level}", place, award.wallet, amount, 0, amount))
    return awards


def qualified(bylaws: Bylaws, facts: Facts) -> int:
    """The rank of the highest step whose needs hold; -1 for none."""
    if not bylaws.tiers:
        return -1
    ladder = bylaws.tiers.ladder
    for rank in range(len(ladder) - 1, -1, -1):
        needs = ladder[rank].needs
        if needs is None or needs.holds(facts):
            return rank
    return -1


def reviewed(bylaws: Bylaws, facts: Facts) -> str | None:
    """The tier on which a member stands when windows have moved on without an event."""
    if not bylaws.tiers:
        return facts.standing_tier
    rank, now = qualified(bylaws, facts), facts.standing_rank
    if rank < now:
        match bylaws.tiers.demote:
            case "never":
                rank = now
            case "one_step":
                rank = now - 1
    return bylaws.tiers.ladder[rank].code if rank >= 0 else None
