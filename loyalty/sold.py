"""A recorded purchase that something comes back of: what was sold, what is left, and what it stands for.

Of another event nothing comes back, but the badges that were earned with it may be lost.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from loyalty.arrays import array, columns
from loyalty.cases import facts_again, stored_purchase
from loyalty.rewards.card_charges import Paid
from loyalty.rewards.card_moves import Sale
from loyalty.rules import Bylaws, Event, Facts, Happening, Purchase
from loyalty.rules.evaluate import earns_badge, met
from loyalty.rules.history import Counted
from loyalty.rules.returned import Left, Standing, awards_for, kept, standing, undone, uses
from loyalty.rules.ruling import Floor, Given
from loyalty.rules.running import Moved, kept_totals
from loyalty.rules.windows import Since
from loyalty.versions import Connection, Programme

_ROWS: Final = """
    SELECT purchase.id, member_id, store_id, receipt, occurred_at, gross, net, lines, extra, version, ruling, kept,
        voided_at, store.code
    FROM purchase JOIN store ON store.id = store_id
    WHERE purchase.id = ANY(%s::bigint[]) AND purchase.club_id = %s ORDER BY purchase.id
"""
_EVENTS: Final = """
    SELECT id, member_id, store_id, type, occurred_at, data, version, ruling, kept
    FROM event WHERE id = ANY(%s::bigint[]) AND club_id = %s ORDER BY id
"""
_KEEP: Final = """
    UPDATE purchase SET kept = state.kept, voided_at = state.voided_at
    FROM unnest(%s::bigint[], %s::bigint[], %s::jsonb[], %s::timestamptz[]) AS state (member_id, id, kept, voided_at)
    WHERE purchase.member_id = state.member_id AND purchase.id = state.id
"""
_KEEP_EVENTS: Final = """
    UPDATE event SET kept = state.kept
    FROM unnest(%s::bigint[], %s::bigint[], %s::jsonb[]) AS state (member_id, id, kept)
    WHERE event.member_id = state.member_id AND event.id = state.id
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
    """A purchase or another event, its facts frozen when it was judged, and its present state, which returns change."""

    id: int
    owner: int
    """The member that it was judged for; after a merge its points are another's."""
    store_id: int
    """0 for an event without one."""
    event: Happening
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
    cards: list[Paid] = field(default_factory=list)
    """What gift cards paid of it, and has not come back; they are locked."""
    floor: Floor | None = None
    """The tier that it gave."""
    facts: Facts = field(init=False)

    def __post_init__(self) -> None:
        self.facts = facts_again(self.bylaws, self.event, self.form)

    @property
    def purchase(self) -> Purchase:
        """The event, which is a purchase."""
        assert isinstance(self.event, Purchase)
        return self.event

    @property
    def sale(self) -> Sale:
        """What tills call it."""
        return Sale(self.purchase.receipt, self.store_id)

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.event.occurred_at

    @property
    def kept(self) -> Purchase | None:
        """What is left of it, as a purchase of its own."""
        return kept(self.purchase, self.left)

    def stands(self) -> Standing:
        """What it adds to counters and limits now."""
        if self.voided_at:
            return undone(self.bylaws, self.facts, self.awards)
        return standing(self.bylaws, self.facts, self.kept_facts(), self.awards)

    def keep(self, left: Left) -> None:
        """Let only so much be left: the articles give for that what the same version gives for it.

        What challenges and badges gave with it stays until these are looked at, and its share of running totals until
        counted.
        """
        self.left = left
        facts = self.kept_facts()
        articles = tuple(its for its in self.given if not self._of_counters(its))
        others = tuple(its for its in self.awards if self._of_counters(its))
        self.awards = (awards_for(self.bylaws, facts, articles) if facts else ()) + others

    def keep_totals(self, counted: Counted, since: Since | None, stood: Standing) -> None:
        """Let its share of running totals be what these come to; `stood` is what it stood for before, when others of
        its member's events had been `counted`."""
        bylaws, day = self.bylaws, self.facts.moment.day

        def moved(awards: tuple[Given, ...]) -> list[Moved]:
            self.awards = awards
            return stood.moved(self.stands())

        asks = bylaws.asks(day, since)
        self.awards = kept_totals(bylaws, asks, day, counted, moved, self.awards, self.given)

    def _of_counters(self, given: Given) -> bool:
        """Whether counters gave it: a gift, or a running total."""
        return given.is_gift or self.bylaws.is_total(given)

    def present(self) -> tuple[Facts | None, tuple[Given, ...]]:
        """The facts of what is left of it, as discounts leave that, and what is given for it."""
        return None if self.voided_at else self.kept_facts(), self.awards

    def state(self) -> tuple[Any, ...]:
        """What a return changes, to come back to if it is refused."""
        return self.left, self.awards, self.voided_at, dict(self.forgiven), deepcopy(self.payments)

    def back_to(self, state: tuple[Any, ...]) -> None:
        """Be as before."""
        self.left, self.awards, self.voided_at, self.forgiven, self.payments = state

    def stored(self) -> dict[str, Any]:
        """Its present state, as it is stored beside the ruling."""
        left = self.left.form() if isinstance(self.event, Purchase) else {}
        form = {**left, "awards": [list(its) for its in self.awards]}
        return form | {"forgiven": self.forgiven} if self.forgiven else form

    def earns(self, badge: str) -> bool:
        """Whether what is left of it still earns a badge by itself."""
        facts = None if self.voided_at else self.kept_facts()
        return facts is not None and earns_badge(self.bylaws, facts, badge)

    def lifts(self) -> bool:
        """Whether what is left of it still gives the tier that it gave."""
        facts = None if self.voided_at else self.kept_facts()
        return facts is not None and any(
            its.tier == self.floor.tier
            for article in met(self.bylaws, facts)
            for its in article.tiers
            if self.floor is not None
        )

    def kept_facts(self) -> Facts | None:
        """The facts of the sale with what is kept of it in place of what was sold; None where that is nothing."""
        if not isinstance(self.event, Purchase):
            return self.facts
        rest = self.kept
        if not rest:
            return None
        budgets = uses(self.bylaws, self.facts, self.given) if self.bylaws.discounting else {}
        return facts_again(self.bylaws, rest, self.form, dict(budgets))


