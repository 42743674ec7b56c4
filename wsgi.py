"""The web application, put together: the engine's API, the marketers' pages, and what stands on shops' pages.

A WSGI server takes `wsgi:app`, or `wsgi:create_app` as a factory. Importing this module reads no settings.
"""

from __future__ import annotations

from typing import Any

from flask import Flask

import admin
import widgets
from loyalty import logs, rest
from loyalty.config import MAX_BODY, Settings
from loyalty.db import base_app


def create_app(settings: Settings | None = None) -> Flask:
    """The application of one instance.

    Args:
        settings: where it lives; by default as the environment says (`loyalty up` sets it).
    """
    logs.set_up()
    app = base_app(settings or Settings.from_environment())
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    for package in (rest, admin, widgets):
        package.register(app)
    return app


def __getattr__(name: str) -> Any:
    """`wsgi:app`, made when a server first asks for it."""
    if name != "app":
        raise AttributeError(name)
    globals()["app"] = app = create_app()
    return app
