"""The bare address of an instance: where there is one club, its members' door; else the people's."""

from __future__ import annotations

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from loyalty.queries.clubs import all_clubs

front = Blueprint("front", __name__)


@front.get("/")
def door() -> Response:
    """On to the page that most who type the bare address are looking for."""
    clubs = all_clubs()
    return redirect(f"/m/{clubs[0].code}/" if len(clubs) == 1 else "/admin/")