def read_sold(conn: Connection, terms: Programme, ids: Iterable[int]) -> dict[int, Sold]:
    """What of a club is judged among some ids: purchases in one statement, others in another where there are any."""
    wanted = set(ids)
    found = {row[0]: _sold(terms, row) for row in conn.execute(_ROWS, [array(wanted), terms.club_id])}
    if others := wanted - found.keys():
        rows = conn.execute(_EVENTS, [array(others), terms.club_id])
        found |= {row[0]: _of_event(terms, row) for row in rows}
    return found


def write_states(conn: Connection, changed: Collection[Sold]) -> None:
    """Keep what returns left of purchases, and what is lost of other events."""
    sold = [its for its in changed if isinstance(its.event, Purchase)]
    others = [its for its in changed if not isinstance(its.event, Purchase)]
    if sold:
        conn.execute(_KEEP, columns([(its.owner, its.id, _json(its.stored()), its.voided_at) for its in sold]))
    if others:
        conn.execute(_KEEP_EVENTS, columns([(its.owner, its.id, _json(its.stored())) for its in others]))


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _of_event(terms: Programme, row: Sequence[Any]) -> Sold:
    id_, owner, store_id, type_, at, data, version, ruling, state = row
    given = tuple(Given(*its) for its in ruling["awards"])
    standing_ = tuple(Given(*its) for its in state["awards"]) if state else given
    event = Event(type_, at, attributes=data)
    bylaws = terms.version(version)
    sold = Sold(id_, owner, store_id or 0, event, bylaws, ruling["facts"], given, standing_, Left())
    sold.floor = _floor(ruling)
    return sold


def _floor(ruling: dict[str, Any]) -> Floor | None:
    given = ruling.get("floor")
    return Floor(given[0], datetime.fromisoformat(given[1])) if given else None


def _sold(terms: Programme, row: Sequence[Any]) -> Sold:
    id_, owner, store_id, receipt, at, gross, net, lines, extra, version, ruling, state, voided_at, store = row
    purchase = stored_purchase(receipt, store, at, terms.currency, gross, net, lines, extra)
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
        floor=_floor(ruling),
    )
