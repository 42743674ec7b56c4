"""What may be wrong with challenges and streaks in a document, as in `wrong.py`."""

from __future__ import annotations

from typing import Any

TITLE = {"en": "T", "fa": "ت"}
EVER = {"counter": {"name": "orders", "over": "ever", "at_least": 3}}
RUN = {"counter": {"name": "orders", "over": "run", "at_least": 3}}
ORDERS = {"counter": {"name": "orders", "at_least": 3}}


def challenge(**more: Any) -> dict[str, Any]:
    return {"c": {"title": TITLE, **({} if "steps" in more else {"goal": ORDERS}), **more}}


def streak(**more: Any) -> dict[str, Any]:
    return {"s": {"title": TITLE, "counter": "orders", "every": "week", **more}}


def goal(of: Any) -> dict[str, Any]:
    return challenge(goal=of)


C, S = "/challenges/c", "/streaks/s"
WRONG: list[tuple[str, Any, str, str]] = [
    ("/challenges", {"c": {"title": TITLE}}, C, "Either “goal” or “steps”"),
    ("/challenges", {"c": {"title": TITLE, "goal": ORDERS, "steps": [ORDERS]}}, C, "Either “goal” or “steps”"),
    ("/challenges", challenge(start="maybe"), f"{C}/start", "“handed_out”"),
    ("/challenges", challenge(by="team"), f"{C}/by", "No teams are declared"),
    ("/challenges", challenge(in_order=True), f"{C}/in_order", "Only steps have an order"),
    ("/challenges", challenge(lasts={"days": 3}), f"{C}/lasts", "A run that begins by itself ends"),
    ("/challenges", challenge(start="chosen", each="month"), f"{C}/each", "Only runs that begin by themselves"),
    ("/challenges", challenge(**{"from": "1405-02-01", "until": "1405-01-01"}), f"{C}/until", "The last day comes"),
    ("/challenges", challenge(give=[{"points": {"per": 1, "give": 1}}]), f"{C}/give/0", "There is no purchase here"),
    ("/challenges", challenge(give=[{"badge": "none"}]), f"{C}/give/0/badge", "is not known"),
    ("/challenges", challenge(steps=[]), f"{C}/steps", "At least one step"),
    (
        "/challenges",
        goal(EVER),
        f"{C}/goal/counter",
        "“over” is “run”",
    ),
    ("/challenges", goal({"counter": {"name": "orders", "at_most": 3}}), f"{C}/goal/counter", "counting up"),
    ("/challenges", goal({"counter": {"name": "orders", "at_least": 0}}), f"{C}/goal/counter", "counting up"),
    ("/challenges", goal({"tier": {"is": "gold"}}), f"{C}/goal", "looks at purchases and events"),
    ("/challenges", goal({"none": [ORDERS]}), f"{C}/goal", "looks at purchases and events"),
    ("/challenges", goal({"event": "unknown"}), f"{C}/goal/event", "is not known"),
    ("/challenges", goal({"all": [ORDERS, {"nth_purchase": 2}]}), f"{C}/goal/all/1", "looks at purchases and events"),
    (
        "/articles/0/if",
        {"counter": {"name": "orders", "over": "run", "at_least": 3}},
        "/articles/0/if/counter/over",
        "A window",
    ),
    ("/articles/0/if", {"challenge": "unknown"}, "/articles/0/if/challenge", "is not known"),
    ("/articles/0/if", {"streak": {"name": "unknown", "at_least": 3}}, "/articles/0/if/streak/name", "is not known"),
    ("/streaks", streak(every="year"), f"{S}/every", "“month”"),
    ("/streaks", streak(at_least=0), f"{S}/at_least", "A number from 1"),
    ("/streaks", streak(freezes={"each": "day", "of": 1}), f"{S}/freezes/each", "“quarter”"),
    ("/streaks", streak(freezes={"each": "month", "of": 4}), f"{S}/freezes/of", "A number from 1 to 3"),
    ("/streaks", streak(milestones=[{"at": 1}]), f"{S}/milestones/0/at", "A number from 2"),
    ("/streaks", streak(milestones=[{"at": 4}, {"at": 4}]), f"{S}/milestones", "Each milestone asks more"),
]
