"""A recorded purchase that something comes back of: what was sold, what is left, and what it stands for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from loyalty.arrays import array
from loyalty.cases import facts_again, stored_purchase
from loyalty.rules import Bylaws, Facts, Purchase
from loyalty.rules.evaluate import earns_badge
from loyalty.rules.returned import Left, Standing, awards_for, kept, standing, undone
from loyalty.rules.ruling import Given
from loyalty.versions import Connection, Programme

_ROWS: Final = """
    SELECT id, member_id, store_id, receipt, occurred_at, gross, net, lines, extra, version, ruling, kept, voided_at
    FROM purchase WHERE id = ANY(%s::bigint[]) AND club_id = %s ORDER BY id
"""


@dataclass(slots=True)
class Payment:
    """What a wallet paid of the purchase, and has not come back: a hold that was captured."""

    member_id: int
    """Who paid."""
    to: int
    """Who goes on for the payer, and gets back what comes back."""
    id: int
    wallet: str
    amount: int
    restored: int
    parts: list[tuple[int, int]]
    """(lot, what is still spent from it), in the order in which it was taken."""


@dataclass(slots=True)
class Sold:
    """A purchase, its facts frozen at the sale, and its present state, which returns change."""

    id: int
    owner: int
    """The member that it was judged for; after a merge its points are another's."""
    store_id: int
    purchase: Purchase
    bylaws: Bylaws
    form: dict[str, Any]
    """The facts that were kept."""
    given: tuple[Given, ...]
    """What it gave when it was sold."""
    awards: tuple[Given, ...]
    """What of that still stands."""
    left: Left
    voided_at: datetime | None = None
    forgiven: dict[str, int] = field(default_factory=dict)
    """What could not be taken back, and was let go, by wallet."""
    payments: list[Payment] = field(default_factory=list)
    facts: Facts = field(init=False)

    def __post_init__(self) -> None:
        self.facts = facts_again(self.bylaws, self.purchase, self.form)

    @property
    def kept(self) -> Purchase | None:
        """What is left of it, as a purchase of its own."""
        return kept(self.purchase, self.left)

    def stands(self) -> Standing:
        """What it adds to counters and limits now."""
        if self.voided_at:
            return undone(self.bylaws, self.awards)
        return standing(self.bylaws, self.facts, self.kept_facts(), self.awards)

    def keep(self, left: Left) -> None:
        """Let only so much be left: the articles give for that what the same version gives for it.

        What badges gave with it stays until the badges are looked at.
        """
        self.left = left
        facts = self.kept_facts()
        articles = tuple(its for its in self.given if not its.article.startswith("badge:"))
        badges = tuple(its for its in self.awards if its.article.startswith("badge:"))
        self.awards = (awards_for(self.bylaws, facts, articles) if facts else ()) + badges

    def state(self) -> tuple[Any, ...]:
        """What a return changes, to come back to if it is refused."""
        return self.left, self.awards, self.voided_at, dict(self.forgiven), deepcopy(self.payments)

    def back_to(self, state: tuple[Any, ...]) -> None:
        """Be as before."""
        self.left, self.awards, self.voided_at, self.forgiven, self.payments = state

    def stored(self) -> dict[str, Any]:
        """Its present state, as it is stored beside the ruling."""
        form = {**self.left.form(), "awards": [list(its) for its in self.awards]}
        return form | {"forgiven": self.forgiven} if self.forgiven else form

    def earns(self, badge: str) -> bool:
        """Whether what is left of it still earns a badge by itself."""
        facts = None if self.voided_at else self.kept_facts()
        return facts is not None and earns_badge(self.bylaws, facts, badge)

    def kept_facts(self) -> Facts | None:
        """The facts of the sale with what is kept of it in place of what was sold; None where that is nothing."""
        rest = self.kept
        return facts_again(self.bylaws, rest, self.form) if rest else None


def read_sold(conn: Connection, terms: Programme, ids: Iterable[int]) -> dict[int, Sold]:
    """The judged purchases of a club among some ids, in one statement."""
    return {row[0]: _sold(terms, row) for row in conn.execute(_ROWS, [array(ids), terms.club_id])}


def _sold(terms: Programme, row: Sequence[Any]) -> Sold:
    id_, owner, store_id, receipt, at, gross, net, lines, extra, version, ruling, state, voided_at = row
    purchase = stored_purchase(receipt, "", at, terms.currency, gross, net, lines, extra)
    given = tuple(Given(*its) for its in ruling["awards"])
    return Sold(
        id_,
        owner,
        store_id,
        purchase,
        terms.version(version),
        ruling["facts"],
        given,
        tuple(Given(*its) for its in state["awards"]) if state else given,
        Left.from_form(state) if state else Left.of(purchase),
        voided_at,
        dict(state.get("forgiven", {})) if state else {},
    )
