"""A demo shop on an origin of its own: it uses of the club only what any shop would.

That is the script tag, the elements, and `/loyalty-token`, where its server signs a token for whoever is signed in to
the shop. Its own strict policy shows that the elements need no exception.
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, redirect, render_template, request, send_from_directory, url_for
from werkzeug.wrappers import Response as AnyResponse

from loyalty import web
from loyalty.actions.create_key import create_key
from loyalty.config import Clock, Settings, utc_now
from loyalty.db import base_app
from loyalty.keys import shown
from loyalty.queries import clubs, keys, members
from loyalty.queries.customers import first_customer
from widgets import tokens

HERE: Final = Path(__file__).parent / "shop"
KEPT: Final = "demo-shop.json"
"""In the data folder: the demo shop's key, as a real shop would keep it in its own settings."""
SIGNED_IN: Final = "shop_customer"

POLICY: Final = (
    "default-src 'none'; script-src {club}; connect-src 'self' {club}; style-src 'self'; font-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)


class Goods(NamedTuple):
    """Something on the shelf: its name in both languages, its price in rial, and the picture's name."""

    en: str
    fa: str
    price: int
    picture: str


SHELF: Final = (
    Goods("Pomegranates of Saveh, 1 kg", "انار ساوه، یک کیلو", 1_250_000, "pomegranate"),
    Goods("Akbari pistachios, 250 g", "پستهٔ اکبری، ۲۵۰ گرم", 4_125_000, "pistachio"),
    Goods("Dates of Bam, 650 g", "خرمای مضافتی بم، ۶۵۰ گرم", 1_480_000, "date"),
    Goods("Black tea, 500 g", "چای سیاه، ۵۰۰ گرم", 5_400_000, "tea"),
    Goods("Sangak bread", "نان سنگک", 220_000, "bread"),
    Goods("Rose water of Kashan, 1 l", "گلاب کاشان، ۱ لیتر", 1_850_000, "rose"),
)


class Customer(NamedTuple):
    """Who can be signed in to the demo shop: the shop's own id, and the name."""

    external_id: str
    name: str


def create_shop(
    club_url: str, publishable_key: str, secret: str, customer: Customer, *, club_page: str, clock: Clock = utc_now
) -> Flask:
    """The shop as a WSGI application.

    Args:
        club_url: where the club's server is, as an origin.
        publishable_key: the club's key for this shop's pages.
        secret: what signs tokens for that key, as `loyalty.keys.shown` writes it; it never leaves this server.
        customer: who is signed in, until the page's switch makes a guest of them.
        club_page: where the invitation leads.
        clock: tells the time; tests move it.
    """
    shop = Flask("widgets.demo_shop", root_path=str(HERE), static_folder=None, template_folder=".")
    web.init_words(shop)

    def customer_now() -> Customer | None:
        return None if request.cookies.get(SIGNED_IN) == "nobody" else customer

    @shop.get("/")
    def front() -> str:
        return render_template(
            "front.html",
            shelf=SHELF,
            customer=customer_now(),
            club_url=club_url,
            key=publishable_key,
            club_page=club_page,
        )

    @shop.get("/loyalty-token")
    def loyalty_token() -> AnyResponse:
        found = customer_now()
        if found is None:
            return Response(status=204)
        return jsonify(token=tokens.sign(secret, publishable_key, found.external_id, clock()))

    @shop.post("/customer")
    def switch() -> AnyResponse:
        response = redirect(url_for("front"), 303)
        response.set_cookie(SIGNED_IN, request.form.get("who", ""), httponly=True, samesite="Lax")
        return response

    @shop.get("/assets/<path:name>")
    def assets(name: str) -> Response:
        return send_from_directory(HERE / "assets", name, max_age=3600)

    @shop.get("/font/<name>.woff2")
    def font(name: str) -> Response:
        return send_from_directory(web.FONTS, f"{name}.woff2", max_age=3600)

    @shop.after_request
    def guard(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY.format(club=club_url)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        if response.mimetype in ("text/html", "application/json"):
            response.headers["Cache-Control"] = "no-store"
        return web.keep_choices(response)

    return shop


def create_app() -> Flask:
    """The demo shop of the instance that the environment names, for its first club and that club's first customer.

    Raises:
        KeyError: `LOYALTY_BASE_URL` or `LOYALTY_SHOP_URL` is missing; `loyalty up` sets both.
        RuntimeError: the instance has no club, or no member that a shop knows.
    """
    settings = Settings.from_environment()
    club_url, shop_url = os.environ["LOYALTY_BASE_URL"], os.environ["LOYALTY_SHOP_URL"]
    with base_app(settings).app_context():
        club = next(iter(clubs.all_clubs()), None)
        member_id = first_customer(club.id) if club else None
        if club is None or member_id is None:
            raise RuntimeError("the demo shop needs a club with a member that shops know")
        member = members.one(club.id, member_id)
        key = _key(club.id, shop_url, settings.data / KEPT, settings.clock())
        found = keys.caller(key)
        assert found is not None
        assert member.external_id
        secret = shown(keys.signing_secret(found))
    customer = Customer(member.external_id, member.name or "")
    return create_shop(club_url, key, secret, customer, club_page=f"{club_url}/m/{club.code}/")


def _key(club_id: int, shop_url: str, kept: Path, now: datetime) -> str:
    """The shop's publishable key: the one it keeps, while that is live and for its origins, or a new one."""
    origins = [shop_url]
    if urlsplit(shop_url).hostname == "localhost":
        origins.append(shop_url.replace("localhost", "127.0.0.1", 1))  # the same shop, typed otherwise
    if kept.exists():
        key = str(json.loads(kept.read_text("utf-8"))["key"])
        found = keys.caller(key)
        if found is not None and found.club_id == club_id and found.origins == origins:
            return key
    key = create_key(club_id, "publishable", now, origins=origins)
    kept.touch(mode=0o600)
    kept.write_text(json.dumps({"key": key}), "utf-8")
    return key
