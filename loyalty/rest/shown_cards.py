"""Gift cards at the edge: code and PIN become keyed hashes here, and may be tried only so often."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

from flask import request

from loyalty.absent import CardRefused
from loyalty.attempts import Guard, give_back, spend
from loyalty.card_tenders import cards_of
from loyalty.config import settings
from loyalty.errors import Problem, RateLimited
from loyalty.outcome import Outcome
from loyalty.rest.access import caller
from loyalty.rewards import gift_cards
from loyalty.rewards.gift_cards import Which
from loyalty.rules.facts import CardShown, CardTyped, Purchase, Tender

QUARTER: Final = 15 * 60
HOUR: Final = 3600


def shown(body: dict[str, Any]) -> CardShown:
    """The card that a body shows."""
    return gift_cards.shown(caller().club_id, body["code"], body.get("pin"), settings().secret_key)


def which(body: dict[str, Any]) -> Which:
    """The card that a server names."""
    number: int | None = body.get("id")
    return shown(body) if number is None else number


def with_cards(purchase: Purchase) -> Purchase:
    """A purchase whose gift cards are shown by their hashes, and kept by what they are recognised by."""
    if not any(isinstance(its.shown, CardTyped) for its in purchase.tenders):
        return purchase
    return replace(purchase, tenders=tuple(_hashed(its) for its in purchase.tenders))


def _hashed(tender: Tender) -> Tender:
    typed = tender.shown
    if not isinstance(typed, CardTyped):
        return tender
    found = gift_cards.shown(caller().club_id, typed.code, typed.pin, settings().secret_key)
    return tender._replace(card=gift_cards.hint(typed.code), shown=found)


@contextmanager
def tried(cards: Iterable[Which]) -> Iterator[None]:
    """Try some cards: those that are refused count, whether they exist or not; then nobody may go on for a while.

    Counted before, so that tries at the same time count as well, and given back when it was not a guess.

    Raises:
        RateLimited: too many were refused already.
    """
    guards = [guard for card in dict.fromkeys(cards) if isinstance(card, CardShown) for guard in _guards(card)]
    if guards:
        spend(guards)
    try:
        yield
    except CardRefused:
        raise
    except BaseException:
        give_back(guards)
        raise
    else:
        give_back(guards)


def too_often(rows: Iterable[Purchase]) -> dict[CardShown, Problem]:
    """Count one try of each card that some purchases show; answers which may not be tried now."""
    limited: dict[CardShown, Problem] = {}
    for card in dict.fromkeys(card for row in rows for card in cards_of(row)):
        try:
            spend(_guards(card))
        except RateLimited as problem:
            limited[card] = problem
    return limited


def were_good(rows: Iterable[tuple[Purchase, Outcome]]) -> None:
    """Give back the tries of those cards of a batch that no purchase was refused for."""
    pairs = [(card, outcome) for row, outcome in rows for card in cards_of(row)]
    bad = {card for card, outcome in pairs if isinstance(outcome.problem, CardRefused)}
    for card in dict.fromkeys(card for card, _ in pairs):
        if card not in bad:
            give_back(_guards(card))


def _guards(card: CardShown) -> list[Guard]:
    """Few tries for one card, more from one address and with one key: so nobody comes to know a PIN by trying."""
    return [
        Guard("gift-card", card.digest.hex(), 30, HOUR),
        Guard("gift-card-address", request.remote_addr or "", 200, QUARTER),
        Guard("gift-card-key", str(caller().key_id), 300, QUARTER),
    ]
