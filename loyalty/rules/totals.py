"""Running totals in the document: which awards of an article are such, and what may hang on what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from loyalty.rules.awards.earn import Earn
from loyalty.rules.awards.multiply import Multiply
from loyalty.rules.counters import POINTS, Counter
from loyalty.rules.kinds import MEMBER, Award, Earning
from loyalty.rules.limits import Limit
from loyalty.rules.occasions import NO_EVENT, Occasion
from loyalty.rules.parts import Article, Running
from loyalty.rules.reading import Node
from loyalty.rules.running import DEPTH
from loyalty.rules.windows import Window
from loyalty.values import Text


def changes(node: Node, give: Sequence[Award]) -> Occasion:
    """The occasion of an article that names none: it may only keep running totals, which look when they change.

    Raises:
        Bad: it gives something else.
    """
    counters = [its.of.counter.name for its in give if isinstance(its, Earn) and its.of.counter]
    if len(counters) < len(give):
        raise node.bad(Text("The field “on” is missing.", "فیلد «on» نوشته نشده است."))
    if any(isinstance(its, Earn) and its.of.counter and its.of.counter.over.kind == "previous" for its in give):
        raise node.bad(
            Text(
                "What lies in the period before does not change by what happens: say with “on” when this is given.",
                "آنچه در دورهٔ پیشین شمرده شده با رویدادهای تازه تغییر نمی‌کند: با «on» بگویید این کی داده شود.",
            )
        )
    names = [node.reading.counter_names.get(name, Text(name, name)) for name in dict.fromkeys(counters)]
    what = Text(" or ".join(its.en for its in names), " یا ".join(f"«{its.fa}»" for its in names))
    each = Text(f"every change of {what.en}", f"هر تغییر در {what.fa}")
    return Occasion(NO_EVENT, each)


def read_totals(
    no: str, give: Sequence[Award], found: Mapping[str, Node], limits: Sequence[Limit]
) -> tuple[Running, ...]:
    """The running totals among the awards of an article.

    Raises:
        Bad: the article gives something else into the same wallet, or is limited or stacked as totals cannot be.
    """
    reading = found["give"].reading
    totals = []
    for place, award in enumerate(give):
        if not isinstance(award, Earn) or not (reached := award.of.counter):
            continue
        if award.to != MEMBER:
            raise (
                found["give"]
                .items()[place]
                .bad(
                    Text(
                        "A running total goes to the member who is counted.",
                        "جمع جاری از آنِ همان عضوی است که شمرده می‌شود.",
                    )
                )
            )
        others = [its for its in give if its is not award and isinstance(its, Earning | Multiply)]
        if any(its.wallet == award.wallet for its in others):
            raise (
                found["give"]
                .items()[place]
                .bad(
                    Text(
                        "An article that keeps a running total gives nothing else into that wallet.",
                        "ماده‌ای که جمع جاری دارد چیز دیگری در همان کیف نمی‌دهد.",
                    )
                )
            )
        gave = Counter(POINTS, "amount", articles=(no,), wallet=award.wallet)
        totals.append(
            Running(
                no,
                place,
                award,
                reading.read(reached.name, reached.over, around=True, label=reached.label),
                reading.read(gave, given_in(reached.over), around=True),
            )
        )
    if totals:
        _check(found, limits)
    return tuple(totals)


def given_in(over: Window) -> Window:
    """The window in which a total that counts over another has given: what the last year was worth is given in this."""
    return replace(over, kind="this") if over.kind == "previous" else over


def _check(found: Mapping[str, Node], limits: Sequence[Limit]) -> None:
    for name in ("group", "exclusive"):
        if name in found:
            raise found[name].bad(
                Text(
                    "An article that keeps a running total cannot be weighed against others.",
                    "ماده‌ای که جمع جاری دارد با ماده‌های دیگر سنجیده نمی‌شود.",
                )
            )
    for place, limit in enumerate(limits):
        if limit.shared or limit.of != "points":
            raise (
                found["limits"]
                .items()[place]
                .bad(
                    Text(
                        "A running total is limited by points, per member.",
                        "سقف جمع جاری تنها برای هر عضو و بر پایهٔ امتیاز است.",
                    )
                )
            )


def no_circles(articles: Iterable[Article], counters: Mapping[str, Counter], node: Node) -> None:
    """Note a fault where a running total hangs on itself, or at the end of too long a chain of others."""
    numbered = list(articles)
    totals = {its.no: its.totals for its in numbered if its.totals}
    for no, own in totals.items():
        for total in own:
            depth = _depth(total, totals, counters, ())
            if depth is None or depth > DEPTH:
                raise_at = _counter_node(node, no, total.place)
                if depth is None:
                    raise_at.bad(
                        Text(
                            "What this gives counts for the counter on which it hangs.",
                            "آنچه این می‌دهد در همان شمارنده‌ای شمرده می‌شود که به آن بسته است.",
                        )
                    )
                else:
                    raise_at.bad(
                        Text(
                            f"Running totals hang on one another at most {DEPTH} deep.",
                            "جمع‌های جاری حداکثر تا سه لایه به یکدیگر بسته می‌شوند.",
                        )
                    )


def _depth(
    total: Running, totals: Mapping[str, tuple[Running, ...]], counters: Mapping[str, Counter], seen: tuple[str, ...]
) -> int | None:
    """How many totals deep one hangs, itself among them; None for one that hangs on itself."""
    key = f"{total.no}:{total.place}"
    if key in seen:
        return None
    award = total.award
    counter = counters.get(award.of.counter.name) if isinstance(award, Earn) and award.of.counter else None
    deepest = 0
    if counter is not None and counter.of == POINTS:
        for no, others in totals.items():
            for other in others:
                if other.award.wallet == counter.wallet and (not counter.articles or no in counter.articles):
                    depth = _depth(other, totals, counters, (*seen, key))
                    if depth is None:
                        return None
                    deepest = max(deepest, depth)
    return deepest + 1


def _counter_node(articles: Node, no: str, place: int) -> Node:
    """Where an article's total names its counter."""
    body = next(its for its in articles.items() if str(its.mapping()["no"].value) == no)
    [award] = body.mapping()["give"].items()[place].mapping().values()
    return award.mapping()["of"].mapping()["counter"]
