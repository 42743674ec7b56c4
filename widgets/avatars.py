"""Members' pictures, each a file that never changes."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from loyalty import art, avatars

files = Blueprint("avatars", __name__)

YEAR = 365 * 24 * 3600


@files.get("/w/avatars/<picture>.svg")
def picture(picture: str) -> Response:
    """A picture, for pages of any origin."""
    if picture not in avatars.ALL:
        abort(404)
    response = Response(art.avatar(int(picture[0]), int(picture[1])), mimetype="image/svg+xml")
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response
