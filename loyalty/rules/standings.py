"""The parts of a document that stand on counters: the ladder of tiers, badges and leaderboards."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any, Final, TypeVar

from loyalty.calendars import PERIODS
from loyalty.rules.catalogue import read_award, read_condition
from loyalty.rules.counters import Counter
from loyalty.rules.kinds import MEMBER, Award, Condition, Earning
from loyalty.rules.ladder import DEMOTES, PROMOTES, REVIEWS, Step, Tiers, counts_since_tier
from loyalty.rules.occasions import PURCHASE, read_occasion
from loyalty.rules.parts import Audience, Badge, BadgeLevelTerms, Leaderboard
from loyalty.rules.prizes import LATE, PRIZES, SETTLES, Prize
from loyalty.rules.reading import Node
from loyalty.rules.terms import Term, read_end
from loyalty.rules.types import BOOLEAN, bilingual, integer, ratio
from loyalty.rules.windows import EVER, read_window
from loyalty.values import QUANTITY_SCALE, Text

T = TypeVar("T")

_SCOPES: Final = ("club", "store", "audience", "tier", "friends")


def word(name: str, node: Node) -> str:
    """A name as documents may give one."""
    if not re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_-]{0,59}", name):
        raise node.bad(
            Text(
                "A name is a letter followed by letters, digits, - or _.",
                "نام با یک حرف لاتین آغاز می‌شود و تنها حرف، رقم، - یا _ دارد.",
            )
        )
    return name


def named(node: Node | None, read: Callable[[str, Node], T]) -> dict[str, T]:
    """An object's children, each read with its name; names are short words."""
    result: dict[str, T] = {}
    for name, child in node.mapping().items() if node else ():
        value = child.reading.attempt(lambda n, name=name: read(word(name, n), n), child)  # type: ignore[misc]
        if value is not None:
            result[name] = value
    return result


_HOLDING = ("holds_for", "grace", "demote")
"""How a tier is held: what the ladder says holds for every step that does not say otherwise."""


def read_tiers(node: Node) -> Tiers:
    """The ladder, lowest step first, and how one goes up and down it."""
    found = node.fields(["ladder"], ["promote", "review", "returns", *_HOLDING])
    promote = found["promote"].choice(PROMOTES) if "promote" in found else "at_once"
    review = found["review"].choice(REVIEWS) if "review" in found else None
    returns = found["returns"].choice(("at_review", "at_once", "keep")) if "returns" in found else "at_review"
    own = _holding(found)
    ladder = found["ladder"].every(lambda its: _step(its, own), least=1)
    codes = [step.code for step in ladder]
    for index, step in enumerate(found["ladder"].items()):
        if codes[index] in codes[:index]:
            raise step.bad(Text("This code is already on the ladder.", "این کد پیش‌تر در نردبان آمده است."))
        if index and ladder[index].needs is None:
            raise step.bad(Text("Only the first step may have no needs.", "تنها پلهٔ نخست می‌تواند بی‌شرط باشد."))
    if promote == "at_review":
        review = review or "month"
    return Tiers(ladder, promote, review, returns)  # type: ignore[arg-type]


def _holding(found: dict[str, Node]) -> dict[str, Any]:
    """What is said of how a tier is held."""
    said: dict[str, Any] = {}
    if "holds_for" in found:
        said["holds_for"] = _held_for(found["holds_for"])
    if "grace" in found:
        said["grace"] = read_end(found["grace"])
    if "demote" in found:
        said["demote"] = found["demote"].choice(DEMOTES)
    return said


def _held_for(node: Node) -> Term | None:
    if node.value == "while_qualified":
        return None
    if not isinstance(node.value, dict):
        raise node.bad(
            Text(
                "“while_qualified” or a term such as {months: 12} is expected.",
                "اینجا «while_qualified» یا مدتی مانند {months: 12} لازم است.",
            )
        )
    return read_end(node)


