"""Why: each article as it was judged, each condition with what it saw, made on demand from facts and ruling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from loyalty.rules.awards.discount import Discount
from loyalty.rules.bylaws import Article, Bylaws
from loyalty.rules.conditions.logic import Several
from loyalty.rules.contest import Shut
from loyalty.rules.evaluate import contested, evaluate, met
from loyalty.rules.facts import Facts
from loyalty.rules.feeding import feeds
from loyalty.rules.kinds import Condition
from loyalty.rules.limits import Limit
from loyalty.rules.passing import PASSED
from loyalty.rules.phrase import plain
from loyalty.rules.ruling import Given, Ruling, Withheld
from loyalty.rules.running import figure, moves
from loyalty.rules.tables import chosen
from loyalty.rules.things import is_thing
from loyalty.rules.voice import Voice
from loyalty.rules.winning import PRIZE
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
    return both(bylaws, lambda voice: said(voice, condition))


def said(voice: Voice, condition: Condition) -> str:
    """A condition as a sentence in one language; it is put together once for each version."""
    known, key = voice.bylaws.sentences, (voice.lang, id(condition))
    if key not in known:
        known[key] = plain(condition.phrase(voice))
    return known[key]


def seen(bylaws: Bylaws, condition: Condition, facts: Facts, depth: int = 0) -> list[Seen]:
    """A condition and those inside it, outermost first."""
    own = Seen(
        condition.holds(facts),
        both(bylaws, lambda voice: voice.text(condition.label))
        if isinstance(condition, Several)
        else sentence(bylaws, condition),
        both(bylaws, lambda voice: condition.saw(facts, voice)),
        depth,
    )
    return [own, *(inner for part in condition.parts() for inner in seen(bylaws, part, facts, depth + 1))]


def arithmetic(bylaws: Bylaws, given: Given, facts: Facts) -> Text:
    """How an amount came about, with what a limit took off."""
    return both(bylaws, lambda voice: reckoned(voice, given, facts))


def reckoned(voice: Voice, given: Given, facts: Facts) -> str:
    """`arithmetic` in one language."""
    award = voice.bylaws.award(given)
    by_rate = award if isinstance(award, Discount) else chosen(award, facts) or award
    how = by_rate.arithmetic(given.base, given.asked, voice)
    if given.amount == given.asked:
        return how
    left = voice.worth(given.amount, given.wallet)
    return voice.pick(f"{how}, of which the limit left {left}", f"{how}؛ با سقفی که هست، {left} داده شد")


def title(bylaws: Bylaws, article: str) -> Text:
    """The title of what gave: an article, a badge's level, a challenge, a streak or a prize."""
    if article.startswith("badge:"):
        _, code, level = article.split(":")
        badge = bylaws.badges[code]
        if badge.height == 1:
            return Text("Badge “{b}”", "نشان «{b}»").with_(b=badge.title)
        numbers = both(bylaws, lambda voice: voice.number(int(level)))
        return Text("Badge “{b}”, level {n}", "نشان «{b}»، مرتبهٔ {n}").with_(b=badge.title, n=numbers)
    if article.startswith("challenge:"):
        its = bylaws.challenges[article.split(":")[1]]
        return Text("Challenge “{c}”", "چالش «{c}»").with_(c=its.title)
    if article.startswith("streak:"):
        _, code, length = article.split(":")
        numbers = both(bylaws, lambda voice: voice.number(int(length)))
        said = Text("Streak “{s}”, {n} in a row", "زنجیرهٔ «{s}»، {n} پیاپی")
        return said.with_(s=bylaws.streaks[code].title, n=numbers)
    if article in bylaws.prizes:
        return bylaws.prizes[article].title
    return next(its.title for its in bylaws.articles if its.no == article)


def event_title(bylaws: Bylaws, type_: str) -> Text:
    """What an event of a type other than a purchase is called."""
    if declared := bylaws.events.get(type_):
        return declared.title
    if occasion := bylaws.occasions.get(type_):
        return both(bylaws, occasion.said)
    if type_ == PRIZE:
        return Text("A prize", "برنده شدن")
    return Text(f"“{type_}”", f"«{type_}»")


