"""Facts in, ruling out: articles earn, limits trim, multipliers multiply; then what hangs on counters, in its order.

The order is the one of the bylaws' exactness rule 5. Nothing here reads a clock, a database or chance.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from loyalty.rules.awards.multiply import Earned
from loyalty.rules.bylaws import Article, Badge, Bylaws
from loyalty.rules.contest import Shut, contest
from loyalty.rules.facts import Facts
from loyalty.rules.feeding import feeds
from loyalty.rules.kinds import Earning
from loyalty.rules.ladder import Step, Tiers
from loyalty.rules.limiting import Caps, limited, use
from loyalty.rules.multiplying import Done, Multipliers, Multiplying
from loyalty.rules.occasions import OF_TIERS
from loyalty.rules.passing import PASSED, passed, receive
from loyalty.rules.plan import Plan, Ready
from loyalty.rules.rounds import go_round
from loyalty.rules.ruling import BadgeStep, Floor, Given, Handed, Ruling
from loyalty.rules.running import DEPTH, of_labels
from loyalty.rules.runs import serve
from loyalty.rules.streaks import reach
from loyalty.rules.tables import chosen
from loyalty.rules.tenure import rises_to
from loyalty.rules.winning import PRIZE, win


def evaluate(bylaws: Bylaws, facts: Facts) -> Ruling:
    """What one event gives its member. A member who is not active gets, and moves, nothing."""
    tier = facts.standing_tier
    ruling = Ruling(bylaws.version, [], [], tier, tier, [], False, None, (), {}, [])
    if not facts.active:
        ruling.feeds = [0] * len(bylaws.live)
        return ruling
    plan = bylaws.plan(facts)
    held = _give(bylaws, plan, facts, ruling)
    if bylaws.drastic:
        _drastic(held, ruling)
    if bylaws.lifting:
        _lift(bylaws, held, facts, ruling)
    if bylaws.passing:
        ruling.passes = bool(passed(bylaws, facts))
    for _ in range(DEPTH):
        go_round(bylaws, facts, ruling)
        before = len(ruling.awards)
        _reach(bylaws, plan, held, facts, ruling)
        if not bylaws.circling or len(ruling.awards) == before:
            break
    else:
        ruling.feeds, ruling.labels = feeds(bylaws, facts, facts, ruling.awards)
    if ruling.floor:
        _show(bylaws, ruling.floor, facts, ruling)
    return ruling


def _reach(bylaws: Bylaws, plan: Plan, held: list[Article], facts: Facts, ruling: Ruling) -> None:
    """Let what hangs on counters be reached, as they are fed by now: runs, streaks, badges, the tier.

    May be done again once what these gave is fed, too: it adds what is reached with that.
    """
    counts = _after(bylaws, facts, ruling)
    if facts.runs:
        serve(bylaws, facts, ruling)
    if bylaws.streaks:
        reach(bylaws, facts, ruling)
    _badges(plan, held, facts, counts, ruling)
    if facts.event.type in OF_TIERS:  # a move moves no tier: what was looked at when it came stands
        return
    if bylaws.steadily:
        for rank in range(bylaws.top, facts.earned_rank, -1):
            needs = plan.needs[rank]
            if needs is True or (needs and needs(facts, counts)):
                _earned(bylaws, rank, facts, ruling)
                break
    elif bylaws.tiers:
        _tier(bylaws, bylaws.tiers, facts, facts.with_counts(counts), ruling)


def award(bylaws: Bylaws, facts: Facts) -> list[Given]:
    """What the articles alone give for an event: without badges, tiers and what those give."""
    ruling = Ruling(bylaws.version)
    if facts.active:
        _give(bylaws, bylaws.plan(facts), facts, ruling)
    return ruling.awards


def met(bylaws: Bylaws, facts: Facts) -> list[Article]:
    """The articles whose conditions hold for an event."""
    return [its[0] for its in bylaws.plan(facts).articles if its[3] is None or its[3](facts, facts.counts)]


def _give(bylaws: Bylaws, plan: Plan, facts: Facts, ruling: Ruling) -> list[Article]:
    """Let the articles give; answers those that held and give more than what they earn."""
    if facts.offs:
        ruling.discounts = facts.offs
        ruling.awards += facts.off_awards
        ruling.uses |= facts.off_uses
    if facts.event.type == PASSED:
        return receive(bylaws, facts, ruling)
    if facts.event.type == PRIZE:
        win(bylaws, facts, ruling)
        return []
    if bylaws.contested:
        left, _ = contested(bylaws, facts, met(bylaws, facts))
        held = _amounts(bylaws, plan, plan.only(left), facts, ruling)
    else:
        held = _amounts(bylaws, plan, plan.articles, facts, ruling)
    for article in held:
        if article.messages:
            ruling.messages += article.messages
    return held


def _amounts(bylaws: Bylaws, plan: Plan, articles: Sequence[Ready], facts: Facts, ruling: Ruling) -> list[Article]:
    """Add what articles earn and multiply, where they hold; answers those that give anything else than earnings."""
    caps = Caps(bylaws.capped, facts, ruling.uses) if bylaws.capped else None
    counts, awards = facts.counts, ruling.awards
    earned: Earned = []
    others = []
    for article, used, at_most, test, earn, only_earns in articles:
        if (used < 0 or counts[used] < at_most) and (test is None or test(facts, counts)):
            if earn is not None:
                earn(facts, awards, earned)
            elif article.earnings:
                _earn(article, facts, ruling, caps, earned)
            if not only_earns:
                others.append(article)
    if plan.independent:
        for article in others:
            if article.multiply is not None:
                article.multiply(facts, awards, earned)
    elif multiplying := [(article, article.multiplies(facts)) for article in others if article.multipliers]:
        _multiply(multiplying, bylaws.stacking, earned, facts, ruling, caps)
    return others


def _drastic(held: Sequence[Article], ruling: Ruling) -> None:
    """The standing that the last article of those that held asks for, and the wallets that lapse."""
    for article in held:
        ruling.status = article.statuses[-1] if article.statuses else ruling.status
        ruling.forfeits += tuple(wallet for wallet in article.forfeits if wallet not in ruling.forfeits)


def _lift(bylaws: Bylaws, held: Sequence[Article], facts: Facts, ruling: Ruling) -> None:
    """The highest tier that articles give, and the runs that they hand out."""
    at, calendar = facts.event.occurred_at, bylaws.club.calendar
    given = [Floor(its.tier, its.until.ends(at, calendar)) for article in held for its in article.tiers]
    ruling.floor = max(given, key=lambda its: (bylaws.ranks[its.tier], its.until), default=None)
    for article in held:
        ruling.handed += [Handed(its.challenge, f"{article.no}:{n}", its.lasts) for n, its in enumerate(article.handed)]


def _show(bylaws: Bylaws, floor: Floor, facts: Facts, ruling: Ruling) -> None:
    """Let the member be shown a tier that is given, where none higher is."""
    if bylaws.ranks[floor.tier] > max(facts.standing_rank, bylaws.rank(ruling.tier_to)):
        ruling.tier_to = floor.tier


def contested(bylaws: Bylaws, facts: Facts, held: Sequence[Article]) -> tuple[list[Article], dict[str, Shut]]:
    """Of articles whose conditions hold those that are not shut out; and by whom the others are."""
    plan = bylaws.plan(facts)

    def gives(some: Sequence[Article]) -> dict[str, int]:
        tried = Ruling(bylaws.version)
        _amounts(bylaws, plan, plan.only(some), facts, tried)
        gave: dict[str, int] = {}
        for given in tried.awards:
            gave[given.article] = gave.get(given.article, 0) + given.amount
        return gave

    return contest(held, gives)


def _earn(article: Article, facts: Facts, ruling: Ruling, caps: Caps | None, earned: Earned) -> None:
    """What an article earns that has several awards, a table of rates, or limits that others share."""
    own: list[Given] = []
    for place, award in article.earns(facts):
        base, asked = award.of_given(ruling.awards) if award.follows else award.reckon(facts, facts.whole)
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


def _multiply(
    multiplying: list[Multiplying], stacking: str, earned: Earned, facts: Facts, ruling: Ruling, caps: Caps | None
) -> None:
    multipliers = Multipliers(stacking, multiplying, facts, earned)
    for article, awards in multiplying:
        own = [given for given in ruling.awards if given.article == article.no] if article.limits else []
        before = len(own)
        for place, award in awards:
            mask = multipliers.lines(article, place, award)
            base = multipliers.base(mask, award)
            amount = asked = award.amount(base)
            if asked and (article.limits or caps):
                base, amount = limited(article, award, facts, base, asked, own)
                if caps and amount:
                    amount = caps.cut(award.wallet, amount)
                if article.shared:
                    use(article, facts, ruling, amount, base, award.wallet, own)
            multipliers.done.append(Done(article.no, award, mask, amount))
            if amount:
                own.append(Given(article.no, place, award.wallet, amount, base, asked))
        ruling.awards += own[before:]


def _after(bylaws: Bylaws, facts: Facts, ruling: Ruling) -> list[int]:
    """The counters that tiers and badges stand on, at the member's latest day, as the event leaves them."""
    counts, feeds = facts.standing.copy(), ruling.feeds
    moved = bylaws.moved(facts.moment.day, facts.standing_day, facts.standing_since)
    for index, place in moved.amounts:
        counts[index] += feeds[place]
    for index, place in moved.days:
        if feeds[place] and not facts.active_days & (1 << place):  # a day that is counted already counts no more
            counts[index] += 1
    for index, place in moved.labelled:
        if place in ruling.labels:
            counts[index] += of_labels(bylaws, facts, index, ruling.labels[place])
    return counts


