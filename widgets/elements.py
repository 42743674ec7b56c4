"""The elements as one file, `/w/loyalty.v1.js`: its parts lie in `widgets/source`, in the order of their names."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

PARTS: Final = Path(__file__).parent / "source"
FRESH_FOR: Final = 3600
"""Seconds that a browser uses the file without asking; its address never changes."""
NOTICE: Final = "// Shamseh: elements of a customer club. Apache-2.0.\n"

script = Blueprint("elements", __name__)


class Module(NamedTuple):
    """The file, plain and compressed, and the mark of its content."""

    text: bytes
    gzipped: bytes
    etag: str


@cache
def module() -> Module:
    """The parts put together; made once per process."""
    text = (NOTICE + "\n".join(part.read_text("utf-8") for part in sorted(PARTS.glob("*.js")))).encode()
    return Module(text, gzip.compress(text, 9, mtime=0), hashlib.sha256(text).hexdigest()[:20])


@script.get("/w/loyalty.v1.js")
def loyalty_v1() -> AnyResponse:
    """The module, for pages of any origin."""
    made = module()
    zipped = request.accept_encodings["gzip"] > 0
    response = Response(made.gzipped if zipped else made.text, mimetype="text/javascript")
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = f"public, max-age={FRESH_FOR}"
    response.vary.add("Accept-Encoding")
    response.set_etag(f"{made.etag}{'z' if zipped else ''}")
    return response.make_conditional(request)
