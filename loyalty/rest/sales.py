"""Purchases in the API's form: as answered, as a row of a batch, as recorded, as explained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from loyalty.errors import Problem
from loyalty.outcome import Outcome
from loyalty.queries import purchases
from loyalty.queries.answer import Judged, answer, first_answer
from loyalty.queries.purchases import EXTRA, PurchaseView
from loyalty.queries.views import ArticleView, Explanation
from loyalty.rest import problems
from loyalty.rest.reply import lang, shown

NOTHING_YET: Final[dict[str, Any]] = {
    "discounts": [],
    "to_pay": None,
    "codes": [],
    "bylaws": None,
    "awards": [],
    "badges": [],
    "challenges": [],
    "streaks": [],
    "tier": {"from": None, "to": None},
    "withheld": [],
    "wallets": {},
    "message": None,
}


def answered(club_id: int, outcome: Outcome) -> dict[str, Any]:
    """The first answer, now or again; what waits to be judged has the same form, empty."""
    assert outcome.id is not None
    found = judged(club_id, outcome)
    if found is not None:
        return found
    return NOTHING_YET | {
        "id": outcome.id,
        "receipt": outcome.receipt,
        "status": purchases.one(club_id, outcome.id).status,
    }


def judged(club_id: int, outcome: Outcome) -> dict[str, Any] | None:
    """The answer to what is judged, now or before; None while it waits."""
    assert outcome.id is not None
    if outcome.ruling and outcome.facts and outcome.bylaws:
        now = Judged(outcome.id, outcome.ruling, outcome.facts, outcome.wallets, outcome.bylaws, outcome.followed)
        found: dict[str, Any] | None = answer(now, lang())
    else:
        found = first_answer(club_id, outcome.id, lang())
    return found | {"id": outcome.id, "status": "recorded"} if found is not None else None


def result(outcome: Outcome) -> dict[str, Any]:
    """What became of a row that was read."""
    if outcome.problem is not None:
        error = problems.body(outcome.problem, lang())
        return {"receipt": outcome.receipt, "status": "refused", "id": None, "error": error}
    return {"receipt": outcome.receipt, "status": outcome.status, "id": outcome.id, "error": None}


def refused(data: Any, problem: Problem) -> dict[str, Any]:
    """A row that could not be read."""
    receipt = data.get("receipt") if isinstance(data, dict) else None
    named = receipt if isinstance(receipt, str) else None
    return {"receipt": named, "status": "refused", "id": None, "error": problems.body(problem, lang())}


def sale(view: PurchaseView) -> dict[str, Any]:
    """A purchase as it was recorded."""
    form: dict[str, Any] = shown(view)
    extra = form.pop("extra")
    del form["member_name"], form["store_name"], form["kept"]
    form["returned"] = {"gross": form.pop("returned_gross"), "net": form.pop("returned_net")}
    form["member"], form["bylaws"] = form.pop("member_id"), form.pop("version")
    return form | {name: extra.get(name) for name in EXTRA}


def explained(view: Explanation, name: str) -> dict[str, Any]:
    """An explanation, of a `purchase` or of an `event`."""
    form: dict[str, Any] = shown(view)
    return {name: form.pop("event"), **form, "articles": articles(view.articles)}


def articles(views: Sequence[ArticleView]) -> list[dict[str, Any]]:
    """Articles as they were judged."""
    forms: list[dict[str, Any]] = shown(views)
    for form in forms:
        form["gave"] = [
            {"wallet": wallet, "amount": amount, "sentence": sentence} for wallet, amount, sentence in form["gave"]
        ]
    return forms
