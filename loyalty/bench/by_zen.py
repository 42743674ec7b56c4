"""`bylaws.yaml` for zen-engine: one decision, whose expressions may look at the results of those before them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import zen

_SUMS: Final = {
    "dairy": "sum(map(filter(lines, #.category == 'dairy'), #.net))",
    "fruit": "sum(map(filter(lines, #.category == 'fruit'), #.quantity))",
    "local": "sum(map(filter(lines, 'local' in #.tags), #.net))",
    "branded": "sum(map(filter(lines, #.brand in ['pegah', 'mihan']), #.quantity))",
    "branded_dairy": "sum(map(filter(lines, #.brand in ['pegah', 'mihan'] and #.category == 'dairy'), #.quantity))",
    "organic": "sum(map(filter(lines, 'organic' in #.tags and #.category != 'dairy'), #.gross))",
}
"""What several articles, or long ones, look at."""
ARTICLES: Final = {
    "1": "floor(net / 100000)",
    "2": "purchases == 0 ? 100 : 0",
    "5": "$.fruit >= 3000 and none(lines, #.category == 'snacks') and used5 < 2 ? 15 : 0",
    "6": "net >= 8000000 and used6 < 2 ? 40 : 0",
    "7": "purchases % 10 == 9 ? 60 : 0",
    "10": "tier in ['silver', 'gold'] ? max([0, min([floor(net / 100), 300000 - used10])]) : 0",
    "11": "day % 10000 >= 101 and day % 10000 <= 131 and some(lines, 'local' in #.tags)"
    " ? max([0, min([20, 100 - used11])]) : 0",
    "12": "day >= 14030101 and day <= 14030631 and (gross >= 6000000 or $.local >= 2000000) and used12 < 1 ? 50 : 0",
    "13": "(minute >= 1260 or minute < 120) and used13 < 1 ? 5 : 0",
    "14": "audience in ['student', 'pupil'] ? floor(net / 200000) : 0",
    "15": "weekday == 1 and age >= 60 ? 20 : 0",
    "16": "years >= 1 ? min([floor(net / 500000), 12]) : 0",
    "17": "$.branded >= 2000 ? max([0, min([floor($.branded / 1000) * 2, 60 - used17])]) : 0",
    "18": "visits_30 >= 4 and used18 < 2 ? 10 : 0",
    "19": "spend_month >= 15000000 ? floor(max([0, min([gross, 20000000 - used19])]) / 200) : 0",
    "20": "some(lines, 'organic' in #.tags) and none(lines, #.category == 'sweets') ? floor($.organic / 50000) : 0",
    "3": "weekday in [3, 4] and $.dairy >= 1000000 ? max([0, min([30 - used3, floor($.dairy / 100000)"
    " + ($.a14 > 0 ? floor($.dairy / 200000) : 0) + ($.a16 > 0 ? min([12, floor($.dairy / 500000)]) : 0)"
    " + ($.a17 > 0 ? min([$.a17, floor($.branded_dairy / 1000) * 2]) : 0)])]) : 0",
    "4": "minute >= 420 and minute < 600 and weekday not in [3, 4]"
    " ? max([0, min([60 - used4, floor(($.a1 + $.a14 + $.a16 + $.a17 + $.a20) / 4)])]) : 0",
    "8": "tier == 'silver' ? floor($.a1 / 4) : 0",
    "9": "tier == 'gold' ? floor($.a1 / 2) : 0",
}


def judge() -> Callable[[dict[str, Any]], dict[str, int]]:
    """A function that has the decision made."""
    evaluate = zen.ZenEngine({"loader": {"type": "static", "content": {"club": _decision()}}}).evaluate

    def judged(told: dict[str, Any]) -> dict[str, int]:
        result = evaluate("club", told)["result"]
        return {no: result[f"a{no}"] for no in ARTICLES}

    return judged


def _decision() -> dict[str, Any]:
    named = _SUMS | {f"a{no}": expression for no, expression in ARTICLES.items()}
    expressions = [{"id": name, "key": name, "value": expression} for name, expression in named.items()]
    return {
        "contentType": "application/vnd.gorules.decision",
        "nodes": [
            {"id": "told", "name": "told", "type": "inputNode"},
            {"id": "articles", "name": "articles", "type": "expressionNode", "content": {"expressions": expressions}},
            {"id": "awards", "name": "awards", "type": "outputNode"},
        ],
        "edges": [
            {"id": "in", "type": "edge", "sourceId": "told", "targetId": "articles"},
            {"id": "out", "type": "edge", "sourceId": "articles", "targetId": "awards"},
        ],
    }
