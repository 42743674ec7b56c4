"""Things that are given by their number and counted like amounts: rewards of the catalogue, tickets of raffles, and
pieces of sets to collect.

Each has a wallet of its own, named by what it is, so that limits, returns and the ledger know it like any other; no
document declares it, and no member sees it among what can be spent.
"""

from __future__ import annotations

from typing import Final

REWARD: Final = "reward/"
TICKETS: Final = "tickets/"
PIECES: Final = "piece/"
DISCOUNT: Final = "discount/"
"""Money that articles took off a basket: it is counted for limits, and goes into no purse."""


def is_thing(wallet: str) -> bool:
    """Whether a wallet holds things: names that documents give have no such sign."""
    return "/" in wallet


def reward_of(wallet: str) -> str | None:
    """The reward that a wallet counts, if it does."""
    return wallet.removeprefix(REWARD) if wallet.startswith(REWARD) else None


def raffle_of(wallet: str) -> str | None:
    """The raffle whose tickets a wallet counts, if it does."""
    return wallet.removeprefix(TICKETS) if wallet.startswith(TICKETS) else None


def piece_wallet(collection: str, piece: str) -> str:
    """The wallet that counts the pieces of one kind of a set."""
    return f"{PIECES}{collection}/{piece}"


def piece_of(wallet: str) -> tuple[str, str] | None:
    """The set and the piece that a wallet counts, if it does."""
    if not wallet.startswith(PIECES):
        return None
    collection, _, piece = wallet.removeprefix(PIECES).partition("/")
    return collection, piece
