"""What is odd about bylaws that load: nothing forbids it, and somebody should look. With place and sentence. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from loyalty.rules.awards.earn import Earn
from loyalty.rules.bylaws import Article, Badge, Bylaws, Step
from loyalty.rules.compare import implies, never
from loyalty.rules.conditions.history import NthPurchase
from loyalty.rules.conditions.logic import All
from loyalty.rules.conditions.time import Dates
from loyalty.rules.finding import Finding, article_said, day_said
from loyalty.rules.game_findings import of_game
from loyalty.rules.giving import badges_of
from loyalty.rules.goals import Counted, Test
from loyalty.rules.kinds import Condition
from loyalty.rules.ladder import counts_since_tier
from loyalty.rules.overlaps import overlaps
from loyalty.values import Text


def findings(bylaws: Bylaws, today: date) -> list[Finding]:
    """Everything odd, in the document's order."""
    return [
        *_events(bylaws),
        *_audiences(bylaws),
        *_articles(bylaws, today),
        *overlaps(bylaws),
        *_tiers(bylaws),
        *_keeping(bylaws),
        *_badges(bylaws, today),
        *_counters(bylaws),
        *of_game(bylaws, today),
    ]


def _events(bylaws: Bylaws) -> Iterator[Finding]:
    """Types of events that are declared and mean nothing to anybody."""
    used = bylaws.occasions.keys() | {counter.of for counter in bylaws.counters.values()}
    played = [*bylaws.challenges.values(), *bylaws.game.team_challenges.values()]
    measures = [its for challenge in played for its in challenge.measures]
    used |= {its.type for its in measures if isinstance(its, Test)}
    for code in bylaws.events:
        if code not in used:
            said = Text(
                "No article, badge or counter is about “{e}” events.",
                "هیچ ماده، نشان یا شمارنده‌ای دربارهٔ رویداد «{e}» نیست.",
            )
            yield Finding("unused_event", f"/events/{code}", said.with_(e=Text(code, code)))


def _audiences(bylaws: Bylaws) -> Iterator[Finding]:
    for code, audience in bylaws.audiences.items():
        title = Text(f"“{audience.title.en}”", f"«{audience.title.fa}»")
        if never(audience.condition):
            said = Text("Nobody can be in audience {a}.", "هیچ عضوی نمی‌تواند در گروه مخاطب {a} باشد.")
            yield Finding("empty_audience", f"/audiences/{code}/if", said.with_(a=title))
        elif code not in bylaws.audience_reads:
            said = Text("Nothing asks for audience {a}.", "هیچ بخشی گروه مخاطب {a} را به کار نمی‌برد.")
            yield Finding("unused_audience", f"/audiences/{code}", said.with_(a=title))


def _articles(bylaws: Bylaws, today: date) -> Iterator[Finding]:
    for place, article in enumerate(bylaws.articles):
        path, named = f"/articles/{place}", article_said(article)
        if last := _ended(article, today):
            when = day_said(last, bylaws.club.calendar)
            yield Finding(
                "out_of_date",
                f"{path}/until" if article.until == last else f"{path}/if",
                Text("{a} ended on {day}.", "{a} در {day} پایان یافته است.").with_(a=named, day=when),
            )
        elif article.condition and never(article.condition):
            said = Text("The condition of {a} can never hold.", "شرط {a} هیچ‌گاه برقرار نمی‌شود.")
            yield Finding("impossible", f"{path}/if", said.with_(a=named))
        elif not article.limits and not _capped(article):
            said = Text(
                "{a} has no limit: nothing bounds what it may cost.",
                "{a} سقفی ندارد: هزینه‌اش هیچ کرانی ندارد.",
            )
            yield Finding("no_limit", path, said.with_(a=named))


def _tiers(bylaws: Bylaws) -> Iterator[Finding]:
    for rank, step in enumerate(bylaws.steps):
        path = f"/tiers/ladder/{rank}/needs" if step.needs else f"/tiers/ladder/{rank}"
        if step.needs and never(step.needs):
            said = Text("Nobody can meet the needs of tier {t}.", "هیچ عضوی نمی‌تواند به شرط‌های سطح {t} برسد.")
            yield Finding("unreachable_tier", path, said.with_(t=_quoted(step)))
            continue
        higher = next((above for above in bylaws.steps[rank + 1 :] if implies(step.needs, above.needs)), None)
        if higher:
            said = Text(
                "Nobody stands on tier {t}: whoever meets its needs meets those of {above}, which is higher.",
                "هیچ عضوی در سطح {t} نمی‌ماند: هر که به شرط‌های آن برسد به شرط‌های {above} هم رسیده که بالاتر است.",
            )
            yield Finding("unreachable_tier", path, said.with_(t=_quoted(step), above=_quoted(higher)))