def _badges(plan: Plan, held: list[Article], facts: Facts, counts: list[int], ruling: Ruling) -> None:
    levels = facts.badges | dict(ruling.badges) if ruling.badges else facts.badges
    for badge, code, index, steps, test in plan.badges:
        has = levels.get(code, 0)
        if has < len(steps):
            if index >= 0:
                if counts[index] >= steps[has]:
                    _climb(badge, has, bisect_right(steps, counts[index]), facts, ruling)
            elif test is None or test(facts, facts.counts):
                _climb(badge, has, 1, facts, ruling)
    for article in held:
        for code in article.granted:
            if not facts.badges.get(code) and BadgeStep(code, 1) not in ruling.badges:
                ruling.badges.append(BadgeStep(code, 1))


def _climb(badge: Badge, has: int, reached: int, facts: Facts, ruling: Ruling) -> None:
    for level in range(has + 1, reached + 1):
        ruling.badges.append(BadgeStep(badge.code, level))
        ruling.awards.extend(_level_awards(badge, level, facts))


def earns_badge(bylaws: Bylaws, facts: Facts, code: str) -> bool:
    """Whether an event by itself earns a badge: by its condition, or by an article that hands it out."""
    badge = bylaws.badges.get(code)
    if badge is None or not facts.active:
        return False
    if badge.condition is not None:
        return badge.on.type == facts.event.type and badge.condition.holds(facts)
    held = met(bylaws, facts)
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
        _earned(bylaws, risen, before, ruling)


def _earned(bylaws: Bylaws, rank: int, facts: Facts, ruling: Ruling) -> None:
    """Note that a step is earned; a member who holds a higher one by hand does not move."""
    ruling.earned = bylaws.steps[rank].code
    if rank > facts.standing_rank:
        ruling.tier_to = ruling.earned


def _anew(step: Step, before: Facts, after: Facts) -> bool:
    if not (step.lasting and step.is_kept(after)):
        return False
    stood = before if before.standing is before.counts else before.with_counts(before.standing)
    return not step.is_kept(stood)
