"""Facts in, ruling out: articles earn, limits trim, multipliers multiply, counters feed badges and tiers.

The order is the one of the bylaws' exactness rule 5. Nothing here reads a clock, a database or chance.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from loyalty.rules.bylaws import Article, Badge, Bylaws
from loyalty.rules.contest import Shut, contest
from loyalty.rules.facts import Facts
from loyalty.rules.kinds import Earning
from loyalty.rules.ladder import Step, Tiers
from loyalty.rules.limiting import Caps, limited, use
from loyalty.rules.multiplying import Multipliers, Multiplying
from loyalty.rules.passing import PASSED, passed, receive
from loyalty.rules.ruling import BadgeStep, Given, Ruling
from loyalty.rules.tables import chosen
from loyalty.rules.tenure import rises_to


def evaluate(bylaws: Bylaws, facts: Facts) -> Ruling:
    """What one event gives its member. A member who is not active gets, and moves, nothing."""
    ruling = Ruling(bylaws.version, [], [], facts.standing_tier, facts.standing_tier, [], False, None, (), {}, [])
    if not facts.active:
        ruling.feeds = [0] * len(bylaws.live)
        return ruling
    held = _give(bylaws, facts, ruling)
    if bylaws.drastic:
        _drastic(held, ruling)
    if bylaws.passing:
        ruling.passes = bool(passed(bylaws, facts))
    ruling.feeds = _feeds(bylaws, facts, ruling.awards)
    counts = _after(bylaws, facts, ruling.feeds)
    _badges(bylaws, held, facts, counts, ruling)
    if bylaws.tiers and (facts.earned_rank < bylaws.top or bylaws.tiers.lasting):
        _tier(bylaws, bylaws.tiers, facts, facts.with_counts(counts), ruling)
    return ruling


def award(bylaws: Bylaws, facts: Facts) -> list[Given]:
    """What the articles alone give for an event: without badges, tiers and what those give."""
    ruling = Ruling(bylaws.version)
    if facts.active:
        _give(bylaws, facts, ruling)
    return ruling.awards


def _give(bylaws: Bylaws, facts: Facts, ruling: Ruling) -> list[Article]:
    """Let the articles earn and multiply; answers those that held."""
    if facts.event.type == PASSED:
        return receive(bylaws, facts, ruling)
    held = [
        article
        for article, holds in bylaws.in_force(facts.moment.day, facts.event.type)
        if holds is None or holds(facts)
    ]
    if bylaws.contested:
        held, _ = contested(bylaws, facts, held)
    _amounts(bylaws, facts, held, ruling)
    for article in held:
        if article.messages:
            ruling.messages += article.messages
    return held


def _amounts(bylaws: Bylaws, facts: Facts, held: Sequence[Article], ruling: Ruling) -> None:
    """Add what some articles earn and multiply."""
    caps = Caps(bylaws.capped, facts, ruling.uses) if bylaws.capped else None
    earned = _earn(held, facts, ruling, caps)
    multiplying = [
        (article, article.multiplies(facts) if article.tabled else article.multipliers)
        for article in held
        if article.multipliers
    ]
    if multiplying:
        _multiply(Multipliers(bylaws.stacking, multiplying, facts, earned), multiplying, facts, ruling, caps)


def _drastic(held: Sequence[Article], ruling: Ruling) -> None:
    """The standing that the last article of those that held asks for, and the wallets that lapse."""
    for article in held:
        ruling.status = article.statuses[-1] if article.statuses else ruling.status
        ruling.forfeits += tuple(wallet for wallet in article.forfeits if wallet not in ruling.forfeits)


def contested(bylaws: Bylaws, facts: Facts, held: Sequence[Article]) -> tuple[list[Article], dict[str, Shut]]:
    """Of articles whose conditions hold those that are not shut out; and by whom the others are."""

    def gives(some: Sequence[Article]) -> dict[str, int]:
        tried = Ruling(bylaws.version)
        _amounts(bylaws, facts, some, tried)
        gave: dict[str, int] = {}
        for given in tried.awards:
            gave[given.article] = gave.get(given.article, 0) + given.amount
        return gave

    return contest(held, gives)


def _earn(held: Sequence[Article], facts: Facts, ruling: Ruling, caps: Caps | None) -> list[tuple[Given, Earning]]:
    """What the articles give; answers what belongs to lines, with its award, for multipliers."""
    earned: list[tuple[Given, Earning]] = []
    whole = facts.whole
    for article in held:
        own: list[Given] = []
        for place, award in article.earns(facts) if article.tabled else article.earnings:
            base, asked = award.reckon(facts, whole)
            amount = asked
            if asked and (article.limits or caps):
                base, amount = limited(article, award, facts, base, asked, own)
                if caps and amount:
                    amount = caps.cut(award.wallet, amount)
                if article.shared:
                    use(article, facts, ruling, amount, base, award.wallet, own)
            if amount:
                given = Given(article.no, place, award.wallet, amount, base, asked)
                own.append(given)
                if award.on_lines:
                    earned.append((given, award))
        ruling.awards += own
    return earned


def _multiply(
    multipliers: Multipliers, multiplying: list[Multiplying], facts: Facts, ruling: Ruling, caps: Caps | None
) -> None:
    for article, awards in multiplying:
        own = [given for given in ruling.awards if given.article == article.no] if article.limits else []
        earned = len(own)
        for place, award in awards:
            base, asked = multipliers.next(article, place, award)
            amount = asked
            if asked and (article.limits or caps):
                base, amount = limited(article, award, facts, base, asked, own)
                if caps and amount:
                    amount = caps.cut(award.wallet, amount)
                if article.shared:
                    use(article, facts, ruling, amount, base, award.wallet, own)
            multipliers.gave(amount)
            if amount:
                own.append(Given(article.no, place, award.wallet, amount, base, asked))
        ruling.awards += own[earned:]


def _feeds(bylaws: Bylaws, facts: Facts, awards: list[Given]) -> list[int]:
    feeds = [0] * len(bylaws.live)
    for place, counter in bylaws.fed_by.get(facts.event.type, ()):
        feeds[place] = counter.feed(facts)
    for given in awards:
        for place, counter in bylaws.of_articles.get(given.article, ()):
            feeds[place] = counter.with_given(feeds[place], given)
    return feeds


def _after(bylaws: Bylaws, facts: Facts, feeds: list[int]) -> list[int]:
    """The counters that tiers and badges stand on, at the member's latest day, as the event leaves them."""
    counts = facts.standing.copy()
    for index, place, of_days in bylaws.moved(facts.moment.day, facts.standing_day, facts.standing_since):
        fed = feeds[place]
        if fed and of_days:
            fed = 0 if facts.active_days & (1 << place) else 1  # a day that is counted already counts no more
        counts[index] += fed
    return counts


