"""Judging as the classes say it, one after the other, with nothing made ready: what plans are held to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loyalty.rules import Bylaws, Facts, Ruling
from loyalty.rules.awards.multiply import Multiply
from loyalty.rules.bylaws import Article
from loyalty.rules.contest import contest
from loyalty.rules.kinds import Earning
from loyalty.rules.limiting import Caps, limited, use
from loyalty.rules.multiplying import Done, Multipliers
from loyalty.rules.ruling import BadgeStep, Given


def judged_plainly(bylaws: Bylaws, facts: Facts) -> Ruling:
    """What an event gives an active member."""
    ruling = Ruling(bylaws.version, tier_from=facts.standing_tier, tier_to=facts.standing_tier)
    held = [
        article
        for article in bylaws.articles
        if article.on.type == facts.event.type
        and article.in_force(facts.moment.day)
        and (article.condition is None or article.condition.holds(facts))
    ]
    if bylaws.contested:
        held, _ = contest(held, lambda some: _tried(bylaws, some, facts))
    _amounts(bylaws, held, facts, ruling)
    ruling.messages = [message for article in held for message in article.messages]
    for _ in range(3):
        before = len(ruling.awards)
        counts = _after(bylaws, facts, _feeds(bylaws, facts, ruling.awards))
        _badges(bylaws, held, facts, counts, ruling)
        if len(ruling.awards) == before:
            break
    ruling.feeds = _feeds(bylaws, facts, ruling.awards)
    for rank in range(facts.standing_rank + 1, len(bylaws.steps)):
        needs = bylaws.steps[rank].needs
        if needs is None or needs.holds(facts.with_counts(counts)):
            ruling.tier_to = bylaws.steps[rank].code
    return ruling


def _tried(bylaws: Bylaws, some: Sequence[Article], facts: Facts) -> Mapping[str, int]:
    tried = Ruling(bylaws.version)
    _amounts(bylaws, some, facts, tried)
    return {one.no: sum(given.amount for given in tried.awards if given.article == one.no) for one in some}


def _amounts(bylaws: Bylaws, held: Sequence[Article], facts: Facts, ruling: Ruling) -> None:
    caps, earned = Caps(bylaws.capped, facts, ruling.uses), []

    def give(article: Article, place: int, award: Earning | Multiply, base: int, asked: int) -> int:
        own = [given for given in ruling.awards if given.article == article.no]
        amount = asked
        if asked:
            base, amount = limited(article, award, facts, base, asked, own)
            amount = caps.cut(award.wallet, amount)
            use(article, facts, ruling, amount, base, award.wallet, own)
        if amount:
            ruling.awards.append(Given(article.no, place, award.wallet, amount, base, asked))
        return amount

    for article in held:
        for place, award in article.earns(facts):
            if give(article, place, award, *award.reckon(facts, facts.whole)) and award.on_lines:
                earned.append((ruling.awards[-1], award))
    multiplying = [(article, article.multiplies(facts)) for article in held]
    multipliers = Multipliers(bylaws.stacking, multiplying, facts, earned)
    for article, awards in multiplying:
        for place, award in awards:
            mask = multipliers.lines(article, place, award)
            base = multipliers.base(mask, award)
            gave = give(article, place, award, base, award.amount(base))
            multipliers.done.append(Done(article.no, award, mask, gave))


def _feeds(bylaws: Bylaws, facts: Facts, awards: Sequence[Given]) -> list[int]:
    feeds = []
    for counter in bylaws.live:
        if counter.type is not None:
            feeds.append(counter.feed(facts) if counter.type == facts.event.type else 0)
            continue
        its = [
            given
            for given in awards
            if (not counter.articles or given.article in counter.articles) and counter.wallet in (None, given.wallet)
        ]
        of = {"amount": [given.amount for given in its], "base": [given.base for given in its], "times": [bool(its)]}
        feeds.append(sum(of[counter.measure]))
    return feeds


def _after(bylaws: Bylaws, facts: Facts, feeds: Sequence[int]) -> list[int]:
    counts = list(facts.standing)
    asks = bylaws.asks(facts.standing_day, facts.standing_since)
    for index, (read, ask) in enumerate(zip(bylaws.reads, asks, strict=True)):
        if read.counter in bylaws.counters.values() and ask.span.holds(facts.moment.day):
            counted = read.counter.measure == "days" and facts.active_days & (1 << ask.place)
            counts[index] += 0 if counted else feeds[ask.place]
    return counts


def _badges(bylaws: Bylaws, held: Sequence[Article], facts: Facts, counts: Sequence[int], ruling: Ruling) -> None:
    for badge in bylaws.badges.values():
        if badge.counter is not None:
            reached = sum(level.at <= counts[badge.index] for level in badge.levels)
        else:
            on = badge.condition is not None and badge.on.type == facts.event.type
            reached = int(on and badge.condition.holds(facts))
        has = max([facts.badges.get(badge.code, 0), *(its.level for its in ruling.badges if its.code == badge.code)])
        for level in range(has + 1, reached + 1):
            ruling.badges.append(BadgeStep(badge.code, level))
            for place, award in enumerate(badge.levels[level - 1].give):
                if isinstance(award, Earning):
                    amount = award.amount(0)
                    ruling.awards.append(Given(f"badge:{badge.code}:{level}", place, award.wallet, amount, 0, amount))
    for code in (code for article in held for code in article.granted):
        if not facts.badges.get(code) and BadgeStep(code, 1) not in ruling.badges:
            ruling.badges.append(BadgeStep(code, 1))
