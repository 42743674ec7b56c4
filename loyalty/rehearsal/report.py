"""The report of a rehearsal: both sides and their difference, in parts that add up in any order."""

from __future__ import annotations

from collections.abc import Mapping
from heapq import nlargest
from typing import Any, Final

from loyalty.rehearsal.tally import FIGURES, Side
from loyalty.rules import Bylaws

MOST: Final = 20
"""How many of those who gain, or lose, most are named."""

Form = dict[str, Any]


class Report:
    """What some members' histories came to on both sides."""

    def __init__(self) -> None:
        self.rehearsed, self.recorded = Side(), Side()
        self.members = self.affected = self.purchases = self.refused = 0
        self._changes: dict[str, list[Form]] = {}

    def add(self, member_id: int, rehearsed: Side, recorded: Side) -> None:
        """Add a member."""
        self.members += 1
        self.affected += not rehearsed.same(recorded)
        self.rehearsed.add(rehearsed)
        self.recorded.add(recorded)
        for wallet in rehearsed.wallets.keys() | recorded.wallets.keys():
            ours, its = rehearsed.net(wallet), recorded.net(wallet)
            if ours != its:
                change = {"member": member_id, "rehearsed": ours, "recorded": its, "difference": ours - its}
                self._changes.setdefault(wallet, []).append(change)
                if len(self._changes[wallet]) > 4 * MOST:
                    self._changes[wallet] = _ends(self._changes[wallet])

    def form(self) -> Form:
        """As a part is stored."""
        return {
            "purchases": self.purchases,
            "refused_returns": self.refused,
            "members": self.members,
            "affected": self.affected,
            "rehearsed": _side(self.rehearsed),
            "recorded": _side(self.recorded),
            "changes": {wallet: _ends(changes) for wallet, changes in self._changes.items()},
        }


def added(one: Form, other: Form) -> Form:
    """Two parts as one."""
    both: Form = dict(one)
    for name, value in other.items():
        before = both.get(name)
        if before is None:
            both[name] = value
        elif isinstance(value, Mapping):
            both[name] = added(before, dict(value))
        elif isinstance(value, list):
            both[name] = _ends(before + value)
        else:
            both[name] = before + value
    return both


def finished(parts: Form, draft: Bylaws, force: Bylaws, left_out: Mapping[str, int]) -> Form:
    """The whole report: with differences, what the club would owe in money and what it owes, and what was left out.

    Each side is priced by its own bylaws: the draft, and the version in `force` when the span ends.
    """
    form = {name: value for name, value in parts.items() if name != "changes"}
    for side, bylaws in (("rehearsed", draft), ("recorded", force)):
        held = form[side]["wallets"]
        worth = [its.worth(held.get(code, {}).get("outstanding", 0)) for code, its in bylaws.wallets.items()]
        form[side]["liability"] = sum(its or 0 for its in worth) if any(its is not None for its in worth) else None
    form["difference"] = _difference(form["rehearsed"], form["recorded"])
    form["gain"] = {wallet: _most(changes, 1) for wallet, changes in parts["changes"].items()}
    form["lose"] = {wallet: _most(changes, -1) for wallet, changes in parts["changes"].items()}
    return form | {"left_out": dict(left_out)}


def _side(side: Side) -> Form:
    articles: dict[str, Form] = {}
    for (wallet, article), amount in side.articles.items():
        if article:
            articles.setdefault(article, {"times": side.times[article], "amounts": {}})["amounts"][wallet] = amount
    badges: dict[str, dict[str, int]] = {}
    for (code, level), count in side.badges.items():
        badges.setdefault(code, {})[str(level)] = count
    return {
        "wallets": {code: {name: its[name] for name in FIGURES} for code, its in side.wallets.items()},
        "articles": articles,
        "tiers": {"up": side.ups, "down": side.downs, "members": dict(side.tiers)},
        "badges": badges,
    }


def _difference(ours: Any, its: Any) -> Any:
    if isinstance(ours, Mapping) or isinstance(its, Mapping):
        one, other = ours or {}, its or {}
        return {
            name: _difference(one.get(name), other.get(name)) for name in [*one, *(n for n in other if n not in one)]
        }
    return None if ours is None and its is None else (ours or 0) - (its or 0)


def _most(changes: list[Form], sign: int) -> list[Form]:
    found = [its for its in changes if sign * its["difference"] > 0]
    return nlargest(MOST, found, key=lambda its: (sign * its["difference"], -its["member"]))


def _ends(changes: list[Form]) -> list[Form]:
    return _most(changes, 1) + _most(changes, -1)
