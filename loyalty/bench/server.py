"""The same web application with one view more: it knows the caller, reads the body, and writes what it has on tape."""

from __future__ import annotations

import os
import pickle
from importlib import import_module
from pathlib import Path
from typing import Final, cast

from flask import Blueprint, Flask, Response, current_app, g, request

from loyalty.bench.one_statement import STATEMENT, Values, written
from loyalty.config import Settings
from loyalty.db import transaction
from loyalty.queries.keys import caller
from loyalty.rest.edge import json_body, loaded
from loyalty.rest.reply import reply
from loyalty.schemas.purchase import PurchaseSchema

TAPE: Final = "LOYALTY_BENCH_TAPE"
"""Names the file of what the view writes, by receipt."""
PATH: Final = "/bench/purchases"

floor = Blueprint("bench", __name__)


def create_app(settings: Settings | None = None) -> Flask:
    """The application, with the floor's view."""
    app = cast(Flask, import_module("wsgi").create_app(settings))
    app.register_blueprint(floor)
    app.extensions["loyalty.bench.tape"] = pickle.loads(Path(os.environ[TAPE]).read_bytes())  # noqa: S301 - our own
    return app


@floor.post(PATH)
def record() -> Response:
    """Everything that recording a purchase does, but for judging it."""
    who = caller(request.headers["Authorization"].partition(" ")[2])
    if who is None:
        return Response(status=401)
    g.caller = who
    purchase = loaded(PurchaseSchema, json_body())
    rows: Values = current_app.extensions["loyalty.bench.tape"][purchase.receipt]
    with transaction() as conn:
        row = conn.execute(STATEMENT, written(rows), prepare=True).fetchone()
    assert row
    return reply({"id": row[0], "receipt": purchase.receipt, "status": "recorded"}, 201)
