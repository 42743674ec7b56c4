"""A member's sign-in on the club's own page: a signed cookie that this club's path alone receives."""

from __future__ import annotations

from typing import Final

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from loyalty.queries.clubs import ClubView

LASTS: Final = 90 * 24 * 3600
"""Seconds; an installed page should not ask for a code every week."""
COOKIE: Final = "member"


def _serializer(club: ClubView) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt=f"member-of-{club.id}")


def open_for(response: Response, club: ClubView, member_id: int, path: str) -> None:
    """Sign the member in on this browser."""
    response.set_cookie(
        COOKIE,
        _serializer(club).dumps(member_id),
        max_age=LASTS,
        path=path,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )


def close(response: Response, path: str) -> None:
    """Sign out on this browser."""
    response.delete_cookie(COOKIE, path=path, httponly=True, samesite="Lax")


def member_id(club: ClubView) -> int | None:
    """The member who is signed in to this club's page, or None."""
    value = request.cookies.get(COOKIE)
    if not value:
        return None
    try:
        found = _serializer(club).loads(value, max_age=LASTS)
    except BadSignature:
        return None
    return found if isinstance(found, int) else None
