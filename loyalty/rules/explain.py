"""Why: each article as it was judged, each condition with what it saw, made on demand from facts and ruling."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from loyalty.rules.awards.multiply import Multiply
from loyalty.rules.bylaws import Article, Bylaws
from loyalty.rules.facts import Facts
from loyalty.rules.kinds import Condition, Earning
from loyalty.rules.phrase import plain
from loyalty.rules.ruling import Given, Ruling, Withheld
from loyalty.rules.voice import Voice
from loyalty.values import Text


class Seen(NamedTuple):
    """A condition as it was judged."""

    holds: bool
    sentence: Text
    saw: Text
    depth: int


def both(bylaws: Bylaws, say: Callable[[Voice], str]) -> Text:
    """Something said in both languages."""
    return Text(en=say(Voice("en", bylaws)), fa=say(Voice("fa", bylaws)))


def sentence(bylaws: Bylaws, condition: Condition) -> Text:
    """A condition as a sentence."""
    return both(bylaws, lambda voice: plain(condition.phrase(voice)))


def seen(bylaws: Bylaws, condition: Condition, facts: Facts, depth: int = 0) -> list[Seen]:
    """A condition and those inside it, outermost first."""
    own = Seen(
        condition.holds(facts),
        both(bylaws, lambda voice: voice.text(condition.label)) if condition.parts() else sentence(bylaws, condition),
        both(bylaws, lambda voice: condition.saw(facts, voice)),
        depth,
    )
    return [own, *(inner for part in condition.parts() for inner in seen(bylaws, part, facts, depth + 1))]


def arithmetic(bylaws: Bylaws, given: Given) -> Text:
    """How an amount came about, with what a limit took off."""
    award = _award(bylaws, given)

    def say(voice: Voice) -> str:
        reckoned = award.arithmetic(given.base, given.asked, voice)
        if given.amount == given.asked:
            return reckoned
        left = voice.worth(given.amount, given.wallet)
        return voice.pick(f"{reckoned}, of which the limit left {left}", f"{reckoned}؛ با سقف این ماده، {left} داده شد")

    return both(bylaws, say)


def title(bylaws: Bylaws, article: str) -> Text:
    """The title of what gave: an article, or a badge's level."""
    if article.startswith("badge:"):
        _, code, level = article.split(":")
        badge = bylaws.badges[code]
        if badge.height == 1:
            return Text("Badge “{b}”", "نشان «{b}»").with_(b=badge.title)
        numbers = both(bylaws, lambda voice: voice.number(int(level)))
        return Text("Badge “{b}”, level {n}", "نشان «{b}»، سطح {n}").with_(b=badge.title, n=numbers)
    return next(its.title for its in bylaws.articles if its.no == article)


def _award(bylaws: Bylaws, given: Given) -> Earning | Multiply:
    if given.article.startswith("badge:"):
        _, code, level = given.article.split(":")
        award = bylaws.badges[code].levels[int(level) - 1].give[given.award]
    else:
        award = next(its for its in bylaws.articles if its.no == given.article).give[given.award]
    assert isinstance(award, Earning | Multiply)
    return award


def withheld(bylaws: Bylaws, facts: Facts, ruling: Ruling) -> list[Withheld]:
    """The articles that gave nothing, each with its first reason."""
    gave = {given.article for given in ruling.awards}
    found = []
    for article in bylaws.articles:
        if article.no not in gave and (reason := because(bylaws, article, facts)):
            found.append(Withheld(article.no, reason))
    return found


def because(bylaws: Bylaws, article: Article, facts: Facts) -> Text | None:
    """The first reason why an article gave nothing; None if it needed to give nothing (a badge, a message)."""
    if not facts.active:
        return Text("The membership is not active.", "عضویت فعال نیست.")
    if not article.in_force(facts.moment.day):
        return Text("The article was not in force on that day.", "این ماده در آن روز در اجرا نبود.")
    if article.condition is not None and not article.condition.holds(facts):
        stopped = _stopped(article.condition, facts)
        return Text("Not met: {what} ({saw}).", "این شرط برقرار نبود: {what} ({saw}).").with_(
            what=sentence(bylaws, stopped), saw=both(bylaws, lambda voice: stopped.saw(facts, voice))
        )
    if not (article.earnings or article.multipliers):
        return None
    for limit in article.limits:
        if limit.room(facts, 0) < 1 or (limit.of == "base" and _would_give(article, facts)):
            return Text("The limit is used up: {limit}.", "سقف این ماده پر شده است: {limit}.").with_(
                limit=both(bylaws, limit.say)
            )
    if not article.earnings:
        return Text("There was nothing to multiply.", "چیزی نبود که چند برابر شود.")
    return Text("The basket was too small to earn anything here.", "خرید به اندازه‌ای نبود که این ماده چیزی بدهد.")


def _would_give(article: Article, facts: Facts) -> bool:
    """Whether it would have given something, were it not for its limits."""
    return any(award.reckon(facts, facts.whole)[1] for _, award in article.earnings)


def _stopped(condition: Condition, facts: Facts) -> Condition:
    """The innermost condition that alone stopped an `all`; else the condition itself."""
    if condition.kind == "all":
        for part in condition.parts():
            if not part.holds(facts):
                return _stopped(part, facts)
    return condition
