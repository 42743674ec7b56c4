"""Who is signed in: Flask-Login over `loyalty.queries.people`."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import Final

from flask import session
from flask_login import LoginManager, UserMixin, login_user, logout_user
from flask_wtf.csrf import CSRFProtect

from loyalty.config import now
from loyalty.queries import people
from loyalty.queries.people import PersonView

SIGNED_IN_LASTS: Final = timedelta(days=7)
SINCE: Final = "person_since"
OWN_KEYS: Final = (SINCE, "csrf_token", "_user_id", "_fresh", "_id", "_flashes")
"""What of the browser's session is ours: a member signed in beside us keeps theirs."""

logins = LoginManager()
csrf = CSRFProtect()


class SignedIn(UserMixin):  # type: ignore[misc]
    """A person who is signed in."""

    def __init__(self, person: PersonView) -> None:
        self.person = person

    def get_id(self) -> str:
        """The id with the password's stamp: a new password ends the sessions that the old one opened."""
        return f"{self.person.id}.{self.person.stamp}"


@logins.user_loader  # type: ignore[untyped-decorator]
def load(user_id: str) -> SignedIn | None:
    """The person of a session, if it still holds."""
    number, _, stamp = user_id.partition(".")
    if now().timestamp() - session.get(SINCE, 0) > SIGNED_IN_LASTS.total_seconds() or not number.isdecimal():
        return None
    person = people.person(int(number))
    return SignedIn(person) if person and hmac.compare_digest(person.stamp, stamp) else None


def enter(person_id: int) -> None:
    """Begin a session of one's own: nothing of what the browser brought is carried over."""
    forget()
    person = people.person(person_id)
    if person:
        session[SINCE] = now().timestamp()
        login_user(SignedIn(person))


def leave() -> None:
    """End the session."""
    logout_user()
    forget()


def forget() -> None:
    """Drop what the session holds of ours."""
    for key in OWN_KEYS:
        session.pop(key, None)
