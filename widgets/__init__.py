"""What stands on a shop's page and on the member's phone."""

from __future__ import annotations

from flask import Flask

from loyalty import web
from widgets import api, avatars, elements, front, member
from widgets import certificates as certificates
from widgets import game_api as game_api
from widgets import installing as installing
from widgets import notices as notices
from widgets import playing as playing
from widgets import together as together

__all__ = ["register"]


def register(app: Flask) -> None:
    """Put the member's page and the elements on the application."""
    web.init_app(app)
    for blueprint in (front.front, member.pages, api.api, elements.script, avatars.files):
        app.register_blueprint(blueprint)
