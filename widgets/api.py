"""What the elements ask for: one member's standing and board, with a token that the shop's server signed."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final, cast

from flask import Blueprint, Response, g, jsonify, request

from loyalty import absent, web
from loyalty.actions.send_sign_in_code import MAY_SIGN_IN
from loyalty.calendars import Calendar
from loyalty.config import now
from loyalty.errors import Forbidden, Invalid, Problem, Unauthorized
from loyalty.formats import TOMAN
from loyalty.queries import clubs, keys, members, notices, standing
from loyalty.queries.bylaws import in_force
from loyalty.queries.clubs import ClubView
from loyalty.queries.members import MemberView
from loyalty.queries.past import BY, MOST, past
from loyalty.queries.rewards import RedemptionView, RewardView
from loyalty.queries.views import TierStep
from loyalty.queries.wallets import wallets
from loyalty.redeeming import Redeemed
from loyalty.values import Text
from widgets import tokens
from widgets.board import board_around
from widgets.past import counter_of, period_name, verdict
from widgets.progress import missing, until
from widgets.rewards import Shelf, redeem_once, shelf_of

api = Blueprint("widgets", __name__, url_prefix="/api/v1/widgets")

PLACES: Final = (3, 25)
NO_BOARD: Final = Text("This club has no such leaderboard.", "این باشگاه چنین جدول رده‌بندی‌ای ندارد.")


@api.before_request
def admit() -> Response | None:
    """Check the key, the page's origin and the member's token; the answer to a preflight promises nothing.

    Raises:
        Unauthorized: no such key, or a token that is not valid for it.
        Forbidden: a page of an origin that the key is not for.
        NotFound: the token names nobody in this club.
    """
    key = request.args.get("club", "")
    caller = keys.caller(key)
    if caller is None or caller.kind != "publishable":
        raise Unauthorized(
            Text("This key is not known, or is no longer valid.", "این کلید شناخته نیست یا دیگر معتبر نیست.")
        )
    origin = request.headers.get("Origin")
    if origin is not None and origin not in caller.origins:
        raise Forbidden(
            Text("This key is not for pages of this origin.", "این کلید برای صفحه‌های این مبدأ (origin) نیست.")
        )
    g.widget_origin = origin
    if request.method == "OPTIONS":
        return Response(status=HTTPStatus.NO_CONTENT)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorized(Text("Send the member's token.", "توکن عضو را بفرستید."))
    reference = tokens.member_of(token, keys.signing_secret(caller), key, now())
    member_id = members.member_id_of(caller.club_id, reference)
    if member_id is None:
        raise absent.member()
    g.widget_club, g.widget_member = clubs.one(caller.club_id), members.one(caller.club_id, member_id)
    if g.widget_member.status not in MAY_SIGN_IN:
        raise absent.member()
    return None


@api.after_request
def open_to_origin(response: Response) -> Response:
    """Let the page that asked read the answer: that origin alone, and no cache."""
    origin = g.get("widget_origin")
    if origin:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Methods"] = "GET, POST"
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        response.headers["Access-Control-Max-Age"] = "7200"
    response.vary.add("Origin")
    response.headers.setdefault("Cache-Control", "no-store")
    return response


@api.errorhandler(Problem)
def refused(problem: Problem) -> Response:
    """A refusal as `application/problem+json`."""
    form = {
        "type": f"/api/docs#problem-{problem.code}",
        "title": web.t(problem.title),
        "status": problem.status,
        "detail": web.t(problem.detail),
        "code": problem.code,
        "errors": [{"path": fault.path, "message": web.t(fault.message)} for fault in problem.faults],
    }
    response = jsonify(form)
    response.status_code, response.mimetype = problem.status, "application/problem+json"
    if problem.status == HTTPStatus.UNAUTHORIZED:
        response.www_authenticate.type = "bearer"
    return response


@api.get("/seq")
def seq() -> Response:
    """The tiny thing to poll: grows with every change of what the member is shown."""
    return jsonify(seq=_member().seq)


@api.get("/me")
def me() -> Response:
    """Wallets, the tier with what is missing to the next, and the badges that are held."""
    club, member = _club(), _member()
    tier = standing.tier(club.id, member.id, now())
    return jsonify(
        seq=member.seq,
        unread=notices.unread(member.id),
        club=club_form(club),
        wallets=[
            {"code": w.code, "name": said(w.name), "unit": w.unit, "available": w.available}
            for w in wallets(club.id, member.id, now())
        ],
        tier={
            "code": tier.code,
            "title": said(tier.title) if tier.title else None,
            "until": said(until(tier.until, club)) if tier.until else None,
            "next": _step_form(club, member.id, tier.next) if tier.next else None,
            "ladder": [{"code": code, "title": said(title)} for code, title in tier.ladder],
        },
        badges=[
            {"code": its.code, "title": said(its.title), "level": its.level}
            for its in standing.badges(club.id, member.id, now())
            if its.level
        ],
    )


@api.get("/leaderboard")
def leaderboard() -> Response:
    """A board around the member: the one that `board` names, or the first of the bylaws.

    `period` and `scope` as in the API: the present period and the member's own room, if left out.
    """
    club, member = _club(), _member()
    limit = request.args.get("limit", 5, type=int)
    if not PLACES[0] <= limit <= PLACES[1]:
        raise Invalid.at("limit", Text("Between 3 and 25.", "بین ۳ تا ۲۵."))
    known = in_force(club.id, now()).bylaws.leaderboards
    code = request.args.get("board") or next(iter(known), None)
    if code is None or code not in known:
        raise Invalid.at("board", NO_BOARD)
    period, scope = request.args.get("period", "current"), request.args.get("scope")
    board = board_around(club, code, member.id, now(), limit=limit, lang=web.lang(), period=period, scope=scope)
    items = (
        None
        if board.items is None
        else [{"rank": item.rank, "name": item.name, "score": item.score, "me": item.me} for item in board.items]
    )
    mine = board.mine and {"rank": board.mine.rank, "score": board.mine.score}
    return jsonify(
        seq=member.seq,
        club=club_form(club),
        board={
            "code": board.code,
            "title": said(board.title),
            "scope": said(board.scope) if board.scope else None,
            "period": said(board.period),
            "unit": board.unit,
            "items": items,
            "me": mine,
        },
    )


@api.get("/chart")
def chart() -> Response:
    """The member against their own past: by the counter that `counter` names, or the one of the first leaderboard."""
    club, member = _club(), _member()
    by, limit = request.args.get("period", "month"), request.args.get("limit", 4, type=int)
    if by not in BY:
        raise Invalid.at("period", Text("One of day, week and month.", "یکی از day، week و month."))
    if not 1 <= limit <= MOST:
        raise Invalid.at("limit", Text("Between 1 and 60.", "بین ۱ تا ۶۰."))
    counter = request.args.get("counter") or counter_of(club, member.id, now()) or ""
    found = past(club.id, member.id, counter, by, now(), limit=limit)
    return jsonify(
        seq=member.seq,
        club=club_form(club),
        chart={
            "name": said(found.name),
            "unit": found.unit,
            "verdict": said(verdict(found, club)),
            "items": [
                {"name": said(period_name(its, by, club.calendar)), "so_far": its.so_far, "value": its.value}
                for its in found.items
            ],
        },
    )


@api.get("/rewards")
def rewards() -> Response:
    """What the member can have, why the rest cannot be had, and what is in hand with its codes."""
    club, member = _club(), _member()
    shelf = shelf_of(club, member, now())
    return jsonify(
        seq=member.seq,
        club=club_form(club),
        rewards=[_reward_form(its, shelf) for its in shelf.offered],
        yours=[_in_hand_form(its, club) for its in shelf.yours],
    )


@api.post("/rewards/<code>")
def redeem(code: str) -> Response:
    """Let the member have a reward, once for each key that the page makes."""
    body = request.get_json(silent=True)
    key, choice = (body.get("key"), body.get("choice")) if isinstance(body, dict) else (None, None)
    if not isinstance(key, str) or not 8 <= len(key) <= 100 or not (choice is None or isinstance(choice, str)):
        raise Invalid.at("key", Text("A key of the page's own is needed.", "کلیدی از خود صفحه لازم است."))
    club, member = _club(), _member()

    def told(made: Redeemed) -> dict[str, Any]:
        return {"id": made.id, "reward": made.reward, "title": said(made.title), "kind": made.kind}

    made = redeem_once(club.id, member.id, code, choice, key, now(), told)
    return jsonify(made)


def _reward_form(view: RewardView, shelf: Shelf) -> dict[str, Any]:
    its = view.reward
    name = shelf.wallets.get(its.wallet or "")
    choices = [
        {"code": code, "title": said(shelf.titles.get(code, Text(code, code)))}
        for code in its.content.get("choices", ())
    ]
    return {
        "code": its.code,
        "title": said(its.title),
        "text": said(its.text) if its.text else None,
        "points": its.points,
        "wallet": said(name) if name else None,
        "money": its.money,
        "left": its.left,
        "open": view.open,
        "because": None if view.open else said(view.because[0].message),
        "choices": choices,
    }


def _in_hand_form(view: RedemptionView, club: ClubView) -> dict[str, Any]:
    good = [its for its in view.codes if not its.blocked and (its.uses is None or its.used < its.uses)]
    return {
        "id": view.id,
        "title": said(view.title),
        "kind": view.kind,
        "codes": [{"code": its.code, "pin": its.pin, "balance": its.balance} for its in good],
        "until": said(until(view.expires_at, club)) if view.expires_at else None,
    }


def here() -> tuple[ClubView, MemberView]:
    """The club and the member of this request, for what stands in a module of its own."""
    return _club(), _member()


def _club() -> ClubView:
    return cast(ClubView, g.widget_club)


def _member() -> MemberView:
    return cast(MemberView, g.widget_member)


def said(text: Text) -> dict[str, str]:
    """A text as the elements are told it."""
    return {"en": text.en, "fa": text.fa}


def club_form(club: ClubView) -> dict[str, Any]:
    """What an element has to know of the club to write figures and dates."""
    calendar: Calendar = club.calendar
    return {
        "name": said(club.name),
        "calendar": calendar.system,
        "timezone": calendar.zone.key,
        "unit": {"decimals": club.unit.decimals, "name": said(club.unit.name), "whole": club.unit.name == TOMAN},
    }


def _step_form(club: ClubView, member_id: int, step: TierStep) -> dict[str, Any]:
    left = missing(step, in_force(club.id, now(), member_id).bylaws, club)
    return {"code": step.code, "title": said(step.title), "share": step.share, "missing": said(left)}
