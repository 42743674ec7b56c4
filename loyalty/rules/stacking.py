"""How articles stand to one another: `group` with `best`, `exclusive` with `priority`, read and said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from loyalty.rules.awards.multiply import Multiply
from loyalty.rules.kinds import Earning
from loyalty.rules.parts import Article
from loyalty.rules.reading import Node
from loyalty.rules.types import BOOLEAN, WORD, integer
from loyalty.rules.voice import Voice
from loyalty.values import Text

STACKING: Final = ("group", "best", "exclusive", "priority")
"""The fields of an article that are read here."""
_MOST: Final = 1000


def read_stacking(node: Node, found: dict[str, Node], amounts: bool) -> tuple[str | None, int, bool]:
    """(group, priority, exclusive) of an article.

    Raises:
        Bad: they do not go together; the fault stands where it can be mended.
    """
    group = WORD.read(found["group"]) if "group" in found else None
    best = "best" in found and BOOLEAN.read(found["best"])
    exclusive = "exclusive" in found and BOOLEAN.read(found["exclusive"])
    priority = integer(found["priority"], most=_MOST) if "priority" in found else 0
    if (group is not None) != best:
        raise node.bad(Text("“group” and “best: true” stand together.", "«group» و «best: true» با هم می‌آیند."))
    if group is not None and not amounts:
        raise found["group"].bad(Text("It gives no amount to compare.", "این ماده مقداری نمی‌دهد که سنجیده شود."))
    if exclusive and group is not None:
        raise found["exclusive"].bad(
            Text("An article of a group cannot be exclusive too.", "ماده‌ای که در گروه است نمی‌تواند انحصاری هم باشد.")
        )
    if exclusive and priority < 1:
        raise node.bad(
            Text(
                "An exclusive article needs a priority of 1 or more: those below it give nothing.",
                "مادهٔ انحصاری اولویتی دست‌کم ۱ می‌خواهد تا ماده‌های پایین‌تر از آن چیزی ندهند.",
            )
        )
    return group, priority, exclusive


def one_wallet_per_group(articles: Sequence[Article], node: Node) -> None:
    """Note a fault where the articles of a group give into several wallets: these cannot be compared."""
    wallets: dict[str, str] = {}
    for index, article in enumerate(articles):
        for award in article.give if article.group else ():
            if not isinstance(award, Earning | Multiply):
                continue
            if wallets.setdefault(str(article.group), award.wallet) != award.wallet:
                node.items()[index].child("group", article.group).bad(
                    Text("The articles of a group give into one wallet.", "ماده‌های یک گروه در یک کیف می‌دهند.")
                )
                break


def stacking_said(article: Article, voice: Voice) -> list[str]:
    """What shuts out what, as parts of the article's sentence."""
    said = []
    if article.group:
        rivals = voice.listed([voice.article(its.no) for its in voice.bylaws.articles if its.group == article.group])
        said.append(
            voice.pick(
                f"of {rivals} only the one that gives most holds", f"از {rivals} تنها آن که بیشتر می‌دهد برقرار است"
            )
        )
    below = [voice.article(its.no) for its in voice.bylaws.articles if its.priority < article.priority]
    if article.exclusive and below:
        which, several = voice.listed(below), len(below) > 1
        said.append(
            voice.pick(
                f"where it gives something, {which} {'give' if several else 'gives'} nothing",
                f"هرگاه چیزی بدهد، {which} چیزی {'نمی‌دهند' if several else 'نمی‌دهد'}",
            )
        )
    return said
