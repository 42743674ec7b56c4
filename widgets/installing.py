"""What a phone needs to install the member's page."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, url_for

from loyalty import web
from loyalty.queries import clubs
from widgets.member import pages


@pages.get("/manifest.webmanifest")
def manifest(club_code: str) -> Response:
    """What a phone needs to install the page."""
    club = clubs.by_code(club_code)
    root, name = url_for("member.home", club_code=club.code), web.t(club.name)
    body: dict[str, Any] = {
        "id": root,
        "name": name,
        "short_name": name,
        "lang": web.lang(),
        "dir": web.direction(),
        "start_url": root,
        "scope": root,
        "display": "standalone",
        "background_color": "#f6f1e7",
        "theme_color": "#16213e",
        "icons": [
            {"src": web.asset(f"icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
            for size in (192, 512)
            for purpose in ("any", "maskable")
        ],
    }
    response = jsonify(body)
    response.mimetype = "application/manifest+json"
    return response
