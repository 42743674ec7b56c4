"""What every page of ours shares: language, theme, words and figures in templates, and the security headers.

`admin` and `widgets` call `init_app` when they register; the second call changes nothing.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, cast
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, current_app, g, request, url_for
from markupsafe import Markup, escape

from loyalty import art, formats
from loyalty.calendars import Calendar
from loyalty.errors import Forbidden
from loyalty.rules.phrase import Phrase, Slot, close_up
from loyalty.values import LANGS, Lang, Text

Theme = Literal["light", "dark", "auto"]
THEMES: Final[tuple[Theme, ...]] = ("light", "dark", "auto")
YEAR: Final = 365 * 24 * 3600
FONTS: Final = Path(__file__).parent / "static" / "vendor" / "vazirmatn"

POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'nonce-{nonce}'",
        "style-src 'self' 'nonce-{nonce}'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}


def init_app(app: Flask) -> None:
    """Give an application's templates our words, figures and drawings, and its answers our headers."""
    if "loyalty.web" in app.extensions:
        return
    app.extensions["loyalty.web"] = True
    init_words(app)
    app.jinja_env.globals.update(nonce=nonce, asset=asset, art=art)
    app.after_request(_finish)


def init_words(app: Flask) -> None:
    """Give an application's templates our words and figures, and nothing of our look."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(t=t, lang=lang, direction=direction, theme=theme, here=here, Text=Text)
    filters = (number, signed, digits, share, money, amount, day, instant, sentence, coded)
    app.jinja_env.filters.update({made.__name__: made for made in filters})


# --- language and theme ---------------------------------------------------------------------------------------------


def lang() -> Lang:
    """The page's language: asked for by `?lang=`, set for this request by `use_lang`, kept in the cookie, or the
    browser's; Persian where nothing says otherwise."""
    if "lang" not in g:
        for wish in (request.args.get("lang"), request.cookies.get("lang")):
            if wish in LANGS:
                g.lang = wish
                break
        else:
            g.lang = request.accept_languages.best_match(LANGS, default="fa")
    return cast(Lang, g.lang)


def use_lang(preferred: str | None) -> None:
    """Let a known person's own language decide, unless this request or browser already chose one."""
    chosen = request.args.get("lang") or request.cookies.get("lang")
    if preferred in LANGS and chosen not in LANGS:
        g.lang = preferred


def direction() -> str:
    """The page's direction: `rtl` or `ltr`."""
    return "rtl" if lang() == "fa" else "ltr"


def theme() -> Theme:
    """Light, dark, or as the device says (`auto`): from `?theme=` or the cookie."""
    for wish in (request.args.get("theme"), request.cookies.get("theme")):
        if wish in THEMES:
            return wish
    return "auto"


def here(**changes: str) -> str:
    """The address of this page with some query parameters changed: `here(lang='en')`."""
    query = urlencode({**request.args.to_dict(), **changes})
    return f"{request.path}?{query}" if query else request.path


# --- words and figures ----------------------------------------------------------------------------------------------


def t(text: Text | str, fa: str | None = None, **params: object) -> str:
    """A sentence in the page's language, given as a `Text` or as English and Persian side by side.

    Named slots are filled and escaped; pass `Markup` for a slot that is itself markup.
    """
    wording = Text(text, fa) if isinstance(text, str) and fa is not None else cast(Text, text)
    said = wording.to(lang())
    return escape(said).format(**params) if params else said


def number(value: int) -> str:
    """An integer with separators, in the page's digits."""
    return formats.number(value, lang())


def signed(value: int, unit: formats.Unit | None = None) -> str:
    """A gain or a loss, in money where a unit is given; the sign keeps to the figure's left in both directions."""
    sign = "+" if value > 0 else "\u2212" if value < 0 else ""
    if unit is None:
        return f"\u2066{sign}{formats.number(abs(value), lang())}\u2069"
    figure = formats.amount(abs(value), unit, lang())
    return formats.money(abs(value), unit, lang()).replace(figure, f"\u2066{sign}{figure}\u2069", 1)


def digits(value: object) -> str:
    """Anything's text in the page's digits, without separators."""
    return formats.digits(str(value), lang())


def share(value: int) -> str:
    """A floored percentage: 55 is «۵۵٪»."""
    return formats.digits(f"{value}%", lang())


def money(minor: int, unit: formats.Unit) -> str:
    """Money as a person reads it."""
    return formats.money(minor, unit, lang())


def amount(minor: int, unit: formats.Unit) -> str:
    """Money's figure without its name, for where the name stands apart."""
    return formats.amount(minor, unit, lang())


def day(value: date | datetime, calendar: Calendar) -> Markup:
    """A long date of the club's calendar, as a `<time>` element."""
    local = calendar.moment(value).day if isinstance(value, datetime) else value
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), formats.day(local, calendar, lang()))


def instant(value: datetime, calendar: Calendar) -> Markup:
    """A long date and the time of day in the club's zone, as a `<time>` element."""
    shown = formats.instant(value, calendar, lang())
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), shown)


def sentence(phrase: Phrase) -> Markup:
    """A sentence of the bylaws with its slots marked: turquoise when, lapis if, saffron then."""
    out, before = Markup(""), ""
    for part in phrase:
        word = part.text if isinstance(part, Slot) else part
        if not close_up(before, word):
            out += " "
        before = word
        out += Markup('<span class="slot {}">{}</span>').format(part.role, word) if isinstance(part, Slot) else word
    return out


def coded(said: str) -> Markup:
    """A sentence of the ledger; the numbers of receipts, which it keeps between isolates, are set as code."""
    out = Markup("")
    for part in re.split("(\u2066[^\u2069]*\u2069)", said):
        out += Markup('<code class="code">{}</code>').format(part[1:-1]) if part[:1] == "\u2066" else part
    return out


# --- assets and headers ---------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _fingerprint(path: Path, changed_ns: int) -> str:  # noqa: ARG001 - a changed file is another key of the cache
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """The address of a file under `loyalty/static`, with a mark of its content, so that browsers may keep it."""
    path = Path(cast(str, current_app.static_folder)) / name
    return url_for("static", filename=name, v=_fingerprint(path, path.stat().st_mtime_ns))


def nonce() -> str:
    """This answer's nonce, for the rare inline script or style."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return cast(str, g.nonce)


def refuse_foreign_posts() -> None:
    """Before a page's request that changes something: it must come from a page of ours, not from another site's.

    Browsers say where a request comes from (`Sec-Fetch-Site`, older ones `Origin`); who says nothing is no browser, and
    carries no cookie that could be abused.

    Raises:
        Forbidden: another site's page sent it.
    """
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    foreign = site not in ("same-origin", "none") if site else bool(origin) and urlsplit(origin).netloc != request.host
    if foreign:
        raise Forbidden(Text("This form was sent from another site.", "این فرم از سایت دیگری فرستاده شده است."))


def _finish(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce()))
    if request.endpoint == "static" and "v" in request.args and response.status_code == 200:
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return keep_choices(response)


def keep_choices(response: Response) -> Response:
    """Remember in cookies the language and theme that this request asked for."""
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    for name, wanted in (("lang", LANGS), ("theme", THEMES)):
        wish = request.args.get(name)
        if wish is not None and wish in wanted:
            response.set_cookie(name, wish, max_age=YEAR, samesite="Lax", secure=secure, httponly=True)
    return response