def withheld(bylaws: Bylaws, facts: Facts, ruling: Ruling) -> list[Withheld]:
    """The articles that gave nothing, each with its first reason."""
    texts = zip(*(reasons(Voice(lang, bylaws), facts, ruling) for lang in ("en", "fa")), strict=True)
    return [Withheld(no, Text(en, fa)) for (no, en), (_, fa) in texts]


def reasons(voice: Voice, facts: Facts, ruling: Ruling) -> list[tuple[str, str]]:
    """`withheld` in one language: (the article's number, why it gave nothing)."""
    gave = {given.article for given in ruling.awards}
    silent = [its for its in concerned(voice.bylaws, facts, ruling) if its.no not in gave]
    return [(article.no, why) for article in silent if (why := reason(voice, article, facts))]


def concerned(bylaws: Bylaws, facts: Facts, ruling: Ruling) -> list[Article]:
    """The articles that an event is for: of its occasion, what it brings, and whose running totals it moves."""
    found = [its for its in bylaws.articles if _concerned(its, facts)]
    if bylaws.running and facts.active:
        fed = _fed(bylaws, facts, ruling)
        found += [its for its in bylaws.articles if its not in found and moves(bylaws, its, facts, fed)]
    return found


def because(bylaws: Bylaws, article: Article, facts: Facts) -> Text | None:
    """The first reason why an article gave nothing; None if it needed to give nothing (a badge, a message)."""
    en, fa = (reason(Voice(lang, bylaws), article, facts) for lang in ("en", "fa"))
    return Text(en, fa) if en is not None and fa is not None else None


def reason(voice: Voice, article: Article, facts: Facts) -> str | None:
    """`because` in one language."""
    missing = _not_held(voice, article, facts)
    if missing is not None:
        return missing
    if not article.gives_amounts:
        return None
    if article.totals and not (article.earnings or article.passed or article.multipliers):
        return _not_yet(voice, article, facts)
    brought = facts.event.type == PASSED
    if article.passed and not (article.earnings or brought):
        return voice.pick(
            "What it gives goes to others, once the return window has passed.",
            "آنچه این ماده می‌دهد، پس از پایان مهلت مرجوعی به دیگران می‌رسد.",
        )
    if not (brought or article.earns(facts) or article.multiplies(facts) or article.discounts):
        return voice.pick("No rate of this article holds here.", "هیچ‌یک از نرخ‌های این ماده در اینجا برقرار نیست.")
    for limit in article.limits:
        if limit.room(facts, 0) < 1 or (limit.of == "base" and _would_give(article, facts)):
            return voice.pick(
                f"The limit is used up: {limit.say(voice)}.", f"سقف این ماده پر شده است: {limit.say(voice)}."
            )
    for limit in _full_caps(voice.bylaws, article, facts):
        return _full(limit, voice)
    return _nothing_there(voice, article, facts)


def _not_held(voice: Voice, article: Article, facts: Facts) -> str | None:
    """Why an article did not hold; None if it did."""
    if facts.event.type == PASSED and _concerned(article, facts):
        return None
    if article.on.type != facts.event.type and not article.totals:
        on = article.on.within(voice)
        return voice.pick(f"Its occasion is another: {on}.", f"مناسبت این ماده چیز دیگری است: {on}.")
    if not facts.active:
        return voice.pick("The membership is not active.", "عضویت فعال نیست.")
    if not article.in_force(facts.moment.day):
        return voice.pick("The article was not in force on that day.", "این ماده در آن روز در اجرا نبود.")
    seen = article.sees(facts)
    if article.condition is not None and not article.condition.holds(seen):
        stopped = _stopped(article.condition, seen)
        what, saw = said(voice, stopped), stopped.saw(seen, voice)
        return voice.pick(f"Not met: {what} ({saw}).", f"این شرط برقرار نبود: {what} ({saw}).")
    if voice.bylaws.contested and (shut := _shut_out(voice.bylaws, article, facts)):
        winner = voice.article(shut.by.no)
        if shut.exclusive:
            return voice.pick(
                f"Shut out: {winner} holds alone.", f"{winner} به‌تنهایی برقرار است و جای این ماده را گرفته."
            )
        return voice.pick(f"Of its group {winner} gives more.", f"از این گروه، {winner} بیشتر می‌دهد.")
    return None


