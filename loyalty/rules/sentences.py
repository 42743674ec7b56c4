"""The bylaws as people read them: each article as one sentence with its slots, per language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from loyalty.rules.bylaws import Article, Audience, Badge, Bylaws, Leaderboard
from loyalty.rules.challenge_sentences import challenge_phrase
from loyalty.rules.events import EventField, EventType
from loyalty.rules.game import Told
from loyalty.rules.kinds import Earning
from loyalty.rules.phrase import Phrase, Slot, plain
from loyalty.rules.prizes import said_places, said_settling
from loyalty.rules.stacking import stacking_said
from loyalty.rules.standing_sentences import (
    membership_phrase,
    returns_phrase,
    standings,
    standings_title,
    wallet_phrase,
)
from loyalty.rules.streak_sentences import streak_phrase
from loyalty.rules.tier_sentences import step_phrase
from loyalty.rules.voice import Voice, singular
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


def sections(bylaws: Bylaws, *, secrets: bool = False) -> list[Part]:
    """Everything a member should know, in reading order; `secrets` tells also of secret badges."""
    voices = {lang: Voice(lang, bylaws) for lang in LANGS}
    parts = []
    for code, title, told in (*_sections(bylaws, secrets=secrets), *bylaws.game.sections()):
        said = tuple(Said(no, its, {lang: say(voice) for lang, voice in voices.items()}) for no, its, say in told)
        parts.append(Part(code, title, said))
    return [part for part in parts if part.said]


def _sections(bylaws: Bylaws, *, secrets: bool) -> Iterator[tuple[str, Text, Iterable[Told]]]:
    """What every club's bylaws have, in reading order."""

    def each(said: Callable[[Any, Voice], Phrase], parts: Mapping[str, Any]) -> list[Told]:
        return [Told(its.code, its.title, partial(said, its)) for its in parts.values()]

    tiers = bylaws.tiers
    articles = [Told(its.no, its.title, partial(_article, its)) for its in bylaws.articles]
    steps = [Told(step.code, step.title, partial(step_phrase, step, tiers)) for step in bylaws.steps if tiers]
    badges = {code: its for code, its in bylaws.badges.items() if secrets or not its.secret}
    wallets = [Told(its.code, its.name, partial(wallet_phrase, its)) for its in bylaws.wallets.values()]
    standing = [
        Told("-".join(statuses), standings_title(statuses), partial(membership_phrase, terms))
        for statuses, terms in standings(bylaws)
    ]
    yield "articles", Text("Articles", "ماده‌ها"), articles
    yield "events", Text("Events", "رویدادها"), _events(bylaws, secrets=secrets)
    yield "audiences", Text("Audiences", "گروه‌های مخاطب"), each(_audience, bylaws.audiences)
    yield "tiers", Text("Tiers", "سطح‌ها"), steps
    yield "badges", Text("Badges", "نشان‌ها"), each(badge_phrase, badges)
    yield (
        "challenges",
        Text("Challenges", "چالش‌ها"),
        each(challenge_phrase, bylaws.challenges | bylaws.game.team_challenges),
    )
    yield "streaks", Text("Streaks", "زنجیره‌ها"), each(streak_phrase, bylaws.streaks)
    yield "returns", Text("Returned goods", "کالای مرجوعی"), _returns(bylaws)
    yield "leaderboards", Text("Leaderboards", "جدول رده‌بندی"), each(_board, bylaws.leaderboards)
    yield "wallets", Text("Wallets", "کیف‌ها"), wallets
    yield "membership", Text("Membership", "عضویت"), standing


def _events(bylaws: Bylaws, *, secrets: bool) -> list[Told]:
    """The declared events; members are told of those for which there is something."""
    any_voice = Voice(LANGS[0], bylaws)
    return [
        Told(its.code, its.title, partial(_event, its, secrets=secrets))
        for its in bylaws.events.values()
        if secrets or _for_event(its, any_voice, secrets=secrets)
    ]


def _for_event(its: EventType, voice: Voice, *, secrets: bool) -> list[str]:
    """The articles and badges that wait for such an event."""
    badges = [badge for badge in voice.bylaws.badges.values() if badge.condition and (secrets or not badge.secret)]
    return [
        *(voice.article(article.no) for article in voice.bylaws.articles if article.on.type == its.code),
        *(voice.badge_named(badge.code) for badge in badges if badge.on.type == its.code),
    ]


