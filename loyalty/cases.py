"""An event on its way through gather, judge and apply: what has been found out about it so far."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from loyalty.calendars import Moment
from loyalty.rules import Bylaws, Event, Facts, Happening, Line, MemberRef, Purchase, Ruling, Tender
from loyalty.rules.discounting import Offer, discounted
from loyalty.rules.facts import AS_SHOWN, CardShown
from loyalty.rules.reviewing import Move
from loyalty.values import Shown


@dataclass(slots=True)
class Case:
    """One event of a batch, with what has been found out about it so far."""

    event: Happening
    store_id: int | None
    member_id: int
    bylaws: Bylaws
    moment: Moment
    id: int = 0
    facts: Facts | None = None
    ruling: Ruling | None = None
    reviews: tuple[Move, ...] = ()
    """The tier moves that were due before it."""
    moved_at: datetime | None = None
    """When its member came to the tier that it leads to: a late purchase moves the tier of today."""
    wallets: dict[str, Shown] = field(default_factory=dict)
    """What each wallet holds after it."""
    offers: tuple[Offer, ...] = ()
    """What codes and redeemed rewards promise on it."""
    presented: dict[str, Any] = field(default_factory=dict)
    """What else its facts keep of that."""
    root: int | None = None
    """Of an event that follows: the number of the one from which all of it came; 0 where a tier moved by itself."""
    depth: int = 0
    """How many events it followed one after the other."""
    due: list[Case] = field(default_factory=list)
    """What followed from the tier moves that were due before it."""
    followed: list[Case] = field(default_factory=list)
    """What followed from it."""

    @property
    def purchase(self) -> Purchase:
        """The event, which is a purchase."""
        assert isinstance(self.event, Purchase)
        return self.event

    def whole(self) -> Iterator[Case]:
        """Itself and all that followed, in the order in which they were judged."""
        for its in self.due:
            yield from its.whole()
        yield self
        for its in self.followed:
            yield from its.whole()

    @property
    def told(self) -> tuple[tuple[Ruling, Facts], ...]:
        """What followed, as it was judged."""
        return tuple((its.ruling, its.facts) for its in self.after() if its.ruling and its.facts)

    @property
    def wallets_after(self) -> dict[str, Shown]:
        """What each wallet holds after all of it."""
        after = self.after()
        return after[-1].wallets if after else self.wallets

    def after(self) -> list[Case]:
        """All that followed from itself."""
        return [case for its in self.followed for case in its.whole()]


def digest(purchase: Purchase) -> bytes:
    """What tells a repeated post from another sale under the same receipt: SHA-256 of the normalised content."""
    form = {
        "member": list(purchase.member) if purchase.member else None,
        "occurred_at": purchase.occurred_at.astimezone(UTC).isoformat(),
        "currency": purchase.currency,
        "gross": purchase.gross,
        "net": purchase.net,
        "lines": [list(line) for line in purchase.lines],
        "extra": extra(purchase),
    }
    if shown := [its.shown.digest.hex() for its in purchase.tenders if isinstance(its.shown, CardShown)]:
        form["cards"] = shown
    return _hashed(form)


def event_digest(event: Event) -> bytes:
    """What tells a repeated event from another one under the same key."""
    form = event_as_sent(event) | {"occurred_at": event.occurred_at.astimezone(UTC).isoformat()}
    return _hashed(form)


def _hashed(form: dict[str, Any]) -> bytes:
    return hashlib.sha256(json.dumps(form, sort_keys=True, ensure_ascii=False).encode()).digest()


def extra(purchase: Purchase) -> dict[str, Any]:
    """What was sent besides amounts and lines, as it is stored."""
    form: dict[str, Any] = {}
    if purchase.tenders:
        form["tenders"] = [_kept(tender) for tender in purchase.tenders]
    if purchase.codes:
        form["codes"] = list(purchase.codes)
    if purchase.redeem:
        form["redeem"] = [list(its) for its in purchase.redeem]
    for name in ("channel", "cashier", "attributes"):
        if value := getattr(purchase, name):
            form[name] = value
    return form


def _kept(tender: Tender) -> list[Any]:
    """A tender as it is kept: of a gift card neither code nor PIN, only what it is recognised by."""
    return [tender.type, tender.amount, *([tender.card] if tender.card else [])]


def tender_told(kept: list[Any]) -> dict[str, Any]:
    """A tender that was kept, by the names of its fields."""
    return dict(zip(("type", "amount", "card"), kept, strict=False))


def as_sent(purchase: Purchase) -> dict[str, Any]:
    """A purchase in plain values, for one that waits to be judged."""
    return {
        "receipt": purchase.receipt,
        "store": purchase.store,
        "member": list(purchase.member) if purchase.member else None,
        "occurred_at": purchase.occurred_at.isoformat(),
        "currency": purchase.currency,
        "gross": purchase.gross,
        "net": purchase.net,
        "lines": [list(line) for line in purchase.lines],
        "extra": extra(purchase),
    }


def from_sent(form: dict[str, Any], member: MemberRef | None) -> Purchase:
    """A purchase that waited, for the member it belongs to; the inverse of `as_sent`."""
    purchase = stored_purchase(
        form["receipt"],
        form["store"],
        datetime.fromisoformat(form["occurred_at"]),
        form["currency"],
        form["gross"],
        form["net"],
        form["lines"],
        form["extra"],
    )
    return replace(purchase, member=member)


def event_as_sent(event: Event) -> dict[str, Any]:
    """An event in plain values, for one that waits to be judged."""
    return {
        "type": event.type,
        "source": event.source,
        "key": event.key,
        "store": event.store,
        "member": list(event.member) if event.member else None,
        "occurred_at": event.occurred_at.isoformat(),
        "data": event.attributes,
    }


def event_from_sent(form: dict[str, Any], member: MemberRef | None) -> Event:
    """An event that waited, for the member it belongs to; the inverse of `event_as_sent`."""
    at = datetime.fromisoformat(form["occurred_at"])
    return Event(form["type"], at, form["key"], form["source"], form["store"], member, form["data"])


def stored_purchase(
    receipt: str,
    store: str,
    occurred_at: Any,
    currency: str,
    gross: int,
    net: int,
    lines: list[Any],
    more: dict[str, Any],
) -> Purchase:
    """A purchase read back from its row, the inverse of how it is stored."""
    return Purchase(
        receipt,
        store,
        occurred_at,
        currency,
        gross,
        net,
        lines=tuple([_line(line) for line in lines]),
        tenders=tuple([Tender(*tender) for tender in more.get("tenders", ())]),
        channel=more.get("channel"),
        cashier=more.get("cashier"),
        attributes=more.get("attributes", {}),
        codes=tuple(more.get("codes", ())),
        redeem=tuple((code, quantity) for code, quantity in more.get("redeem", ())),
    )


def _line(fields: list[Any]) -> Line:
    return Line._make((*fields[:-1], tuple(fields[-1])))


def kept_facts(facts: Facts) -> dict[str, Any]:
    """The facts a ruling read, as they are stored with it: enough to judge and explain it again."""
    form: dict[str, Any] = {"tier": facts.tier, "counts": facts.counts}
    if facts.standing is not facts.counts:
        form["standing"] = [facts.standing, facts.standing_day.isoformat(), facts.standing_tier]
    if facts.earned_rank != facts.standing_rank:
        form["earned_rank"] = facts.earned_rank
    if facts.values:
        form["values"] = facts.values
    if facts.badges:
        form["badges"] = facts.badges
    if not facts.active:
        form["inactive"] = True
    if facts.active_days:
        form["days"] = facts.active_days
    if facts.active_labels or facts.present:
        form["labels"] = [sorted(map(list, its)) for its in (facts.active_labels, facts.present)]
    if facts.offers:
        form["offers"] = [offer.form() for offer in facts.offers]
    if facts.budgets:
        form["budgets"] = [[key, start.isoformat(), left] for (key, start), left in facts.budgets.items()]
    return form


def facts_again(
    bylaws: Bylaws, event: Happening, form: dict[str, Any], budgets: dict[tuple[str, date], int] | None = None
) -> Facts:
    """The facts of a recorded event, from what was kept; `budgets` in place of what was left of shared limits then."""
    calendar = bylaws.club.calendar
    moment = calendar.moment(event.occurred_at)
    counts, tier = form["counts"], form["tier"]
    active, present = (frozenset((n, label) for n, label in its) for its in form.get("labels", ((), ())))
    standing, day, standing_tier = form.get("standing", (counts, moment.day.isoformat(), tier))
    facts = Facts(
        event,
        moment,
        calendar,
        tier,
        bylaws.ranks.get(tier, -1),
        counts,
        standing,
        date.fromisoformat(day),
        standing_tier,
        bylaws.ranks.get(standing_tier, -1),
        form.get("badges", {}),
        form.get("values", {}),
        not form.get("inactive", False),
        form.get("days", 0),
        active,
        present,
        budgets or {(key, date.fromisoformat(start)): left for key, start, left in form.get("budgets", ())} or None,
        earned_rank=form.get("earned_rank", AS_SHOWN),
        offers=tuple(Offer.from_form(its) for its in form.get("offers", ())),
    )
    return discounted(bylaws, facts)
