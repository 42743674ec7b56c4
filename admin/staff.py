"""The people of a club, their roles, whether publishing takes two of them, and what they did."""

from __future__ import annotations

from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.blueprint import admin, club, may, me, need
from loyalty.actions.create_person import create_person
from loyalty.actions.remove_person import remove_person
from loyalty.actions.require_approval import require_approval
from loyalty.config import now
from loyalty.errors import Conflict, Invalid, Problem
from loyalty.queries import people, requests
from loyalty.roles import ROLES
from loyalty.values import Text

ACTS: Final = {
    "draft.saved": Text("saved the draft", "پیش‌نویس را ثبت کرد"),
    "bylaws.asked": Text("asked to publish the draft", "انتشار پیش‌نویس را درخواست کرد"),
    "bylaws.published": Text("published the bylaws", "آیین‌نامه را منتشر کرد"),
    "bylaws.approved": Text("approved a request; the bylaws are published", "درخواست را تأیید و آیین‌نامه را منتشر کرد"),
    "bylaws.declined": Text("declined a request", "درخواست را نپذیرفت"),
    "bylaws.withdrawn": Text("withdrew a request", "درخواست را پس گرفت"),
    "person.added": Text("gave somebody a role", "به کسی نقشی داد"),
    "person.removed": Text("took somebody's role", "نقش کسی را گرفت"),
    "segment.created": Text("made a segment", "بخشی ساخت"),
    "segment.changed": Text("changed a segment", "بخشی را تغییر داد"),
    "runs.handed_out": Text("handed a challenge out to a segment", "چالشی را به یک بخش سپرد"),
    "segment.deleted": Text("deleted a segment", "بخشی را حذف کرد"),
    "pilot.ended": Text("ended the pilot", "آزمایش را پایان داد"),
    "approval.changed": Text("changed whether publishing takes two", "دونفره بودن انتشار را تغییر داد"),
}
"""What is said of each kind of act."""


@admin.route("/clubs/<club>/people", methods=["GET", "POST"])
def club_people() -> ResponseReturnValue:
    """Who works for the club; a new one gets a link to set a password, shown this once."""
    problem: Problem | None = None
    link = None
    if request.method == "POST":
        need("manage_people")
        role = request.form.get("role", "")
        try:
            if role not in ROLES:
                raise Invalid.at("/role", Text("There is no such role.", "چنین نقشی نیست."))
            email = request.form.get("email", "")
            made = create_person(club().id, email, now(), role=role, by=me())
        except (Invalid, Conflict) as refused:
            problem = refused
        else:
            link = url_for("admin.set_password", token=made.token, _external=True) if made.token else None
    page = render_template(
        "admin/people.html",
        people=people.colleagues(club().id),
        roles=ROLES,
        link=link,
        problem=problem,
        two=requests.approval_wanted(club().id),
        acts=requests.acts(club().id),
        said=ACTS,
        may_manage=may("manage_people"),
    )
    return page, problem.status if problem else 200


@admin.post("/clubs/<club>/people/<int:person_id>/remove")
def club_person_remove(person_id: int) -> ResponseReturnValue:
    """Take a person's role."""
    need("manage_people")
    remove_person(club().id, person_id, me(), now())
    return redirect(url_for("admin.club_people"), 303)


@admin.post("/clubs/<club>/people/approval")
def club_approval() -> ResponseReturnValue:
    """Want a second person for publishing, or no longer."""
    need("manage_people")
    require_approval(club().id, request.form.get("wanted") == "yes", now(), by=me())
    flash("approval")
    return redirect(url_for("admin.club_people"), 303)
