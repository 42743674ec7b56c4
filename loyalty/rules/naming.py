"""What a counter is called where the club gave it no name."""

from __future__ import annotations

from loyalty.rules.counters import Counter
from loyalty.rules.filters import LineFilter
from loyalty.values import Text

_WHOLE = {
    "amount": Text("spend", "مبلغ خرید"),
    "gross": Text("spend before discount", "مبلغ خرید پیش از تخفیف"),
    "quantity": Text("units bought", "تعداد کالای خریداری‌شده"),
    "times": Text("purchases", "تعداد خرید"),
    "days": Text("days of purchase", "روزهای خرید"),
}


def counter_name(counter: Counter) -> Text:
    """A name said from the definition: `spend on category dairy`, «مبلغ خرید از دستهٔ لبنیات»."""
    whole = _WHOLE.get(counter.measure, Text("count", "شمار"))
    if counter.where is None:
        return whole
    return Text(f"{whole.en} of {_said(counter.where, 'en')}", f"{whole.fa} از {_said(counter.where, 'fa')}")


def _said(where: LineFilter, lang: str) -> str:
    values = sorted(value for _, values in where.keys for value in values)
    said = ", ".join(values) if lang == "en" else "، ".join(values)
    if where.without:
        said += (" without " if lang == "en" else " به‌جز ") + _said(where.without, lang)
    return said
