"""The database session and the one place that commits."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar, cast

import psycopg
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase

from loyalty.config import Settings

P = ParamSpec("P")
T = TypeVar("T")

TRIES = 5
"""How often a transaction that lost a deadlock is begun again before its error is let through."""
PAUSE: Final = (0.02, 0.1)
"""Seconds, by chance between these, that a victim lets pass: whoever waited for its locks has them by then. Begun anew
at once it may take them first, and both stand as before. A deadlock has cost a second anyway."""
_OPEN: Final = "loyalty.transaction"
"""Where a session keeps, while it is inside `transaction()`, what failed in the parts that joined it."""

NAMES: Final = {
    "pk": "%(table_name)s_pkey",
    "fk": "%(table_name)s_%(column_0_name)s_fkey",
    "uq": "%(table_name)s_%(column_0_name)s_key",
    "ix": "%(table_name)s_%(column_0_name)s_idx",
}
"""What constraints are called that nobody named: PostgreSQL's own way, written down for the migrations."""


class Base(DeclarativeBase):
    """The tables' common base; `db.Model` is not used because mypy can't see through it."""

    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(model_class=Base)
migrate = Migrate()


def base_app(settings: Settings, name: str = "loyalty") -> Flask:
    """A Flask application that knows its settings and database, and no page yet."""
    app = Flask(name, static_folder="static")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        TESTING=settings.testing,
        SQLALCHEMY_DATABASE_URI=sqlalchemy_url(settings.database_url),
        SQLALCHEMY_ENGINE_OPTIONS={"pool_size": 4, "max_overflow": 4, "pool_pre_ping": True},
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
    )
    app.extensions["loyalty"] = settings
    db.init_app(app)
    migrate.init_app(app, cast(Any, db), directory=str(Path(__file__).parent / "migrations"))
    return app


def sqlalchemy_url(url: str) -> str:
    """A libpq URL as SQLAlchemy names it with the psycopg 3 driver."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


@contextmanager
def transaction() -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """One transaction: commits at the end, rolls back on any error. Yields the driver connection, for set-based SQL.

    Inside another of the same session it joins that one, which alone commits. What fails inside fails the whole: an
    error that somebody between the two swallowed is raised at the outer one's end.
    """
    own = db.session().info
    if _OPEN in own:
        with _joined(own[_OPEN]):
            yield connection()
        return
    failures: list[BaseException] = []
    own[_OPEN] = failures
    try:
        yield connection()
        if failures:
            raise failures[0]
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        del own[_OPEN]


@contextmanager
def _joined(failures: list[BaseException]) -> Iterator[None]:
    """A part of a transaction that remembers whether it failed."""
    try:
        yield
    except BaseException as error:
        failures.append(error)
        raise


class Overtaken(Exception):
    """What was found before a lock was had is no longer so: `retried` begins the transaction anew."""


def in_transaction() -> bool:
    """Whether the current session (an application context has one of its own) is inside `transaction()`."""
    return _OPEN in db.session().info


def connection() -> psycopg.Connection[tuple[Any, ...]]:
    """The psycopg connection of the current session's transaction."""
    return cast("psycopg.Connection[tuple[Any, ...]]", db.session.connection().connection.driver_connection)


def retried(action: Callable[P, T]) -> Callable[P, T]:
    """Run an action anew when PostgreSQL chose it as a deadlock's victim, or when it was overtaken: no client sees it.

    The action must be one whole transaction. As a part of another it can't begin anew alone, for PostgreSQL has undone
    the whole: the error goes up to the outermost action, which does.
    """

    @wraps(action)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        if in_transaction():
            return action(*args, **kwargs)
        for left in reversed(range(TRIES)):
            try:
                return action(*args, **kwargs)
            except (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure, Overtaken) as error:
                if not left:
                    raise
                deadlock = isinstance(error, psycopg.errors.DeadlockDetected)
            except DBAPIError as error:
                deadlock = isinstance(error.orig, psycopg.errors.DeadlockDetected)
                if not left or not deadlock:
                    raise
            if deadlock:
                time.sleep(random.uniform(*PAUSE))  # noqa: S311 - nobody gains by guessing it
        raise AssertionError("unreachable")

    return run
