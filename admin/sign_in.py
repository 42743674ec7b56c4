"""The way in and out: sign in, sign out, set a password by the one-time link."""

from __future__ import annotations

from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from admin.blueprint import admin, next_page
from admin.people import SignedIn, enter, leave
from loyalty.actions.create_person import normal_email
from loyalty.actions.set_password import set_password as keep_password
from loyalty.actions.sign_in_person import sign_in_person
from loyalty.attempts import Guard, give_back, spend
from loyalty.config import now
from loyalty.errors import Invalid, NotFound, RateLimited
from loyalty.queries.people import whose_link
from loyalty.values import Text

QUARTER: Final = 15 * 60
REFUSED: Final = Text(
    "This e-mail and password do not belong together. Check both and try again.",
    "این ایمیل و گذرواژه با هم نمی‌خوانند. هر دو را بررسی کنید و دوباره امتحان کنید.",
)


@admin.route("/")
def start() -> ResponseReturnValue:
    """The person's club, or a choice of clubs."""
    clubs = current_user.person.clubs
    if len(clubs) == 1:
        return redirect(url_for("admin.club_overview", club=clubs[0].code))
    return render_template("admin/clubs.html", clubs=clubs)


@admin.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Sign in with e-mail and password."""
    if request.method != "POST":
        if isinstance(current_user._get_current_object(), SignedIn):
            return redirect(next_page(request.args.get("next")))
        return render_template("admin/sign_in.html")
    email, password = request.form.get("email", ""), request.form.get("password", "")
    guards = _guards(normal_email(email))
    try:
        spend(guards)
    except RateLimited as limited:
        page = render_template("admin/sign_in.html", email=email, problem=limited.detail)
        return page, limited.status, {"Retry-After": str(limited.retry_after)}
    person_id = sign_in_person(email, password)
    if person_id is None:
        return render_template("admin/sign_in.html", email=email, problem=REFUSED), 401
    give_back(guards)
    enter(person_id)
    return redirect(next_page(request.args.get("next")), 303)


@admin.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Sign out of this browser."""
    leave()
    return redirect(url_for("admin.sign_in"), 303)


@admin.route("/set-password/<token>", methods=["GET", "POST"])
def set_password(token: str) -> ResponseReturnValue:
    """Set a password; the link works once, and looking at it does not use it up."""
    spend([Guard("link-address", _address(), 60, QUARTER)])
    email = whose_link(token, now())
    if email is None:
        raise NotFound(
            Text(
                "This link was used already or has expired. Ask for a new one.",
                "این پیوند پیش‌تر به کار رفته یا مهلتش گذشته است. پیوند تازه‌ای بخواهید.",
            )
        )
    problem = None
    if request.method == "POST":
        try:
            enter(keep_password(token, request.form.get("password", ""), now()))
        except Invalid as invalid:
            problem = invalid.faults[0].message
        else:
            flash("password-set")
            return redirect(url_for("admin.start"), 303)
    page = render_template("admin/set_password.html", email=email, problem=problem)
    return page, 422 if problem else 200


@admin.route("/<path:_anything>")
def nowhere(_anything: str) -> ResponseReturnValue:
    """Whatever else is asked for under `/admin` is missing, and says so in our own words."""
    raise NotFound(Text("There is nothing at this address.", "در این نشانی چیزی نیست."))


def _address() -> str:
    return request.remote_addr or ""


def _guards(email: str) -> list[Guard]:
    """Few tries from one address for one account, more for either alone: guessing is slow, nobody is shut out long."""
    return [
        Guard("sign-in", f"{_address()} {email}", 8, QUARTER),
        Guard("sign-in-address", _address(), 40, QUARTER),
        Guard("sign-in-email", email, 60, QUARTER),
    ]