def _step(node: Node, ladder: dict[str, Any]) -> Step:
    found = node.fields(["code", "title"], ["needs", "keep", *_HOLDING])
    code = word(found["code"].text(60), found["code"])
    needs, keep = (_condition(found[name]) if name in found else None for name in ("needs", "keep"))
    if keep and not needs:
        raise found["keep"].bad(
            Text(
                "A step that everybody stands on cannot be lost.",
                "سطحی که همه در آن جای دارند از دست نمی‌رود.",
            )
        )
    step = Step(code, bilingual(found["title"]), needs, keep, **{**ladder, **_holding(found)})
    if step.kept is keep and counts_since_tier(keep) and not (step.holds_for or step.grace):
        raise found["keep"].bad(
            Text(
                "What is counted since reaching a tier is nothing at first: it needs a term (holds_for) or a grace.",
                "آنچه از رسیدن به یک سطح شمرده می‌شود در آغاز هیچ است: مدت (holds_for) یا مهلت (grace) لازم دارد.",
            )
        )
    return step


def _condition(node: Node) -> Condition:
    condition = read_condition(node)
    if not of_member(condition):
        raise node.bad(
            Text(
                "A step may only ask for counters and for what is known of the member.",
                "یک سطح تنها می‌تواند شمارنده‌ها و ویژگی‌های عضو را بخواهد.",
            )
        )
    return condition


def of_member(condition: Condition) -> bool:
    """Whether it reads only counters and the member, not an event."""
    parts = condition.parts()
    return all(of_member(part) for part in parts) if parts else condition.for_standing


def about_member(condition: Condition) -> bool:
    """Whether it reads no event, but perhaps what tiers and badges made of the member."""
    parts = condition.parts()
    return all(map(about_member, parts)) if parts else condition.for_standing or condition.about_member


def read_badge(code: str, node: Node) -> Badge:
    """A badge: by a counter's levels, by a condition on an event, or handed out."""
    found = node.fields(["title"], ["secret", "counter", "over", "levels", "on", "if", "family"])
    title = bilingual(found["title"])
    secret = BOOLEAN.read(found["secret"]) if "secret" in found else False
    family = bilingual(found["family"]) if "family" in found else None
    if "counter" in found:
        name = found["counter"].name("counters")
        for other in {"on", "if"} & found.keys():
            raise found[other].bad(Text("A badge has either a counter or a condition.", "نشان یا شمارنده دارد یا شرط."))
        if "levels" not in found:
            raise node.bad(Text("The field “levels” is missing.", "فیلد «levels» نوشته نشده است."))
        over = read_window(found["over"]) if "over" in found else EVER
        unit = node.reading.counter_units[name]
        levels = found["levels"].every(lambda n: _level(n, unit), least=1)
        if any(low.at >= high.at for low, high in pairwise(levels)):
            raise found["levels"].bad(
                Text("Each level asks more than the one before.", "هر مرتبه باید بیش از مرتبهٔ پیشین بخواهد.")
            )
        read = node.reading.read(name, over)
        return Badge(code, title, secret, name, over, unit, read, levels, family=family)
    for other in {"over", "levels"} & found.keys():
        raise found[other].bad(Text("Only a badge with a counter has this.", "این تنها برای نشانی با شمارنده است."))
    if ("on" in found) != ("if" in found):
        raise node.bad(Text("“on” and “if” stand together.", "«on» و «if» با هم می‌آیند."))
    condition, on = None, PURCHASE
    if "on" in found:
        on = read_occasion(found["on"])
        with node.reading.awaiting(on):
            condition = read_condition(found["if"])
    return Badge(code, title, secret, levels=(BadgeLevelTerms(1, ()),), condition=condition, on=on, family=family)


def _level(node: Node, unit: str) -> BadgeLevelTerms:
    found = node.fields(["at"], ["give"])
    if unit == "quantity":
        exact = ratio(found["at"]) * QUANTITY_SCALE
        if exact.denominator != 1 or exact <= 0:
            raise found["at"].bad(Text("A quantity above zero is expected.", "اینجا تعدادی بزرگ‌تر از صفر لازم است."))
        at = int(exact)
    else:
        at = integer(found["at"], least=1)
    return BadgeLevelTerms(at, found["give"].every(_level_award) if "give" in found else ())


def _level_award(node: Node) -> Award:
    award = read_award(node)
    if not isinstance(award, Earning) or award.on_lines or award.total or award.to != MEMBER:
        raise node.bad(Text("A badge gives fixed amounts.", "نشان تنها مقدار ثابت (fixed) می‌دهد."))
    return award


