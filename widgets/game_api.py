"""What the elements of the game ask for: challenges to be done and joined, the story, and spins to be turned."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from loyalty.actions.turn_spin import turn_spin
from loyalty.config import now, settings
from loyalty.formats import instant
from loyalty.queries import spins
from loyalty.queries.clubs import ClubView
from loyalty.queries.story import story
from loyalty.rules import MemberRef
from loyalty.values import Text
from widgets.api import api, club_form, here, said
from widgets.path import join_chosen, path_of
from widgets.progress import until


@api.get("/quests")
def quests() -> Response:
    """Challenges under way, and those that the member may join."""
    club, member = here()
    found = path_of(club, member.id, now())
    running = [
        {
            "code": run.challenge,
            "title": said(run.title),
            "how": said(run.how),
            "share": run.share,
            "until": said(until(run.until_at, club)) if run.until_at else None,
        }
        for run in found.under_way
    ]
    open_ = [{"code": its.code, "title": said(its.title), "how": said(its.how)} for its in found.joinable]
    return jsonify(seq=member.seq, club=club_form(club), running=running, open=open_)


@api.post("/quests/<code>")
def join(code: str) -> Response:
    """Let the member join a challenge that is theirs to choose."""
    club, member = here()
    return jsonify(run=join_chosen(club, member.id, code, now()))


@api.get("/story")
def the_story() -> Response:
    """The story as far as the member has come."""
    club, member = here()
    found = story(club.id, member.id, now())
    form: dict[str, Any] | None = None
    if found is not None:
        end = found.end and {
            "title": said(Text("The end", "پایان")),
            "text": said(found.end.text) if found.end.text else None,
            "state": "done" if found.end.reached_at else "closed",
            "share": 0,
        }
        form = {
            "title": said(found.title),
            "chapters": [
                {
                    "title": said(its.title),
                    "text": said(its.text) if its.text else None,
                    "state": its.state,
                    "share": its.share,
                }
                for its in found.chapters
            ],
            "end": end,
        }
    return jsonify(seq=member.seq, club=club_form(club), story=form)


@api.get("/spins")
def the_spins() -> Response:
    """Spins with their odds."""
    club, member = here()
    found = [
        {
            "code": its.code,
            "title": said(its.title),
            "odds": [{"gives": said(odd.gives), "chance": said(odd.chance)} for odd in its.odds],
            "left": its.left,
            "next": said(_next(its, club)),
        }
        for its in spins.spins(club.id, member.id, now())
    ]
    return jsonify(seq=member.seq, club=club_form(club), spins=found)


@api.post("/spins/<code>")
def turn(code: str) -> Response:
    """Turn a spin; a second press in the same period is refused."""
    club, member = here()
    its = turn_spin(club.id, code, MemberRef("id", str(member.id)), now(), settings().secret_key)
    came = spins.turned(club.id, code, its, now())
    return jsonify(won=came.won, gives=said(came.gives))


def _next(its: spins.SpinView, club: ClubView) -> Text:
    at = Text(instant(its.next_at, club.calendar, "en"), instant(its.next_at, club.calendar, "fa"))
    return Text("Next turn: {at}", "نوبت بعد: {at}").with_(at=at)
