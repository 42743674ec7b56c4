"""Articles that may do the same for one event: what they give adds up, or one of them gives in vain. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from loyalty.rules.awards.earn import Earn
from loyalty.rules.bylaws import Article, Bylaws
from loyalty.rules.compare import apart, lines_apart
from loyalty.rules.explain import both
from loyalty.rules.filters import LineFilter
from loyalty.rules.finding import Finding, article_said
from loyalty.values import Text

_ADD_UP = Text(
    "{a} and {b} can both give {what} for the same goods; what they give adds up.",
    "{a} و {b} هر دو می‌توانند برای یک کالا {what} بدهند و با هم جمع می‌شوند.",
)
_TWO_RUNS = Text(
    "{a} and {b} can both begin challenge {what} with the same event; the member then has two runs of it.",
    "{a} و {b} هر دو می‌توانند با یک رویداد چالش {what} را آغاز کنند و عضو آن‌گاه دو دور از آن دارد.",
)
_HIGHEST = Text(
    "{a} and {b} can both give a tier with the same event; only the highest of them counts.",
    "{a} و {b} هر دو می‌توانند با یک رویداد سطحی بدهند و تنها بالاترین آن‌ها به حساب می‌آید.",
)
_LAST = Text(
    "{a} and {b} can both change the standing with the same event; what {b} says counts.",
    "{a} و {b} هر دو می‌توانند با یک رویداد وضعیت عضو را تغییر دهند و گفتهٔ {b} به حساب می‌آید.",
)
_NOTHING = Text("", "")


def overlaps(bylaws: Bylaws) -> Iterator[Finding]:
    """Pairs of articles that can hold for one event and do the same, each at the later of the two."""
    for place, article in enumerate(bylaws.articles):
        for earlier in bylaws.articles[:place]:
            alike = list(_alike(bylaws, earlier, article))
            if alike and not _never_both(earlier, article):
                names = {"a": article_said(earlier), "b": article_said(article)}
                for said, what in alike:
                    yield Finding("overlap", f"/articles/{place}", said.with_(**names, what=what))


def _alike(bylaws: Bylaws, one: Article, other: Article) -> Iterator[tuple[Text, Text]]:
    """What both do: the sentence for that, and the name of what is done."""
    if wallets := _shared(one, other):
        yield _ADD_UP, both(bylaws, lambda voice: voice.listed(list(map(voice.wallet, wallets))))
    for code in dict.fromkeys(its.challenge for its in one.handed):
        if any(its.challenge == code for its in other.handed):
            title = bylaws.challenges[code].title
            yield _TWO_RUNS, Text(f"“{title.en}”", f"«{title.fa}»")
    if one.tiers and other.tiers:
        yield _HIGHEST, _NOTHING
    if one.statuses and other.statuses and one.statuses[-1] != other.statuses[-1]:
        yield _LAST, _NOTHING


def _shared(one: Article, other: Article) -> list[str]:
    """The wallets into which both earn on lines that both may mean."""
    found = {
        wallet
        for wallet, lines in _earned(one)
        for theirs, their_lines in _earned(other)
        if wallet == theirs and not lines_apart(lines, their_lines)
    }
    return sorted(found)


def _earned(article: Article) -> Iterable[tuple[str, LineFilter | None]]:
    return [
        (its.wallet, its.of.lines if isinstance(its, Earn) else None) for _, its in article.earnings if its.on_lines
    ]


def _never_both(one: Article, other: Article) -> bool:
    """Whether only one of two articles ever gives for the same purchase."""
    best = one.group is not None and one.group == other.group
    alone = one.exclusive or other.exclusive
    return (
        one.on.type != other.on.type
        or best
        or alone
        or _apart_in_time(one, other)
        or apart(one.condition, other.condition)
    )


def _apart_in_time(one: Article, other: Article) -> bool:
    return (one.until or date.max) < (other.from_ or date.min) or (other.until or date.max) < (one.from_ or date.min)
