"""People's passwords and one-time links: hashing, and comparing in the time it always takes. Pure but for chance."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from base64 import b64encode
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from loyalty.formats import latin_digits

SHORTEST: Final = 10
"""Characters that a password has at least."""
LONGEST: Final = 200
"""Characters that a password has at most, so that hashing one cannot be made to cost much more than another."""

_hasher = PasswordHasher()


def normal(password: str) -> str:
    """One form for what a person typed: Unicode's compatibility form, digits of three scripts as Latin ones."""
    return latin_digits(unicodedata.normalize("NFKC", password))


def hashed(password: str) -> str:
    """An argon2id hash to keep (about 50 ms and 64 MiB)."""
    return _hasher.hash(normal(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether a password is the one that was kept; takes as long where none was kept, and then says no."""
    try:
        return _hasher.verify(kept or _nobodys(), normal(password)[: LONGEST + 1]) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(kept: str) -> bool:
    """Whether a kept hash was made with weaker settings than today's."""
    return _hasher.check_needs_rehash(kept)


def new_token() -> str:
    """A one-time link's secret (192 bits), safe in an address."""
    return secrets.token_urlsafe(24)


def digest(token: str) -> bytes:
    """What is kept of a token: its SHA-256."""
    return hashlib.sha256(token.encode()).digest()


def _nobodys() -> str:
    """A hash that no password has, made without hashing: comparing with it costs what any comparison does."""
    parts = _hasher.memory_cost, _hasher.time_cost, _hasher.parallelism
    salt, tag = (b64encode(secrets.token_bytes(n)).decode().rstrip("=") for n in (_hasher.salt_len, _hasher.hash_len))
    return "$argon2id$v=19$m={},t={},p={}${}${}".format(*parts, salt, tag)