def _keeping(bylaws: Bylaws) -> Iterator[Finding]:
    """Tiers that nobody can keep, and those that nobody can lose although the ladder says how."""
    for rank, step in enumerate(bylaws.steps):
        path = f"/tiers/ladder/{rank}"
        if step.keep and step.kept and never(step.keep):
            said = Text(
                "Nobody can meet what keeps tier {t}: everybody loses it.",
                "هیچ عضوی نمی‌تواند به شرط ماندن در سطح {t} برسد و همه آن را از دست می‌دهند.",
            )
            yield Finding("unkeepable_tier", f"{path}/keep", said.with_(t=_quoted(step)))
        elif step.keep and not step.kept:
            said = Text(
                "Tier {t} is never lost: what should keep it is never asked.",
                "سطح {t} هرگز از دست نمی‌رود و شرط ماندن در آن هیچ‌گاه پرسیده نمی‌شود.",
            )
            yield Finding("lasting_tier", f"{path}/keep", said.with_(t=_quoted(step)))
        elif step.needs and step.demote != "never" and counts_since_tier(step.kept or step.needs):
            said = Text(
                "What is counted since reaching tier {t} only grows: who has met it once never loses the tier.",
                "آنچه از رسیدن به سطح {t} شمرده می‌شود تنها بیشتر می‌شود: هر که به شرطش برسد در آن می‌ماند.",
            )
            said = (
                said
                if step.kept
                else Text(
                    "Nothing takes tier {t} away: its needs count since the tier before, and it has no “keep”.",
                    "هیچ چیز سطح {t} را پس نمی‌گیرد: شرط‌های آن از رسیدن به سطح پیشین شمرده می‌شود و «keep» ندارد.",
                )
            )
            yield Finding("lasting_tier", path, said.with_(t=_quoted(step)))


def _badges(bylaws: Bylaws, today: date) -> Iterator[Finding]:
    for code, badge in bylaws.badges.items():
        if not _earnable(bylaws, badge, today):
            said = Text("Nobody can earn badge {b}.", "هیچ عضوی نمی‌تواند نشان {b} را به دست آورد.")
            title = Text(f"“{badge.title.en}”", f"«{badge.title.fa}»")
            yield Finding("unearnable_badge", f"/badges/{code}", said.with_(b=title))


def _counters(bylaws: Bylaws) -> Iterator[Finding]:
    ranked = [its.counter for its in bylaws.leaderboards.values()]
    ranked += [its.counter for its in bylaws.game.leagues.values()]
    of_teams = [its for challenge in bylaws.game.team_challenges.values() for its in challenge.measures]
    read = {its.counter for its in bylaws.reads} | {bylaws.counters[name] for name in ranked}
    read |= {its.counter for its in of_teams if isinstance(its, Counted)}
    for name, counter in bylaws.counters.items():
        if counter not in read:
            called = bylaws.counter_names[name]
            said = Text("Nothing reads the counter {c}.", "هیچ بخشی شمارندهٔ {c} را نمی‌خواند.")
            quoted = Text(f"“{called.en}”", f"«{called.fa}»")
            yield Finding("unread_counter", f"/counters/{name}", said.with_(c=quoted))


def _earnable(bylaws: Bylaws, badge: Badge, today: date) -> bool:
    if badge.counter is not None:
        return True
    if badge.condition is not None:
        return not never(badge.condition) and _until(badge.condition) >= today
    open_ = [its.give for its in bylaws.challenges.values() if (its.until or date.max) >= today]
    open_ += [milestone.give for streak in bylaws.streaks.values() for milestone in streak.milestones]
    open_ += [prize.give for prize in bylaws.prizes.values()]
    if any(badge.code in badges_of(give) for give in open_):
        return True
    giving = [article for article in bylaws.articles if badge.code in article.granted]
    return any(
        not _ended(article, today) and not (article.condition and never(article.condition)) for article in giving
    )


def _ended(article: Article, today: date) -> date | None:
    """The last day of an article that is over; None of one that is not."""
    last = min(article.until or date.max, _until(article.condition))
    return last if last < today else None


def _until(condition: Condition | None) -> date:
    """The last day on which a condition may hold."""
    if isinstance(condition, Dates) and isinstance(condition.until, date):
        return condition.until
    if isinstance(condition, All):
        return min(map(_until, condition.value), default=date.max)
    return date.max


def _capped(article: Article) -> bool:
    """Whether what it gives has a bound of its own: per award, or because a fixed amount comes to a member seldom."""
    if article.multipliers:
        return False
    once = _once(article.condition) or article.on.by_itself
    return all(
        (isinstance(award, Earn) and award.at_most) or (once and not award.on_lines) for _, award in article.earnings
    )


def _once(condition: Condition | None) -> bool:
    """Whether a condition holds for a member once at most."""
    if isinstance(condition, All):
        return any(map(_once, condition.value))
    return isinstance(condition, NthPurchase) and not condition.every


def _quoted(step: Step) -> Text:
    return Text(f"“{step.title.en}”", f"«{step.title.fa}»")
