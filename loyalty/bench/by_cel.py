"""`bylaws.yaml` for the Common Expression Language, by its own runtime for Python: one expression, a list of amounts.

The language cannot add up what a list holds: articles that need the sum of some lines are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from cel_expr_python import cel
from cel_expr_python.ext import ext_bindings, ext_math

ARTICLES: Final = {
    "1": "net / 100000",
    "2": "purchases == 0 ? 100 : 0",
    "6": "net >= 8000000 && used6 < 2 ? 40 : 0",
    "7": "purchases % 10 == 9 ? 60 : 0",
    "10": "tier in ['silver', 'gold'] ? math.greatest(0, math.least(net / 100, 300000 - used10)) : 0",
    "11": "day % 10000 >= 101 && day % 10000 <= 131 && lines.exists(line, 'local' in line.tags)"
    " ? math.greatest(0, math.least(20, 100 - used11)) : 0",
    "13": "(minute >= 1260 || minute < 120) && used13 < 1 ? 5 : 0",
    "14": "audience in ['student', 'pupil'] ? net / 200000 : 0",
    "15": "weekday == 1 && age >= 60 ? 20 : 0",
    "16": "years >= 1 ? math.least(net / 500000, 12) : 0",
    "18": "visits_30 >= 4 && used18 < 2 ? 10 : 0",
    "19": "spend_month >= 15000000 ? math.greatest(0, math.least(gross, 20000000 - used19)) / 200 : 0",
    "4": "minute >= 420 && minute < 600 && !(weekday in [3, 4])"
    " ? math.greatest(0, math.least(60 - used4, (a1 + a14 + a16) / 4)) : 0",
    "8": "tier == 'silver' ? a1 / 4 : 0",
    "9": "tier == 'gold' ? a1 / 2 : 0",
}
_NUMBERS: Final = (
    "net", "gross", "weekday", "minute", "day", "age", "years", "purchases", "visits_30", "spend_month",
    *(f"used{no}" for no in (4, 6, 10, 11, 13, 18, 19)),
)  # fmt: skip


def judge() -> Callable[[dict[str, Any]], dict[str, int]]:
    """A function that has the expression evaluated."""
    variables = dict.fromkeys(_NUMBERS, cel.Type.INT) | dict.fromkeys(("tier", "audience"), cel.Type.STRING)
    variables["lines"] = cel.Type.List(cel.Type.Map(cel.Type.STRING, cel.Type.DYN))
    env = cel.NewEnv(variables=variables, extensions=[ext_bindings.ExtBindings(), ext_math.ExtMath()])
    whole = f"[{', '.join(f'a{no}' for no in ARTICLES)}]"
    for no, expression in reversed(ARTICLES.items()):
        whole = f"cel.bind(a{no}, {expression}, {whole})"
    compiled = env.compile(whole)

    def judged(told: dict[str, Any]) -> dict[str, int]:
        return dict(zip(ARTICLES, compiled.eval(data=told).plain_value(), strict=True))

    return judged
