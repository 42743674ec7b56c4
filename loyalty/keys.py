"""API keys: made and recognised; and secrets that must be read again, sealed under the instance key. Pure.

A key has 192 random bits, so its SHA-256 needs no salt and is what the database keeps.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from typing import Final, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

Kind = Literal["server", "till", "publishable"]
PREFIXES: Final[dict[Kind, str]] = {"server": "sk", "till": "tk", "publishable": "pk"}
KINDS: Final = tuple(PREFIXES)

_FORM = re.compile(r"(?:sk|tk|pk)_[A-Za-z0-9_-]{32}", re.ASCII)
_NONCE: Final = 12

Purpose = Literal["publishable key", "webhook", "code", "gift card", "answer", "raffle", "payout", "draw of chance"]
"""What a secret is for: each purpose has a key of its own, derived from the instance's."""


def make(kind: Kind) -> str:
    """A new key; shown once, then only its digest is kept."""
    return f"{PREFIXES[kind]}_{secrets.token_urlsafe(24)}"


def looks_right(text: str) -> bool:
    """Whether a text has the form of a key."""
    return _FORM.fullmatch(text) is not None


def digest(key: str) -> bytes:
    """What the database keeps of a key and looks it up by."""
    return hashlib.sha256(key.encode()).digest()


def hint(key: str) -> str:
    """What a person recognises a key by: its ends, far too little to guess the rest."""
    return f"{key[:6]}…{key[-4:]}"


def new_secret() -> bytes:
    """A new secret to sign with, members' tokens or messages: 256 bits."""
    return secrets.token_bytes(32)


def shown(secret: bytes) -> str:
    """A signing secret as a shop's server is given it: base64url without padding, the `k` of a JWK."""
    return base64.urlsafe_b64encode(secret).rstrip(b"=").decode()


def seal(secret: bytes, owner: bytes, instance_key: str, purpose: Purpose = "publishable key") -> bytes:
    """A secret encrypted under the instance key (AES-256-GCM), bound to its owner: an API key's digest, say."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(_derived(instance_key, purpose)).encrypt(nonce, secret, owner)


def unseal(sealed: bytes, owner: bytes, instance_key: str, purpose: Purpose = "publishable key") -> bytes:
    """The secret that was sealed.

    Raises:
        ValueError: another instance key, owner or purpose, or a changed text.
    """
    try:
        opened = AESGCM(_derived(instance_key, purpose)).decrypt(sealed[:_NONCE], sealed[_NONCE:], owner)
    except (InvalidTag, ValueError):
        raise ValueError("not sealed under this instance key") from None
    return opened


def lookup(text: str, owner: bytes, instance_key: str, purpose: Purpose) -> bytes:
    """What a text is found by where the text itself must not lie: HMAC-SHA256 under a key derived from the instance's.

    Without that key nobody who has the rows can try texts against them, even short ones. `owner` is the club.
    """
    return looked_up(owner, instance_key, purpose)(text)


def looked_up(owner: bytes, instance_key: str, purpose: Purpose) -> Callable[[str], bytes]:
    """`lookup` of very many texts of one owner: the key is derived once."""
    key, start = _derived(instance_key, purpose, "look-up"), owner + b"\0"
    return lambda text: hmac.digest(key, start + text.encode(), "sha256")


def _derived(instance_key: str, purpose: Purpose, what: str = "signing secret") -> bytes:
    info = f"loyalty: {what} of a {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(instance_key.encode())
