"""Members' tokens: a shop's server signs them for five minutes, the club's reads them. JWT, HS256.

The claims: `sub` the shop's own id of the member (or what `by` says: `card` or `id`), `aud` the publishable key,
`scope` holding `widgets`, `exp` at most five minutes ahead, `jti` anything that names this token.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from loyalty import cards
from loyalty.errors import Unauthorized
from loyalty.rules.facts import MemberRef
from loyalty.values import Text

LIVES: Final = timedelta(minutes=5)
SKEW: Final = timedelta(seconds=30)
"""How far a shop's clock may be ahead."""
SCOPE: Final = "widgets"
ALGORITHM: Final = "HS256"
LONGEST: Final = 2048
NAMED_BY: Final = ("external_id", "card", "id")


def sign(secret: str, publishable_key: str, external_id: str, now: datetime) -> str:
    """A token as any shop's server makes one; `secret` as `loyalty.keys.shown` gives it."""
    claims = {
        "sub": external_id,
        "aud": publishable_key,
        "scope": SCOPE,
        "exp": int((now + LIVES).timestamp()),
        "jti": secrets.token_urlsafe(12),
    }
    return jwt.encode({"alg": ALGORITHM}, claims, OctKey.import_key({"kty": "oct", "k": secret}))


def member_of(token: str, secret: bytes, publishable_key: str, now: datetime) -> MemberRef:
    """Whom a token speaks for.

    Raises:
        Unauthorized: not signed with this key's secret, lapsed, for too long, for another key or use; all alike.
    """
    try:
        if len(token) > LONGEST:
            raise ValueError("too long")
        decoded = jwt.decode(token, OctKey.import_key(secret), algorithms=[ALGORITHM])
        claims = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            sub={"essential": True},
            aud={"essential": True, "value": publishable_key},
            exp={"essential": True},
            jti={"essential": True},
        )
        claims.validate(decoded.claims)
        if decoded.claims["exp"] > (now + LIVES + SKEW).timestamp():
            raise ValueError("lives too long")
        if SCOPE not in str(decoded.claims.get("scope", "")).split():
            raise ValueError("another use")
        return _named(decoded.claims["sub"], decoded.claims.get("by", "external_id"))
    except (JoseError, ValueError, TypeError) as error:
        raise Unauthorized(Text("The member's token is not valid.", "توکن عضو معتبر نیست.")) from error


def _named(subject: object, by: object) -> MemberRef:
    if not isinstance(subject, str) or by not in NAMED_BY:
        raise ValueError("names nobody")
    if by == "id" and not subject.isdecimal():
        raise ValueError("names nobody")
    return MemberRef(by, cards.normal(subject) if by == "card" else subject)
