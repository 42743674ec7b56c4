"""What the engines say when they can't start, and how they tell what they mended."""

from __future__ import annotations

from collections.abc import Callable

from loyalty.errors import Problem
from loyalty.values import Text

Tell = Callable[[Text], None]
"""Receives a sentence about something that was found and mended on the way."""


def silent(_: Text) -> None:
    """A listener that doesn't."""


class EngineTrouble(Problem):
    """PostgreSQL or Valkey can't be had from this data folder; the sentence says why and what to do."""

    code, status = "engine_trouble", 503
    title = Text("The database is not available", "پایگاه داده در دسترس نیست")


class AlreadyRunning(EngineTrouble):
    """Another process holds this data folder."""

    code, status = "already_running", 409
    title = Text("Already running", "از پیش در حال اجراست")
