"""The blueprint, its one guard and its refusals: under `/admin/clubs/<club>` a view has its `club()`, or is not run."""

from __future__ import annotations

from typing import Any, Final, cast
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from admin.people import SignedIn, csrf
from loyalty import roles, web
from loyalty.acts import By
from loyalty.errors import Forbidden, NotFound, Problem, RateLimited
from loyalty.queries.clubs import ClubView
from loyalty.roles import Right
from loyalty.values import Text

admin = Blueprint("admin", __name__, url_prefix="/admin", template_folder="templates", static_folder="static")

OPEN: Final = {"admin.static", "admin.sign_in", "admin.sign_out", "admin.set_password"}
"""Endpoints that ask for no session."""


def club() -> ClubView:
    """The club whose page this is."""
    return cast(ClubView, g.club)


def me() -> By:
    """The person who is signed in, as the one who does something."""
    return By(person=current_user.person.id)


def may(right: Right) -> bool:
    """Whether the person's role in this club has a right."""
    return roles.may(current_user.person.roles[club().id], right)


def need(right: Right) -> None:
    """Let only those go on whose role in this club has a right.

    Raises:
        Forbidden: the person's role has it not.
    """
    if not may(right):
        raise Forbidden(
            Text("Your role in this club may not do this.", "نقش شما در این باشگاه اجازهٔ این کار را ندارد.")
        )


@admin.url_value_preprocessor
def _take_club(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.club_code = (values or {}).pop("club", None)


@admin.url_defaults
def _add_club(endpoint: str, values: dict[str, Any]) -> None:
    if "club" in g and "club" not in values and endpoint.startswith("admin.club_"):
        values["club"] = g.club.code


@admin.before_request
def _guard() -> ResponseReturnValue | None:
    """Every form carries its token; every page but the way in asks who is there, and whether the club is theirs."""
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        csrf.protect()
    if request.endpoint in OPEN:
        return None
    if not isinstance(current_user._get_current_object(), SignedIn):
        way_in = url_for("admin.sign_in", next=request.full_path.rstrip("?") if request.method == "GET" else None)
        if request.headers.get("HX-Request"):
            return Response(status=204, headers={"HX-Redirect": way_in})
        return redirect(way_in)
    web.use_lang(current_user.person.lang)
    if g.club_code is not None:
        g.club = _own(g.club_code)
    return None


def _own(code: str) -> ClubView:
    """The person's club of that code; one that is another's is missing exactly like one that is nobody's."""
    for found in current_user.person.clubs:
        if found.code == code:
            return cast(ClubView, found)
    raise NotFound(Text("There is no such club.", "چنین باشگاهی نیست."))


def next_page(wish: str | None) -> str:
    """Where to go after signing in: a path of ours, never another site."""
    parts = urlsplit(wish or "")
    if wish and not parts.scheme and not parts.netloc and wish.startswith("/admin/") and "\\" not in wish:
        return wish
    return url_for("admin.start")


@admin.after_request
def _not_kept(response: Response) -> Response:
    """Nobody reads a page out of a browser's store after its person has left."""
    if request.endpoint != "admin.static":
        response.headers["Cache-Control"] = "no-store"
    return response


@admin.errorhandler(Problem)
def _refused(problem: Problem) -> Response:
    answer = make_response(render_template("admin/problem.html", title=problem.title, detail=problem.detail))
    answer.status_code = problem.status
    if isinstance(problem, RateLimited):
        answer.headers["Retry-After"] = str(problem.retry_after)
    return answer


@admin.errorhandler(CSRFError)
def _stale_form(_error: CSRFError) -> tuple[str, int]:
    title = Text("This form is no longer valid", "این فرم دیگر معتبر نیست")
    detail = Text(
        "It was open for too long. Load the page and send it again.",
        "مدت زیادی باز مانده بود. صفحه را از نو باز کنید و دوباره بفرستید.",
    )
    return render_template("admin/problem.html", title=title, detail=detail), 400


@admin.errorhandler(HTTPException)
def _http_error(error: HTTPException) -> ResponseReturnValue:
    if (error.code or 500) < 400:
        return error.get_response()
    missing = error.code == 404
    title = Text("Not found", "پیدا نشد") if missing else Text("That did not work", "انجام نشد")
    detail = (
        Text("There is nothing at this address.", "در این نشانی چیزی نیست.")
        if missing
        else Text("Something went wrong. Try again in a moment.", "خطایی رخ داد. کمی بعد دوباره امتحان کنید.")
    )
    return render_template("admin/problem.html", title=title, detail=detail), error.code or 500
