"""The bylaws in force, as the sentences that members are promised."""

from __future__ import annotations

from typing import Final

from flask import render_template, request
from flask.typing import ResponseReturnValue

from admin.blueprint import admin, club, may
from loyalty import web
from loyalty.config import now
from loyalty.queries import bylaws
from loyalty.queries.drafts import draft_if_any
from loyalty.queries.filling import filling
from loyalty.queries.names import names
from loyalty.queries.pilot import running
from loyalty.queries.requests import approval_wanted
from loyalty.queries.versions import statuses, versions
from loyalty.values import LANGS

BOTH: Final = "both"


@admin.route("/clubs/<club>/bylaws")
def club_bylaws() -> ResponseReturnValue:
    """Numbered articles in one language, or both side by side."""
    at, here = now(), club()
    named = names(here.id, at)
    if named is None:
        return render_template("admin/no_bylaws.html")
    wish = request.args.get("text")
    text = wish if wish in (*LANGS, BOTH) else web.lang()
    found = versions(here.id)
    status = statuses(found, at)
    return render_template(
        "admin/bylaws.html",
        view=bylaws.view(here.id, at),
        versions=found,
        status=status,
        filling=filling(here.id) if any(one.filling for one in found) else None,
        pilot=running(here.id, at) if "pilot" in status.values() else None,
        names=named,
        two=approval_wanted(here.id),
        draft=draft_if_any(here.id) is not None,
        may_write=may("write_bylaws"),
        now=at,
        text=text,
        shown=sorted(LANGS, key=web.lang().__ne__) if text == BOTH else (text,),
    )
