"""The instance that a command works on: its servers, its secret, and an application context."""

from __future__ import annotations

import contextlib
import functools
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Concatenate, Final, ParamSpec, TypeVar

import click
from flask import Flask
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from loyalty import logs, migrations
from loyalty.cli.terminal import tell
from loyalty.config import DEFAULT_DATA, Settings
from loyalty.db import base_app, sqlalchemy_url
from loyalty.engines import Addresses, EngineTrouble, engines
from loyalty.errors import Problem
from loyalty.values import Text

P = ParamSpec("P")
T = TypeVar("T")

SECRET: Final = "LOYALTY_SECRET_KEY"  # noqa: S105
SECRET_FILE: Final = "secret_key"  # noqa: S105
SECRET_BYTES: Final = 32


class Instance:
    """One installation: a data folder, and servers of its own or those that the environment names."""

    def __init__(self, data: Path | None = None, env: Mapping[str, str] | None = None) -> None:
        self.env: Mapping[str, str] = os.environ if env is None else env
        self.data = (data or Path(self.env.get("LOYALTY_DATA", DEFAULT_DATA))).absolute()

    @property
    def given(self) -> Addresses | None:
        """The servers that the environment names; None when the instance brings its own.

        Raises:
            Problem: only one of the two is named.
        """
        database, redis = self.env.get("DATABASE_URL"), self.env.get("REDIS_URL")
        if bool(database) != bool(redis):
            raise Problem(
                Text(
                    "Set both DATABASE_URL and REDIS_URL, or neither: then an own PostgreSQL and Valkey are started.",
                    "DATABASE_URL و REDIS_URL را یا هر دو بنویسید یا هیچ‌کدام را؛"
                    " بی آن‌ها PostgreSQL و Valkey خود برنامه به راه می‌افتند.",
                )
            )
        return Addresses(database, redis) if database and redis else None

    @property
    def secret(self) -> str:
        """The key that signs and encrypts for this instance, made on first use and readable by its owner only."""
        if given := self.env.get(SECRET):
            return given
        file = self.data / SECRET_FILE
        with contextlib.suppress(FileNotFoundError):
            return file.read_text().strip()
        with self._written(secrets.token_urlsafe(SECRET_BYTES)) as new, contextlib.suppress(FileExistsError):
            os.link(new, file)  # of several starters one is the first, and the others go by its secret
        return file.read_text().strip()

    def keep_secret(self, secret: str) -> None:
        """Keep another secret from now on, unless the environment gives one. A crash leaves the old or the new one."""
        if self.env.get(SECRET):
            return
        with self._written(secret) as new:
            new.replace(self.data / SECRET_FILE)

    @contextmanager
    def _written(self, secret: str) -> Iterator[Path]:
        """A file of this process's own with a secret, whole on the disk; it goes afterwards unless it was renamed.

        What a crash leaves of one was never anybody's secret.
        """
        self.data.mkdir(parents=True, exist_ok=True, mode=0o711)
        descriptor, name = tempfile.mkstemp(prefix=f"{SECRET_FILE}.", dir=self.data)
        new = Path(name)
        try:
            with open(descriptor, "w") as file:
                file.write(secret)
                file.flush()
                os.fsync(file.fileno())
            yield new
        finally:
            new.unlink(missing_ok=True)

    def check_secret(self, secret: str) -> None:
        """Raise `Problem` when the environment gives another secret than one that must be kept."""
        if self.env.get(SECRET, secret) != secret:
            raise Problem(
                Text(
                    "LOYALTY_SECRET_KEY is not the secret that the backup was made with; what was encrypted could not"
                    " be read. Unset it, or take the backup's: tar -xOf FILE secret_key",
                    "LOYALTY_SECRET_KEY همان رمزی نیست که پشتیبان با آن ساخته شده و آنچه رمز شده خوانده نمی‌شود."
                    " آن را بردارید یا رمز پشتیبان را به کار ببرید: tar -xOf FILE secret_key",
                )
            )

    def environment(self, addresses: Addresses) -> dict[str, str]:
        """What the instance's processes are told through their environment."""
        return {
            **self.env,
            "DATABASE_URL": addresses.database_url,
            "REDIS_URL": addresses.redis_url,
            SECRET: self.secret,
            "LOYALTY_DATA": str(self.data),
        }

    @contextmanager
    def servers(self, what: str, *, alone: bool = False) -> Iterator[Addresses]:
        """The servers for the duration of a command; `what` names it to others that meet it.

        Raises:
            EngineTrouble: they can't be had, or are in use where the command has to be `alone` (our own ones only).
        """
        if given := self.given:
            yield given
        else:
            with engines(self.data, what, tell, alone=alone) as addresses:
                yield addresses

    @contextmanager
    def app(self, what: str) -> Iterator[Flask]:
        """An application context on a database that is at the newest step.

        A database of our own is brought there; somebody else's server only by `loyalty migrate`.
        """
        with self.servers(what) as addresses, application(self.environment(addresses)) as app:
            if self.given is None:
                migrations.upgrade()
            elif migrations.current() != migrations.head():
                raise Problem(
                    Text(
                        "The database is not at this version's step. Run `loyalty migrate` first.",
                        "پایگاه داده با این نسخه هم‌گام نیست. نخست «loyalty migrate» را اجرا کنید.",
                    )
                )
            yield app


@contextmanager
def application(environment: Mapping[str, str]) -> Iterator[Flask]:
    """An application context without pages.

    Raises:
        EngineTrouble: the database does not answer.
    """
    logs.set_up()
    app = base_app(Settings.from_environment(environment))
    with app.app_context():
        try:
            migrations.current()
        except OperationalError as error:
            address = make_url(sqlalchemy_url(environment["DATABASE_URL"])).render_as_string(hide_password=True)
            raise EngineTrouble(
                Text(
                    "The database at {address} does not answer: {error}", "پایگاه دادهٔ {address} پاسخ نمی‌دهد: {error}"
                ).with_(address=address, error=str(error.orig).strip())
            ) from error
        yield app


def in_app(command: Callable[P, T]) -> Callable[P, T]:
    """Run a command's body inside the instance's application context. Its help needs no servers."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        context = click.get_current_context()
        with context.find_root().ensure_object(Instance).app(context.command_path):
            return command(*args, **kwargs)

    return run


def pass_instance(command: Callable[Concatenate[Instance, P], T]) -> Callable[P, T]:
    """Hand a command the instance as its first argument."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        return command(click.get_current_context().find_root().ensure_object(Instance), *args, **kwargs)

    return run
