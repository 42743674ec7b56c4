"""How the club's members are told: channels, quiet hours, caps, and the words of every kind."""

from __future__ import annotations

from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.blueprint import admin, club, may, me, need
from loyalty import config
from loyalty.actions.set_notices import set_notices
from loyalty.actions.word_notice import word_notice
from loyalty.config import now
from loyalty.errors import Invalid, Problem
from loyalty.formats import latin_digits
from loyalty.notices.base import CHANNELS, OUTWARD, Channel
from loyalty.notices.kinds import KINDS
from loyalty.notices.templates import Texts
from loyalty.notices.terms import Terms
from loyalty.queries import notices
from loyalty.schemas.fields import read
from loyalty.schemas.notice import NoticeSettingsBody, NoticeTextsBody
from loyalty.values import LANGS, Text

NAMES: Final[dict[Channel, Text]] = {
    "app": Text("Member’s page", "صفحهٔ عضو"),
    "email": Text("E-mail", "ایمیل"),
    "sms": Text("Text message", "پیامک"),
}


@admin.route("/clubs/<club>/notices", methods=["GET", "POST"])
def club_notices() -> ResponseReturnValue:
    """Settings and every kind; what is sent is how members are told from now on."""
    problem: Problem | None = None
    form = notices.settings(club().id).form()
    if request.method == "POST":
        need("keep_notices")
        sent = _settings()
        try:
            terms: Terms = read(NoticeSettingsBody, sent, "IR")
        except Invalid as refused:
            problem, form = refused, form | sent
        else:
            set_notices(club().id, terms, me(), now())
            flash("notices-saved")
            return redirect(url_for("admin.club_notices"), 303)
    own = config.settings()
    page = render_template(
        "admin/notices.html",
        form=form,
        kinds=notices.all_templates(club().id),
        channels=NAMES,
        outward=OUTWARD,
        connected={"email": bool(own.smtp_url), "sms": bool(own.sms_url)},
        problem=problem,
        may_keep=may("keep_notices"),
    )
    return page, problem.status if problem else 200


@admin.route("/clubs/<club>/notices/<kind>", methods=["GET", "POST"])
def club_notice(kind: str) -> ResponseReturnValue:
    """The words of a kind; what is sent takes the place of all that the club had said before."""
    problem: Problem | None = None
    view = notices.template(club().id, kind)
    texts = view.texts
    if request.method == "POST":
        need("keep_notices")
        typed = {} if "usual" in request.form else _texts()
        try:
            word_notice(club().id, kind, read(NoticeTextsBody, typed, "IR"), me(), now())
        except Invalid as refused:
            problem, texts = refused, typed
        else:
            flash("words-saved")
            return redirect(url_for("admin.club_notice", kind=kind), 303)
    page = render_template(
        "admin/notice.html",
        view=view,
        texts=texts,
        channels=NAMES,
        problem=problem,
        may_keep=may("keep_notices"),
    )
    return page, problem.status if problem else 200


def _settings() -> dict[str, Any]:
    """What the form says, as the API is sent it."""
    form = request.form
    clocks = {name: _clock(form.get(f"quiet_{name}", "")) for name in ("from", "until")}
    return {
        "quiet": clocks if any(clocks.values()) else None,
        "channels": {
            channel: {"on": f"on_{channel}" in form, "day": _whole(f"day_{channel}"), "week": _whole(f"week_{channel}")}
            for channel in OUTWARD
        },
        "kinds": {code: [its for its in CHANNELS if f"{code}_{its}" in form] for code in KINDS},
        "expiring_days": _whole("expiring_days"),
        "near_share": _whole("near_share"),
    }


def _texts() -> Texts:
    """The texts that were typed; what is left empty is said as everywhere."""
    typed: dict[str, dict[str, dict[str, str]]] = {}
    for channel in CHANNELS:
        for lang in LANGS:
            for part in ("title", "body"):
                text = request.form.get(f"{channel}_{lang}_{part}", "").replace("\r\n", "\n").strip()
                if text:
                    typed.setdefault(channel, {}).setdefault(lang, {})[part] = text
    return typed


def _whole(name: str) -> int | str:
    """A number in digits of three scripts; whatever else was typed is refused where numbers are read."""
    typed = latin_digits(request.form.get(name, "")).strip()
    return int(typed) if typed.isascii() and typed.isdigit() else typed


def _clock(typed: str) -> str:
    """A time of day; 9:00 is 09:00."""
    text = latin_digits(typed).strip()
    return f"0{text}" if text[1:2] == ":" else text
