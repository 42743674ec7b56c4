"""Parts of the members: audiences that the bylaws name, segments that are kept beside them, and who belongs now."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.blueprint import admin, club, may, me, need
from admin.members import PER_PAGE, nameless
from loyalty.actions.create_segment import create_segment
from loyalty.actions.delete_segment import delete_segment
from loyalty.actions.hand_out_runs import ask_handout
from loyalty.actions.update_segment import update_segment
from loyalty.calendars import parse_date
from loyalty.config import now
from loyalty.db import connection
from loyalty.documents import parse, written
from loyalty.errors import Conflict, Fault, Invalid, NotFound, Problem
from loyalty.formats import latin_digits
from loyalty.handouts import end_of, latest
from loyalty.queries import belonging, bylaws, segments
from loyalty.queries.names import names
from loyalty.queries.paging import MAX_LIMIT
from loyalty.rules.explain import sentence
from loyalty.rules.selection import Selection
from loyalty.schemas.fields import read
from loyalty.schemas.segment import SegmentBody
from loyalty.values import Text

HANDED: Final = 5
"""Hand-outs that the page of a segment shows."""
EXAMPLE = "all:\n- counter: {name: NAME, over: {last: {days: 90}}, at_most: 0}\n- member: {years: {at_least: 1}}\n"


@admin.route("/clubs/<club>/segments", methods=["GET", "POST"])
def club_segments() -> ResponseReturnValue:
    """Every audience and segment with its sentence; what is sent becomes a new segment."""
    problem: Problem | None = None
    if request.method == "POST":
        need("keep_segments")
        try:
            sent = _sent(request.form.get("code", ""))
            create_segment(club().id, sent["code"], sent["title"], sent["filter"], me(), now())
        except (Invalid, Conflict) as refused:
            problem = refused
        else:
            flash("segment-saved")
            return redirect(url_for("admin.club_segment", code=sent["code"]), 303)
    at, here = now(), club()
    page = render_template(
        "admin/segments.html",
        segments=segments.page(here.id, at, MAX_LIMIT).items if names(here.id, at) else [],
        audiences=_audiences(),
        problem=problem,
        example=EXAMPLE,
        may_keep=may("keep_segments"),
    )
    return page, problem.status if problem else 200


@admin.route("/clubs/<club>/segments/<code>", methods=["GET", "POST"])
def club_segment(code: str) -> ResponseReturnValue:
    """A segment and the first of its members; what is sent changes it."""
    problem: Problem | None = None
    if request.method == "POST":
        need("keep_segments")
        try:
            sent = _sent(code)
            update_segment(club().id, code, me(), now(), title=sent["title"], tree=sent["filter"])
        except Invalid as refused:
            problem = refused
        else:
            flash("segment-saved")
            return redirect(url_for("admin.club_segment", code=code), 303)
    return _segment(code, problem), problem.status if problem else 200


def _segment(code: str, problem: Problem | None) -> str:
    view = segments.one(club().id, code, now())
    chosen = None
    try:
        chosen = segments.chosen(club().id, code, now())
    except Conflict as refused:
        problem = problem or refused
    said = {"title": view.title, "sentence": view.sentence, "segment": view, "text": written(view.filter)}
    handed = latest(connection(), club().id, code, HANDED)
    return _belonging(
        chosen, problem=problem, may_keep=may("keep_segments"), challenges=_challenges(), handed=handed, **said
    )


def _challenges() -> dict[str, Text]:
    """Titles of the challenges that can be handed out, by code."""
    try:
        force = bylaws.in_force(club().id, now()).bylaws
    except NotFound:
        return {}
    return {its.code: its.title for its in force.challenges.values() if its.start != "automatic"}


@admin.post("/clubs/<club>/segments/<code>/handouts")
def club_segment_hand_out(code: str) -> ResponseReturnValue:
    """Hand a challenge out to everybody in a segment."""
    need("keep_segments")
    here, form = club(), request.form
    try:
        until = end_of(_day(form.get("until", "")), here.calendar, last=True)
        ask_handout(here.id, form.get("challenge", ""), code, None, until, me(), now())
    except (Invalid, Conflict) as refused:
        return _segment(code, refused), refused.status
    flash("handed-out")
    return redirect(url_for("admin.club_segment", code=code), 303)


def _day(written: str) -> date | None:
    try:
        return parse_date(latin_digits(written.strip())) if written.strip() else None
    except ValueError:
        raise Invalid.at(
            "/until", Text("A date such as 1405-09-01 is expected.", "اینجا تاریخی مانند ۱۴۰۵-۰۹-۰۱ لازم است.")
        ) from None


@admin.post("/clubs/<club>/segments/<code>/delete")
def club_segment_delete(code: str) -> ResponseReturnValue:
    """Forget a segment."""
    need("keep_segments")
    delete_segment(club().id, code, me(), now())
    flash("segment-deleted")
    return redirect(url_for("admin.club_segments"), 303)


@admin.route("/clubs/<club>/audiences/<code>")
def club_audience(code: str) -> ResponseReturnValue:
    """An audience of the bylaws and the first of its members."""
    chosen = belonging.of_audience(connection(), club().id, code, now())
    title, said = next((title, said) for its, title, said in _audiences() if its == code)
    return _belonging(chosen, title=title, sentence=said, segment=None, problem=None)


def _belonging(chosen: Selection | None, **more: Any) -> str:
    at, here = now(), club()
    found = belonging.page(here.id, chosen, at, PER_PAGE, request.args.get("cursor")) if chosen else None
    return render_template("admin/segment.html", found=found, names=names(here.id, at) or nameless(), **more)


def _audiences() -> list[tuple[str, Text, Text]]:
    """(code, title, sentence) of each audience of the version in force."""
    try:
        force = bylaws.in_force(club().id, now()).bylaws
    except NotFound:
        return []
    return [(its.code, its.title, sentence(force, its.condition)) for its in force.audiences.values()]


def _sent(code: str) -> dict[str, Any]:
    """What the form says, read as the API reads it.

    Raises:
        Invalid: with every fault and its place.
    """
    form = request.form
    try:
        tree = parse(form.get("filter", "").replace("\r\n", "\n"))
    except Invalid as invalid:
        raise Invalid([Fault("/filter", its.message) for its in invalid.faults], invalid.detail) from None
    title = {"en": form.get("title_en", ""), "fa": form.get("title_fa", "")}
    sent: dict[str, Any] = read(SegmentBody, {"code": code, "title": title, "filter": tree}, "IR")
    return sent
