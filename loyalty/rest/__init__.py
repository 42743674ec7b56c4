"""The HTTP API."""

from __future__ import annotations

from flask import Flask

from loyalty.rest.health import health


def register(app: Flask) -> None:
    """Put the API on the application."""
    app.register_blueprint(health)
