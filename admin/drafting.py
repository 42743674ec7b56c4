"""The draft of the bylaws: written, checked, held against the version in force, published or asked for."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, NamedTuple, cast, get_args

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.blueprint import admin, club, may, me, need
from loyalty.actions.decide_request import Verdict, decide_request
from loyalty.actions.end_pilot import go_back
from loyalty.actions.publish_bylaws import Published
from loyalty.actions.publish_draft import Asked, publish_draft
from loyalty.actions.publish_pilot import publish_pilot
from loyalty.actions.save_draft import draft_of_version, save_draft
from loyalty.calendars import parse_date
from loyalty.config import now
from loyalty.documents import parse, written
from loyalty.errors import Conflict, Invalid, NotFound, Problem
from loyalty.formats import latin_digits
from loyalty.queries import bylaws, drafts, requests
from loyalty.queries.drafts import Checked
from loyalty.queries.pilot import running
from loyalty.rules import load
from loyalty.rules.differences import Difference, differences
from loyalty.values import Text


class Seen(NamedTuple):
    """What the page shows of a document: what is wrong or odd, and what it says otherwise."""

    checked: Checked
    differs: list[Difference]


@admin.route("/clubs/<club>/bylaws/draft", methods=["GET", "POST"])
def club_draft() -> ResponseReturnValue:
    """The draft as text; what is sent is saved even with faults, unless it can't be read at all."""
    problem: Problem | None = None
    text = None
    if request.method == "POST":
        need("write_bylaws")
        text = request.form.get("text", "").replace("\r\n", "\n")
        try:
            save_draft(club().id, parse(text), me(), now())
        except Invalid as invalid:
            problem = invalid
        else:
            flash("draft-saved")
            return redirect(url_for("admin.club_draft"), 303)
    return _page(text, problem)


@admin.post("/clubs/<club>/bylaws/draft/from/<int:version>")
def club_draft_from(version: int) -> ResponseReturnValue:
    """Begin a draft from the text of a version: the way back to it."""
    need("write_bylaws")
    draft_of_version(club().id, version, me(), now())
    flash("draft-saved")
    return redirect(url_for("admin.club_draft"), 303)


@admin.post("/clubs/<club>/bylaws/draft/publish")
def club_publish() -> ResponseReturnValue:
    """Publish the draft or, where the club wants two people for it, ask for it."""
    need("write_bylaws")
    try:
        done = publish_draft(club().id, me(), now(), from_at=_from(), note=_note("note"), pilot=_share())
    except (Invalid, Conflict) as problem:
        return _page(None, problem)
    return _published(done)


@admin.post("/clubs/<club>/bylaws/pilot/publish")
def club_pilot_publish() -> ResponseReturnValue:
    """Publish what the pilot tried to everybody or, where the club wants two people for it, ask for it."""
    need("write_bylaws")
    return _published(publish_pilot(club().id, me(), now(), note=_note("note")))


@admin.post("/clubs/<club>/bylaws/pilot/end")
def club_pilot_end() -> ResponseReturnValue:
    """End the pilot: its group goes on as everybody else."""
    need("write_bylaws")
    go_back(club().id, me(), now())
    flash("pilot-ended")
    return redirect(url_for("admin.club_bylaws"), 303)


@admin.post("/clubs/<club>/bylaws/requests/<int:request_id>/<verdict>")
def club_decide(request_id: int, verdict: str) -> ResponseReturnValue:
    """Approve, decline or withdraw a request."""
    if verdict not in get_args(Verdict):
        raise NotFound(Text("There is nothing at this address.", "در این نشانی چیزی نیست."))
    need("write_bylaws" if verdict == "withdrawn" else "approve_bylaws")
    decide_request(club().id, request_id, cast(Verdict, verdict), me(), now(), answer=_note("answer"))
    flash(verdict)
    return redirect(url_for("admin.club_bylaws" if verdict == "approved" else "admin.club_draft"), 303)


def _published(done: Published | Asked) -> ResponseReturnValue:
    """On to where one sees what became of it."""
    asked = isinstance(done, Asked)
    flash("asked" if isinstance(done, Asked) else "filling" if done.filling else "published")
    return redirect(url_for("admin.club_draft" if asked else "admin.club_bylaws"), 303)


def _note(field: str) -> str:
    return request.form.get(field, "").strip()[:2000]


def _page(text: str | None, problem: Problem | None) -> ResponseReturnValue:
    here = club()
    draft, waits = drafts.draft_if_any(here.id), requests.waiting(here.id)
    force = bylaws.view(here.id, now())
    document = draft.document if draft else force.document
    page = render_template(
        "admin/draft.html",
        draft=draft,
        text=written(document) if text is None else text,
        problem=problem,
        seen=_seen(document, force.document),
        version=force.version,
        waits=waits,
        asked=_seen(waits.document, force.document) if waits else None,
        mine=waits is not None and waits.asked_by == str(me()),
        past=requests.decided(here.id),
        two=requests.approval_wanted(here.id),
        pilot=running(here.id, now()),
        may_write=may("write_bylaws"),
        may_approve=may("approve_bylaws"),
    )
    return page, problem.status if problem else 200


def _seen(document: dict[str, Any], force: dict[str, Any]) -> Seen:
    checked = drafts.check(club().id, document, now())
    return Seen(checked, [] if checked.errors else differences(load(force), load(document)))


def _share() -> int | None:
    """For how many percent of the members; None for everybody."""
    if request.form.get("to") != "pilot":
        return None
    typed = latin_digits(request.form.get("share", "").strip().removesuffix("٪").removesuffix("%"))
    if re.fullmatch(r"[1-9][0-9]?", typed, re.ASCII):
        return int(typed)
    raise Invalid.at("/share", Text("A pilot group has 1 to 99 percent.", "گروه آزمایشی ۱ تا ۹۹ درصد اعضا را دارد."))


def _from() -> datetime | None:
    """The beginning of the day that was typed, in the club's calendar; None for now."""
    typed = request.form.get("from", "").strip()
    if not typed:
        return None
    try:
        return club().calendar.instant(parse_date(typed))
    except ValueError:
        said = Text("Write a day as 1405-09-01 or 2026-11-22.", "روز را به شکل 1405-09-01 یا 2026-11-22 بنویسید.")
        raise Invalid.at("/from", said) from None
