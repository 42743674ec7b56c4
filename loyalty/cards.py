"""Card numbers that can be typed and scanned: no look-alike letters, groups of four, a check character. Pure.

The alphabet has 31 characters, a prime, and the check is of the form of ISO/IEC 7064's pure systems: the characters'
values, weighted by the powers of 3 (a primitive root of 31), sum to 1 modulo 31. Weights that differ modulo a prime
make every single wrong character and every exchange of two characters show, neighbours or not, in up to 30 characters
(the argument for ISBN-10's modulus 11).
"""

from __future__ import annotations

import secrets
from typing import Final

from loyalty.formats import DROPPED, latin_digits

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Digits and letters without 0/O and 1/I/L."""
LENGTH: Final = 12
"""Eleven at random (about 54 bits) and the check."""
LONGEST: Final = 64
"""A shop may bring card numbers of its own; this bounds them."""

_PRIME: Final = len(ALPHABET)
_VALUE: Final = {char: value for value, char in enumerate(ALPHABET)}
_WEIGHTS: Final = [pow(3, power, _PRIME) for power in range(LENGTH)]


def make() -> str:
    """A new card number as it is stored: twelve characters, ungrouped."""
    return with_check("".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1)))


def with_check(payload: str) -> str:
    """Eleven characters of the alphabet with their check character at the end."""
    weighed = sum(_VALUE[char] * weight for char, weight in zip(payload, reversed(_WEIGHTS), strict=False))
    return payload + ALPHABET[(1 - weighed) % _PRIME]


def is_ours(card: str) -> bool:
    """Whether a normalised number is one that `make` could have made."""
    if len(card) != LENGTH or not _VALUE.keys() >= set(card):
        return False
    return sum(_VALUE[char] * weight for char, weight in zip(card, reversed(_WEIGHTS), strict=True)) % _PRIME == 1


def normal(typed: str) -> str:
    """What was typed or scanned as it is stored: Latin digits, capitals, without spaces and dashes. May be empty."""
    return latin_digits(typed).translate(DROPPED).upper()


def shown(card: str) -> str:
    """A card number for people: ours in groups of four, a shop's own as it is."""
    return "-".join(card[at : at + 4] for at in range(0, LENGTH, 4)) if is_ours(card) else card
