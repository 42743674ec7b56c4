"""Counters read from the document, and read back from where they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from loyalty.calendars import Calendar
from loyalty.rules.catalogue import read_condition
from loyalty.rules.counters import MEASURES, OF_LINES, POINTS, Counter, written
from loyalty.rules.filters import read_filter
from loyalty.rules.kinds import Condition
from loyalty.rules.known import FIELD
from loyalty.rules.occasions import BIRTHDAY, ENROLMENT, FOLLOWING, JOINING, Occasion
from loyalty.rules.reading import Node, Reading, one_of, unknown_name
from loyalty.values import Text

FIELDS: Final = ("measure", "where", "if", "by", "wallet", "articles")
OCCASIONS: Final = {its.type: its for its in (ENROLMENT, BIRTHDAY, JOINING)} | FOLLOWING
"""The occasions that the club finds by itself and that are counted: each is an event of its member."""
BY: Final = ("store", "sku", "category", "brand", "channel", "cashier")
"""Labels that have a name; fields are labels too."""
_OF_EVENT: Final = ("store",)
"""Those that an event other than a purchase has."""


def read_counter(node: Node) -> Counter:
    """A counter: `{of: purchases | lines | points | EVENT, measure?, where?, if?, by?, wallet?, articles?}`."""
    found = node.fields(["of"], FIELDS)
    of = found["of"].choice(("purchases", "lines", POINTS, *OCCASIONS, *node.reading.events))
    declared = node.reading.events.get(of)
    with node.reading.awaiting(Occasion(of, declared.title) if declared else OCCASIONS.get(of)):
        return _counter(node, found, of)


def _counter(node: Node, found: dict[str, Node], of: str) -> Counter:
    for name, only in (("where", "lines"), ("wallet", POINTS), ("articles", POINTS)):
        if name in found and of != only:
            raise found[name].bad(
                Text(f"Only a counter of {only} has “{name}”.", f"«{name}» تنها برای شمارندهٔ {_FA[only]} است.")
            )
    measure, more, by = _measure(found, of, node)
    if "by" in found:
        if by or of in OCCASIONS:
            raise found["by"].bad(
                Text("This has no labels to count it by.", "این برچسبی ندارد که به تفکیک آن شمرده شود.")
            )
        by = _by(found["by"], of)
        if more and by in OF_LINES:
            raise found["by"].bad(
                Text(
                    "A field belongs to the whole purchase, not to its lines.", "فیلد از آنِ کل خرید است، نه ردیف‌های آن."
                )
            )
    where = read_filter(found["where"]) if "where" in found else None
    wallet = None
    if of == POINTS:
        wallet = found["wallet"].name("wallets") if "wallet" in found else node.reading.first_wallet("points", node)
    articles = found["articles"].every(lambda n: n.name("articles"), least=1) if "articles" in found else ()
    if_, condition, reads = _condition(found["if"]) if "if" in found else ("", None, frozenset[str]())
    own = tuple(sorted(set(articles)))
    return Counter(of, measure, where, own, wallet, False, more, by, if_, condition, reads)  # type: ignore[arg-type]


_FA: Final = {"lines": "ردیف‌ها (lines)", POINTS: "امتیازها (points)"}


def _measure(found: Mapping[str, Node], of: str, node: Node) -> tuple[str, str | None, str]:
    """(measure, the field that is added up, the label whose different ones are counted)."""
    events = of in OCCASIONS or of in node.reading.events
    words = ("times", "days") if events else ("amount", "times", "days") if of == POINTS else tuple(MEASURES)
    if "measure" not in found:
        return words[0], None, ""
    its = found["measure"]
    if not isinstance(its.value, Mapping) or of in OCCASIONS:
        return its.choice(words), None, ""
    inner = its.fields(optional=("sum", "distinct"))
    if len(inner) != 1:
        raise its.bad(one_of([*words, "{sum: field}", "{distinct: label}"]))
    if "distinct" in inner:
        return "distinct", None, _by(inner["distinct"], of)
    if of in ("lines", POINTS):
        raise inner["sum"].bad(Text("Only events and purchases have fields.", "تنها رویدادها و خریدها فیلد دارند."))
    return "sum", _summed(inner["sum"], of), ""


def _summed(node: Node, of: str) -> str:
    """The field to add up: a whole number that is never below zero, so that what is counted only grows by an event."""
    name = node.text(100)
    declared = node.reading.events.get(of)
    if declared is None:
        node.reading.event_reads.add(FIELD + name)
        return name
    fields = {its.name: its for its in declared.fields}
    if name not in fields:
        raise node.bad(unknown_name(name, list(fields)))
    least = fields[name].from_
    if fields[name].type != "integer" or least is None or least < 0:
        raise node.bad(
            Text(
                "Only a whole number that is never below zero adds up: declare it with “from: 0” or more.",
                "تنها عدد صحیحی که هیچ‌گاه منفی نیست جمع می‌شود: آن را با «from: 0» یا بیشتر تعریف کنید.",
            )
        )
    return name


def _by(node: Node, of: str) -> str:
    """A label: `store`, `sku`, `category`, `brand`, `channel`, `cashier` or `{field: NAME}`."""
    reading, declared = node.reading, node.reading.events.get(of)
    if isinstance(node.value, Mapping):
        its = node.fields(["field"])["field"]
        name = its.text(100)
        if declared is not None and name not in (known := [one.name for one in declared.fields]):
            raise its.bad(unknown_name(name, known))
        reading.event_reads.add(FIELD + name)
        return FIELD + name
    words = _OF_EVENT if declared else [word for word in BY if of != POINTS or word not in OF_LINES]
    return node.choice(words)


def _condition(node: Node) -> tuple[str, Condition, frozenset[str]]:
    """A condition as it is written, as an object, and what it reads of an event."""
    reading, others = node.reading, node.reading.event_reads
    reading.event_reads = set()
    try:
        condition = read_condition(node)
        _only_of_event(condition, node)
        return written(node.value), condition, frozenset(reading.event_reads)
    finally:
        reading.event_reads |= others


def _only_of_event(condition: Condition, node: Node) -> None:
    [(_, body)] = node.mapping().items()
    if not condition.parts() and not condition.of_event:
        raise body.bad(
            Text(
                "What a counter counts hangs on the event alone: not on the member, or on what was before.",
                "آنچه شمرده می‌شود تنها به خود رویداد بستگی دارد، نه به عضو و گذشتهٔ او.",
            )
        )
    for part, inner in zip(condition.parts(), body.items(), strict=False):
        _only_of_event(part, inner)


def stored_counter(definition: Mapping[str, Any], calendar: Calendar | None = None) -> Counter:
    """A counter from its stored definition, the inverse of `Counter.definition`."""
    where, if_ = definition.get("where"), definition.get("if")
    written_, condition, reads = _condition(Node(if_, "", Reading(calendar))) if if_ else ("", None, frozenset[str]())
    return Counter(
        definition["of"],
        definition["measure"],
        read_filter(Node(where, "", Reading())) if where else None,
        tuple(definition.get("articles", ())),
        definition.get("wallet"),
        definition.get("returned_too", False),
        definition.get("adds"),
        definition.get("by", ""),
        written_,
        condition,
        reads,
    )