def _event(its: EventType, voice: Voice, *, secrets: bool) -> Phrase:
    """For what it counts, and what it tells."""
    waiting = _for_event(its, voice, secrets=secrets)
    words: Phrase = (voice.pick("No article waits for it.", "هیچ ماده‌ای در انتظار آن نیست."),)
    if waiting:
        what = voice.when(voice.listed(waiting))
        words = (voice.pick("Counts for", "برای"), what, voice.pick(".", "به حساب می‌آید."))
    if not its.fields:
        return words
    told = voice.listed([_field(field, voice) for field in its.fields])
    return (*words, voice.pick(f"It tells {told}.", f"{told} را می‌گوید."))


def _field(its: EventField, voice: Voice) -> str:
    """A field with the values it may have."""
    of = voice.any_of(its.one_of) if its.one_of else ""
    if its.from_ is not None and its.until is not None:
        first, last = voice.number(its.from_), voice.number(its.until)
        of = voice.pick(f"from {first} to {last}", f"از {first} تا {last}")
    return voice.text(its.said) + (f" ({of})" if of else "")


def _returns(bylaws: Bylaws) -> list[Told]:
    said = Told("standing", Text("Tier and badges", "سطح و نشان‌ها"), partial(returns_phrase, bylaws))
    return [said] if said.phrase(Voice(LANGS[0], bylaws)) else []


def _article(article: Article, voice: Voice) -> Phrase:
    words: list[str | Slot] = [*article.on.phrase(voice)]
    if article.from_ or article.until:
        words.append(_in_force(article, voice))
    words.append(voice.pick(",", "،"))
    if article.condition:
        words.extend((voice.pick("if", "اگر"), *article.condition.phrase(voice), voice.pick(",", "،")))
        words.extend(["then"] if voice.lang == "en" else [])
    words.extend(_given(article, voice))
    for limit in article.limits:
        words.extend((voice.pick(";", "؛"), voice.then(limit.say(voice))))
    if article.passed:
        words.extend((voice.pick(";", "؛"), voice.then(_handed_on(article, voice))))
    for said in stacking_said(article, voice):
        words.extend((voice.pick(";", "؛"), voice.then(said)))
    return _full_stop(tuple(words))


def _handed_on(article: Article, voice: Voice) -> str:
    """When others get what the article gives them."""
    window = voice.bylaws.return_window
    what = voice.pick("what others get", "سهم دیگران") if article.earnings else voice.pick("this", "این")
    if window is None:
        return voice.pick(f"{what} is given soon after", f"{what} اندکی بعد داده می‌شود")
    when = window.say(voice)
    return voice.pick(
        f"{what} is given {when}, for what was not returned by then",
        f"{what} {when}، برای آنچه تا آن زمان مرجوع نشده باشد، داده می‌شود",
    )


def _given(article: Article, voice: Voice) -> Phrase:
    """What is given, joined by and; words that neighbours share (`the member gets`, «داده می‌شود») are said once."""
    said = [award.phrase(voice) for award in article.give]
    words: list[str | Slot] = []
    for index, phrase in enumerate(said):
        if index:
            words.append(voice.pick("and", "و"))
            if voice.lang == "en" and phrase[0] == said[index - 1][0]:
                phrase = phrase[1:]
        if voice.lang == "fa" and index + 1 < len(said) and phrase[-1] == said[index + 1][-1]:
            phrase = phrase[:-1]
        words.extend(phrase)
    return tuple(words)


def _full_stop(phrase: Phrase) -> Phrase:
    """A sentence closed by a full stop, unless it closes by a quotation that has its own."""
    return phrase if plain(phrase).endswith((".”", "!”", "?”")) else (*phrase, ".")


def _in_force(article: Article, voice: Voice) -> Slot:
    start = voice.day(article.from_) if article.from_ else ""
    end = voice.day(article.until) if article.until else ""
    if start and end:
        return voice.when(voice.pick(f"from {start} until {end}", f"از {start} تا {end}"))
    if start:
        return voice.when(voice.pick(f"from {start} on", f"از {start} به بعد"))
    return voice.when(voice.pick(f"until {end}", f"تا {end}"))


def _audience(audience: Audience, voice: Voice) -> Phrase:
    who = audience.condition.phrase(voice)
    if voice.lang == "fa":
        return ("تا وقتی", *who, "،", "عضو در این گروه است.")
    return ("A member is among them while", *who, ".")