def _badges(bylaws: Bylaws, held: list[Article], facts: Facts, counts: list[int], ruling: Ruling) -> None:
    for badge in bylaws.badges.values():
        has = facts.badges.get(badge.code, 0)
        if has >= badge.height:
            continue
        if badge.counter is not None:
            reached = bisect_right(badge.steps, counts[badge.index])
        else:
            asked = badge.condition if badge.on.type == facts.event.type else None
            reached = int(asked is not None and asked.holds(facts))
        for level in range(has + 1, reached + 1):
            ruling.badges.append(BadgeStep(badge.code, level))
            ruling.awards.extend(_level_awards(badge, level, facts))
    for article in held:
        for code in article.granted:
            if not facts.badges.get(code) and BadgeStep(code, 1) not in ruling.badges:
                ruling.badges.append(BadgeStep(code, 1))


def earns_badge(bylaws: Bylaws, facts: Facts, code: str) -> bool:
    """Whether an event by itself earns a badge: by its condition, or by an article that hands it out."""
    badge = bylaws.badges.get(code)
    if badge is None or not facts.active:
        return False
    if badge.condition is not None:
        return badge.on.type == facts.event.type and badge.condition.holds(facts)
    held = [
        article
        for article, holds in bylaws.in_force(facts.moment.day, facts.event.type)
        if holds is None or holds(facts)
    ]
    if bylaws.contested:
        held, _ = contested(bylaws, facts, held)
    return any(code in article.granted for article in held)


def lost_levels(badge: Badge, level: int, count: int) -> range:
    """The levels of a badge that its counter does not reach any more."""
    reached = sum(its.at <= count for its in badge.levels)
    return range(reached + 1, level + 1)


def _level_awards(badge: Badge, level: int, facts: Facts) -> list[Given]:
    awards = []
    for place, award in enumerate(badge.levels[level - 1].give):
        if isinstance(award, Earning) and (one := chosen(award, facts)):
            amount = one.amount(0)
            awards.append(Given(f"badge:{badge.code}:{level}", place, award.wallet, amount, 0, amount))
    return awards


def _tier(bylaws: Bylaws, tiers: Tiers, before: Facts, after: Facts, ruling: Ruling) -> None:
    """Earn a higher step or, where what keeps the present one comes to hold anew, that one anew."""
    rank = before.earned_rank
    risen = rises_to(bylaws, after, rank) if tiers.promote == "at_once" else rank
    if risen > rank or (rank >= 0 and _anew(bylaws.steps[rank], before, after)):
        ruling.earned = bylaws.steps[risen].code
        if risen > before.standing_rank:
            ruling.tier_to = ruling.earned


def _anew(step: Step, before: Facts, after: Facts) -> bool:
    if not (step.lasting and step.is_kept(after)):
        return False
    stood = before if before.standing is before.counts else before.with_counts(before.standing)
    return not step.is_kept(stood)
