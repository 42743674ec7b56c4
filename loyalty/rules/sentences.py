"""The bylaws as people read them: each article as one sentence with its slots, per language."""

from __future__ import annotations

from itertools import chain
from typing import NamedTuple

from loyalty.rules.bylaws import Article, Badge, Bylaws, Leaderboard, Step, Wallet
from loyalty.rules.phrase import Phrase
from loyalty.rules.voice import Voice
from loyalty.rules.windows import EVER, PERIOD_NAMES
from loyalty.values import LANGS, Text


class Said(NamedTuple):
    """A numbered or named part of the bylaws, said in both languages."""

    no: str
    title: Text
    phrases: dict[str, Phrase]


class Part(NamedTuple):
    """A section and what it says."""

    code: str
    title: Text
    said: tuple[Said, ...]


def sections(bylaws: Bylaws) -> list[Part]:
    """Everything a member should know, in reading order; secret badges keep their secret."""
    voices = {lang: Voice(lang, bylaws) for lang in LANGS}
    parts = [
        Part(
            "articles",
            Text("Articles", "ماده‌ها"),
            tuple(Said(a.no, a.title, {lang: _article(a, v) for lang, v in voices.items()}) for a in bylaws.articles),
        ),
        Part(
            "tiers",
            Text("Tiers", "سطح‌ها"),
            tuple(
                Said(step.code, step.title, {lang: _step(step, v) for lang, v in voices.items()})
                for step in (bylaws.tiers.ladder if bylaws.tiers else ())
            ),
        ),
        Part(
            "badges",
            Text("Badges", "نشان‌ها"),
            tuple(
                Said(badge.code, badge.title, {lang: badge_phrase(badge, v) for lang, v in voices.items()})
                for badge in bylaws.badges.values()
                if not badge.secret
            ),
        ),
        Part(
            "leaderboards",
            Text("Leaderboards", "جدول رده‌بندی"),
            tuple(
                Said(board.code, board.title, {lang: _board(board, v) for lang, v in voices.items()})
                for board in bylaws.leaderboards.values()
            ),
        ),
        Part(
            "wallets",
            Text("Wallets", "کیف‌ها"),
            tuple(
                Said(wallet.code, wallet.name, {lang: _wallet(wallet, v) for lang, v in voices.items()})
                for wallet in bylaws.wallets.values()
            ),
        ),
    ]
    return [part for part in parts if part.said]


def _article(article: Article, voice: Voice) -> Phrase:
    words: list[object] = [voice.pick("With", "با"), voice.when(voice.pick("each purchase", "هر خرید"))]
    if article.from_ or article.until:
        words.append(_in_force(article, voice))
    words.append(voice.pick(",", "،"))
    if article.condition:
        words.extend((voice.pick("if", "اگر"), *article.condition.phrase(voice), voice.pick(",", "،")))
    if voice.lang == "en":
        words.append("then")
    for index, award in enumerate(article.give):
        if index:
            words.append(voice.pick("and", "و"))
        words.extend(award.phrase(voice))
    for limit in article.limits:
        words.extend((voice.pick(";", "؛"), voice.then(limit.say(voice))))
    return (*words, ".")  # type: ignore[arg-type]


def _in_force(article: Article, voice: Voice) -> object:
    start = voice.day(article.from_) if article.from_ else ""
    end = voice.day(article.until) if article.until else ""
    if start and end:
        return voice.when(voice.pick(f"from {start} until {end}", f"از {start} تا {end}"))
    if start:
        return voice.when(voice.pick(f"from {start} on", f"از {start} به بعد"))
    return voice.when(voice.pick(f"until {end}", f"تا {end}"))


def _step(step: Step, voice: Voice) -> Phrase:
    if step.needs is None:
        return (voice.pick("Every member stands here.", "هر عضوی در این سطح جای دارد."),)
    needs = step.needs.phrase(voice)
    if voice.lang == "fa":
        return ("این سطح از آنِ عضوی است که", *needs, ".")
    return ("This tier is reached and kept while", *needs, ".")


def badge_phrase(badge: Badge, voice: Voice) -> Phrase:
    """How a badge is earned."""
    if badge.counter is None:
        if badge.condition is None:
            return (voice.pick("Handed out by an article.", "یکی از ماده‌ها آن را می‌دهد."),)
        return (voice.pick("With a purchase where", "با خریدی که در آن"), *badge.condition.phrase(voice), ".")
    unit = "money" if badge.unit == "money" else "plain" if badge.unit == "quantity" else "count"
    steps = voice.listed([voice.measured(level.at, unit) for level in badge.levels])
    over = f" {badge.over.say(voice)}" if badge.over and badge.over != EVER else ""
    name = voice.counter(badge.counter)
    gifts = list(chain.from_iterable(level.give for level in badge.levels))
    gift = voice.pick(" Some levels give points.", " برخی سطح‌ها امتیاز هم می‌دهند.") if gifts else ""
    if voice.lang == "fa":
        return (f"{name}{over} به", voice.if_(steps), f"برسد.{gift}")
    return (f"When {name}{over} {'reach' if name.endswith('s') else 'reaches'}", voice.if_(steps), f".{gift}")


def _board(board: Leaderboard, voice: Voice) -> Phrase:
    over = voice.text(PERIOD_NAMES[board.period]) if board.period else ""
    name = voice.counter(board.counter)
    each = voice.pick(f"each {over}" if over else "for all time", f"در هر {over}" if over else "از آغاز تاکنون")
    ties = {
        "first_to_reach": voice.pick("who got there first stands first", "هر که زودتر رسیده، بالاتر است"),
        "shared": voice.pick("equals share a rank", "برابرها هم‌رده‌اند"),
    }[board.ties]
    if voice.lang == "fa":
        return ("رده‌بندی بر پایهٔ", voice.if_(name), voice.when(each), "؛", f"{ties}.")
    return ("Ranked by", voice.if_(name), voice.when(each), ";", f"{ties}.")


def _wallet(wallet: Wallet, voice: Voice) -> Phrase:
    if wallet.unit == "money":
        return (voice.pick("Kept in money.", "به پول نگه داشته می‌شود."),)
    return (voice.pick("Kept in points.", "به امتیاز نگه داشته می‌شود."),)