def badge_phrase(badge: Badge, voice: Voice) -> Phrase:
    """How a badge is earned."""
    if badge.counter is None:
        if badge.condition is None:
            return _granted(badge, voice)
        met = badge.condition.phrase(voice)
        if voice.lang == "fa":
            return (f"{badge.on.once(voice)}، اگر", *met, "،", "این نشان به دست می‌آید.")
        return (f"Earned {badge.on.once(voice)}, if", *met, ".")
    unit = "money" if badge.unit == "money" else "plain" if badge.unit == "quantity" else "count"
    steps = voice.listed([voice.measured(level.at, unit) for level in badge.levels])
    over = f" {badge.over.say(voice)}" if badge.over and badge.over != EVER else ""
    name = voice.counter(badge.counter)
    if voice.lang == "fa":
        return (f"وقتی {name}{over} به", voice.if_(steps), f"برسد، این نشان به دست می‌آید.{_gifts(badge, voice)}")
    if badge.unit == "money":
        steps, name = f"{steps} of", name
    elif steps == "1":
        name = singular(name)
    return ("Earned at", voice.if_(f"{steps} {name}"), f"{over.strip()}.{_gifts(badge, voice)}")


def _granted(badge: Badge, voice: Voice) -> Phrase:
    """By which articles a badge is handed out."""
    articles = [voice.article(its.no) for its in voice.bylaws.articles if badge.code in its.granted]
    if not articles:
        return (voice.pick("No article gives it yet.", "هنوز هیچ ماده‌ای این نشان را نمی‌دهد."),)
    if voice.lang == "fa":
        return ("این نشان را", voice.if_(voice.listed(articles, any_of=True)), "می‌دهد.")
    return ("Given by", voice.if_(voice.listed(articles, any_of=True)), ".")


def _gifts(badge: Badge, voice: Voice) -> str:
    """Which wallets its levels give into besides; empty for none."""
    given = [award for level in badge.levels for award in level.give if isinstance(award, Earning)]
    if not given:
        return ""
    what = voice.listed(list(dict.fromkeys(voice.wallet(award.wallet) for award in given)))
    if badge.height == 1:
        return voice.pick(f" It also gives {what}.", f" این نشان {what} هم دارد.")
    if all(level.give for level in badge.levels):
        return voice.pick(f" Each level also gives {what}.", f" هر مرتبه {what} هم دارد.")
    return voice.pick(f" Some levels also give {what}.", f" برخی مرتبه‌ها {what} هم دارند.")


def _board(board: Leaderboard, voice: Voice) -> Phrase:
    over = voice.text(PERIOD_NAMES[board.period]) if board.period else ""
    name = voice.counter(board.counter)
    each = voice.pick(f"each {over}" if over else "over all time", f"هر {over}" if over else "از آغاز تاکنون")
    ties = {
        "first_to_reach": voice.pick(
            "of two equals, the first to get there ranks higher", "از دو نفر برابر، آن که زودتر رسیده بالاتر است"
        ),
        "shared": voice.pick("equals share a rank", "افراد برابر هم‌رتبه‌اند"),
    }[board.ties]
    among, won = _among(board, voice), _to_be_won(board, voice)
    if voice.lang == "fa":
        return ("رده‌بندی", voice.when(each), "بر پایهٔ", voice.if_(name), "است", *among, "؛", f"{ties}.", *won)
    return ("Ranked by", voice.if_(name), voice.when(each), *among, ";", f"{ties}.", *won)


def _to_be_won(board: Leaderboard, voice: Voice) -> Phrase:
    """What the first places get, and when."""
    if not board.prizes:
        return ()
    prizes, later = voice.then(said_places(board.prizes, voice)), said_settling(board.settles, voice)
    if voice.lang == "fa":
        return ("به رتبه‌های نخست داده می‌شود:", prizes, "؛", f"هر دوره {later} نهایی می‌شود.")
    return ("To be won:", prizes, ";", f"a period is settled {later}.")


def _among(board: Leaderboard, voice: Voice) -> list[str | Slot]:
    """Who is ranked, and among whom, where it is not each member among all."""
    said: list[str | Slot] = []
    if board.by == "team":
        said += [voice.pick(",", "،"), voice.then(voice.pick("team by team", "تیم به تیم"))]
    if board.scope != "club":
        league = voice.text(voice.bylaws.game.leagues[board.league].title) if board.league else ""
        scope = {
            "store": Text("within each store", "در هر فروشگاه جداگانه"),
            "audience": Text("within each audience", "در هر گروه جداگانه"),
            "tier": Text("within each tier", "در هر سطح جداگانه"),
            "friends": Text("among friends", "میان دوستان"),
            "league": Text(f"within each division of {league}", f"در هر دستهٔ {league}"),
        }[board.scope]
        said += [voice.pick(",", "،"), voice.if_(voice.text(scope))]
    return said