def read_leaderboard(code: str, node: Node, counters: Mapping[str, Counter]) -> Leaderboard:
    """A leaderboard; its period is a month where none is given."""
    found = node.fields(["title", "counter"], ["period", "scope", "by", "ties", "prizes", "settles"])
    periods = ("ever", *PERIODS)
    period = found["period"].choice(periods) if "period" in found else "month"
    scope, league = _scope(found["scope"]) if "scope" in found else ("club", None)
    by = _ranked(found["by"]) if "by" in found else "member"
    ties = found["ties"].choice(("first_to_reach", "shared")) if "ties" in found else "first_to_reach"
    name = found["counter"].name("counters")
    if scope == "store" and (its := counters.get(name)) and (its.by != "store" or its.distinct):
        raise found["counter"].bad(
            Text(
                "A board within each store needs a counter that is kept by store: {by: store}.",
                "جدول هر فروشگاه شمارنده‌ای می‌خواهد که به تفکیک فروشگاه باشد: {by: store}.",
            )
        )
    if by == "team":
        _of_teams(found, scope, counters.get(name))
    prizes, settles = _prizes(found, period, scope)
    return Leaderboard(
        code,
        bilingual(found["title"]),
        name,
        None if period == "ever" else period,  # type: ignore[arg-type]
        ties,
        scope,
        league,
        by,
        prizes,
        settles,
    )


def _of_teams(found: dict[str, Node], scope: str, counter: Counter | None) -> None:
    """Refuse what a board of teams cannot be."""
    if scope != "club":
        raise found["scope"].bad(Text("Teams are ranked in the whole club.", "تیم‌ها در کل باشگاه رده‌بندی می‌شوند."))
    if counter is not None and counter.distinct:
        raise found["counter"].bad(Text("Different things have no mean.", "از چیزهای متفاوت نمی‌توان میانگین گرفت."))


def _prizes(found: dict[str, Node], period: str, scope: str) -> tuple[tuple[Prize, ...], Term]:
    """What the first places of each period get, and how long after its end."""
    if "prizes" not in found:
        if "settles" in found:
            raise found["settles"].bad(
                Text("Without prizes there is nothing to settle.", "بی‌جایزه چیزی برای نهایی کردن نیست.")
            )
        return (), LATE
    if period == "ever":
        raise found["prizes"].bad(
            Text("A board for all time never ends: nobody wins it.", "جدول همیشگی پایان ندارد و برنده‌ای هم ندارد.")
        )
    if scope == "friends":
        raise found["prizes"].bad(
            Text("Everybody has other friends: nobody wins among them.", "دوستان هر کس دیگرند؛ میان آنان برنده‌ای نیست.")
        )
    return PRIZES.read(found["prizes"]), SETTLES.read(found["settles"]) if "settles" in found else LATE


def _scope(node: Node) -> tuple[str, str | None]:
    """Among whom one is ranked: a word, and the league where it is one."""
    if isinstance(node.value, dict):
        return "league", node.fields(["league"])["league"].name("leagues")
    scope = node.choice(_SCOPES)
    if scope == "audience" and not node.reading.names["audiences"]:
        raise node.bad(Text("No audiences are declared.", "گروه مخاطبی تعریف نشده است."))
    if scope == "tier" and not node.reading.names["tiers"]:
        raise node.bad(Text("No tiers are declared.", "سطحی تعریف نشده است."))
    return scope, None


def _ranked(node: Node) -> str:
    """Who is ranked: members, or the teams that the document declares."""
    by = node.choice(("member", "team"))
    if by == "team" and "teams" not in node.reading.names["sections"]:
        raise node.bad(Text("No teams are declared.", "تیمی تعریف نشده است."))
    return by


def read_audience(code: str, node: Node) -> Audience:
    """An audience: whoever a condition on the member alone holds for."""
    found = node.fields(["title", "if"])
    return Audience(code, bilingual(found["title"]), read_about_member(found["if"]))


def read_about_member(node: Node) -> Condition:
    """A condition on the member alone; raises `Bad` where it asks for an event."""
    condition = read_condition(node)
    if not about_member(condition):
        raise node.bad(
            Text(
                "Only conditions on the member may stand here: counters, attributes, age, years, tier and badges.",
                "اینجا تنها شرط‌هایی دربارهٔ خود عضو می‌آید: شمارنده، ویژگی، سن، سال‌های عضویت، سطح و نشان.",
            )
        )
    return condition
