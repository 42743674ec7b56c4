"""The marketer's pages: people of a club sign in with a password and see their club, and no other."""

from __future__ import annotations

from flask import Flask

from admin import (
    bylaws,
    drafting,
    game,
    members,
    notices,
    overview,
    purchases,
    rewards,
    segments,
    showing,
    sign_in,
    staff,
)
from admin.blueprint import admin
from admin.people import csrf, logins
from loyalty import web

__all__ = ["register"]

MODULES = (showing, sign_in, overview, bylaws, drafting, game, members, notices, purchases, rewards, segments, staff)
"""Importing them puts their routes and words on the blueprint."""


def register(app: Flask) -> None:
    """Put the pages under `/admin`."""
    web.init_app(app)
    logins.init_app(app)
    if "csrf" not in app.extensions:
        app.config.setdefault("WTF_CSRF_CHECK_DEFAULT", False)  # the API has keys; the pages here ask for it themselves
        csrf.init_app(app)
    app.register_blueprint(admin)