def _concerned(article: Article, facts: Facts) -> bool:
    """Whether an event is of an article's occasion, or brings what the article gives to somebody."""
    if facts.event.type == PASSED:
        return bool(article.no == facts.event.attributes["article"])
    return article.on.type == facts.event.type


def _fed(bylaws: Bylaws, facts: Facts, ruling: Ruling) -> Ruling:
    """What an event fed, reckoned again from what it gave."""
    plain, labels = feeds(bylaws, facts, facts, ruling.awards)
    return replace(ruling, feeds=plain, labels=labels)


def _not_yet(voice: Voice, article: Article, facts: Facts) -> str:
    """Why running totals gave nothing: how far the counter is, unless a limit is in the way."""
    bylaws, said = voice.bylaws, []
    fed = _fed(bylaws, facts, evaluate(bylaws, facts))
    for total in article.totals:
        value, before = (figure(bylaws, facts, fed, read) for read in (total.counts, total.gave))
        if total.award.amount(total.award.reached(value)) > before:
            return voice.pick("A limit is used up.", "سقفی پر شده است.")
        said.append(total.award.read(value, voice))
    now = voice.listed(said)
    return voice.pick(f"The next step is not reached: {now}.", f"هنوز به پلهٔ بعدی نرسیده است: {now}.")


def _full_caps(bylaws: Bylaws, article: Article, facts: Facts) -> list[Limit]:
    """The limits of wallets for which an article gave nothing: used up before, or by articles before it."""
    wallets = [award.wallet for _, award in article.earns(facts)]
    wallets += [award.wallet for _, award in article.multiplies(facts)]
    caps = [limit for wallet in dict.fromkeys(wallets) for limit in bylaws.capped.get(wallet, ())]
    return caps if _would_give(article, facts) else [limit for limit in caps if limit.room(facts, 0) < 1]


def _no_discount(voice: Voice, article: Article, facts: Facts) -> str:
    """What the basket lacks for a discount."""
    net = (facts.sent or facts).event.net
    for _, discount in article.discounts:
        if discount.min_basket is not None and net < discount.min_basket:
            least, lacks = voice.money(discount.min_basket), voice.money(discount.min_basket - net)
            return voice.pick(
                f"This begins with a basket of {least}; {lacks} more are needed.",
                f"این تخفیف از خریدی به مبلغ {least} آغاز می‌شود؛ {lacks} کم است.",
            )
    return voice.pick("The basket holds nothing that it lowers.", "در این خرید چیزی نیست که تخفیف بگیرد.")


def _nothing_there(voice: Voice, article: Article, facts: Facts) -> str:
    """What the basket lacks, where nothing else stopped an article."""
    if article.discounts:
        return _no_discount(voice, article, facts)
    if not article.earnings:
        return voice.pick("There was nothing to multiply.", "چیزی نبود که چند برابر شود.")
    if any(award.follows for _, award in article.earnings):
        return voice.pick("What it is reckoned of was not given.", "آنچه این ماده از رویش حساب می‌شود داده نشد.")
    return voice.pick("The basket was too small to earn anything here.", "خرید به اندازه‌ای نبود که این ماده چیزی بدهد.")


def _full(limit: Limit, voice: Voice) -> str:
    """A wallet's limit that is used up; of things it is their stock."""
    if is_thing(limit.wallet):
        thing = voice.wallet(limit.wallet)
        return voice.pick(f"Of {thing} none is left.", f"از {thing} چیزی نمانده است.")
    return voice.pick(
        f"The limit of the wallet is used up: {limit.say(voice)}.", f"سقف کیف پر شده است: {limit.say(voice)}."
    )


def _would_give(article: Article, facts: Facts) -> bool:
    """Whether it would have given something, were it not for its limits."""
    return any(award.reckon(facts, facts.whole)[1] for _, award in article.earns(facts))


def _shut_out(bylaws: Bylaws, article: Article, facts: Facts) -> Shut | None:
    return contested(bylaws, facts, met(bylaws, facts))[1].get(article.no)


def _stopped(condition: Condition, facts: Facts) -> Condition:
    """The innermost condition that alone stopped an `all`; else the condition itself."""
    if condition.kind == "all":
        for part in condition.parts():
            if not part.holds(facts):
                return _stopped(part, facts)
    return condition
