"""The member's page at `/m/<club>/`: the door, the page itself, the ledger, and the bylaws, which anybody may read."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

import phonenumbers
import structlog
from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from loyalty import attempts, phones, senders, web
from loyalty.actions.send_sign_in_code import DIGITS, MAY_SIGN_IN, send_sign_in_code
from loyalty.actions.sign_in_member import sign_in_member
from loyalty.attempts import Guard
from loyalty.config import now
from loyalty.errors import NotFound, Problem, RateLimited
from loyalty.formats import latin_digits
from loyalty.letters import Letter, Undeliverable
from loyalty.queries import bylaws, clubs, members
from loyalty.queries.clubs import ClubView
from loyalty.queries.members import MemberView
from loyalty.queries.spins import TurnView
from loyalty.values import Text
from widgets import session
from widgets.home import home_of, ledger_of
from widgets.path import join_chosen, path_of
from widgets.progress import measured
from widgets.rewards import redeem_once, shelf_of

log = structlog.get_logger()

pages = Blueprint("member", __name__, url_prefix="/m/<club_code>", template_folder="templates")
pages.before_request(web.refuse_foreign_posts)

Rest = ParamSpec("Rest")
Page = str | AnyResponse | tuple[str, int]

HOUR = 3600
FIRST_LINES = 8
LINES = 40

NOT_A_PHONE = Text("That is not a telephone number.", "این شمارهٔ تلفن درست نیست.")
NOT_THE_CODE = Text(
    "That code does not open the page. Check it, or ask for another.",
    "این کد درست نیست یا مهلتش گذشته است. دوباره ببینید، یا کد تازه بگیرید.",
)


def for_a_member(view: Callable[Concatenate[ClubView, MemberView, Rest], Page]) -> Callable[..., Page]:
    """A page of whoever is signed in; anybody else is led to the door."""

    @wraps(view)
    def shown(club_code: str, *rest: Rest.args, **more: Rest.kwargs) -> Page:
        club = clubs.by_code(club_code)
        member = _member(club)
        return redirect(_root(club)) if member is None else view(club, member, *rest, **more)

    return shown


@pages.after_request
def keep_private(response: Response) -> Response:
    """A personal page is no cache's business."""
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response


@pages.app_template_filter("anchored")
def anchored(section: str, no: str) -> str:
    """Where a part of the bylaws stands on their page: `article-2`, `badge-regular`."""
    return f"{section.removesuffix('s')}-{no}"


@pages.app_template_filter("anchor")
def anchor(article: str) -> str:
    """Where the part of the bylaws that a ledger entry cites stands on their page."""
    kind, _, rest = article.partition(":")
    return anchored(kind, rest.partition(":")[0]) if rest else anchored("articles", article)


@pages.app_template_filter("score")
def score(value: int, unit: str, club: ClubView) -> str:
    """A board's score in the page's language."""
    return measured(value, unit, club, web.lang())


@pages.errorhandler(Problem)
def refused(problem: Problem) -> tuple[str, int, dict[str, str]]:
    """A refusal as a page."""
    headers = {"Retry-After": str(problem.retry_after)} if isinstance(problem, RateLimited) else {}
    return render_template("problem.html", problem=problem, back=None), problem.status, headers


@pages.get("/")
def home(club_code: str) -> str | AnyResponse:
    """The member's own page, or the door to it."""
    club = clubs.by_code(club_code)
    member = _member(club)
    if member is None:
        return _door(club)
    data = home_of(club, member, now(), lines=FIRST_LINES)
    return render_template("member/home.html", signed_in=True, here_is="card", **data._asdict())


@pages.get("/ledger")
@for_a_member
def ledger(club: ClubView, member: MemberView) -> str:
    """All entries of the member's ledger, the newest first, a page at a time."""
    cursor = request.args.get("cursor", type=int)
    data = ledger_of(club, member.id, now(), limit=LINES, cursor=cursor)
    return render_template("member/ledger.html", signed_in=True, here_is="ledger", club=club, **data._asdict())


@pages.get("/path")
@for_a_member
def path(club: ClubView, member: MemberView) -> str:
    """The member's path: the story, streaks and challenges."""
    return shown_path(club, member)


@pages.post("/path/<code>")
@for_a_member
def join(club: ClubView, member: MemberView, code: str) -> AnyResponse | tuple[str, int]:
    """Let the member join a challenge that is theirs to choose; one that is handed out is not."""
    try:
        join_chosen(club, member.id, code, now())
    except Problem as problem:
        return shown_path(club, member, problem=problem.detail), problem.status
    return redirect(url_for("member.path", club_code=club.code), 303)


def shown_path(
    club: ClubView, member: MemberView, problem: Text | None = None, turned: tuple[str, TurnView] | None = None
) -> str:
    """The page of the member's path; `turned` is a spin by its code and what it has just come to."""
    found = path_of(club, member.id, now())
    return render_template(
        "member/path.html", signed_in=True, here_is="journey", club=club, path=found, problem=problem, turned=turned
    )


@pages.get("/rewards")
@for_a_member
def rewards(club: ClubView, member: MemberView) -> str:
    """What the member can have, and what is in hand; `fresh` names what has just been redeemed."""
    return _rewards(club, member, fresh=request.args.get("fresh", type=int))


@pages.post("/rewards/<code>")
@for_a_member
def redeem(club: ClubView, member: MemberView, code: str) -> AnyResponse | tuple[str, int]:
    """Let the member have a reward, once however often the form is sent."""
    key, choice = request.form.get("key", "")[:100], request.form.get("choice") or None
    try:
        made = redeem_once(club.id, member.id, code, choice, key, now(), lambda its: {"id": its.id})
    except Problem as problem:
        return _rewards(club, member, problem=problem.detail), problem.status
    return redirect(url_for("member.rewards", club_code=club.code, fresh=made["id"], _anchor=f"r-{made['id']}"), 303)


@pages.get("/bylaws")
def bylaws_page(club_code: str) -> str:
    """The bylaws in force, for everybody; whoever is signed in reads those that hold for them."""
    club = clubs.by_code(club_code)
    member = _member(club)
    try:
        view = bylaws.view(club.id, now(), member.id if member else None)
    except NotFound:
        view = None
    return render_template("member/bylaws.html", club=club, view=view, signed_in=member is not None, here_is="bylaws")


@pages.post("/code")
def send_code(club_code: str) -> str | tuple[str, int]:
    """Send a code to the phone that was typed; answers alike whether or not a member has it."""
    club = clubs.by_code(club_code)
    typed = request.form.get("phone", "")
    phone = phones.normal(typed, _region(club))
    if phone is None:
        return _door(club, problem=NOT_A_PHONE, typed=typed), 422
    attempts.spend([Guard("code-phone", f"{club.id}:{phone}", 5, HOUR), Guard("code-address", _address(), 30, HOUR)])
    send, lang, at = senders.sender("sms"), web.lang(), now()

    def tell(code: str) -> None:
        words = Text("Your code for {club}: {code}", "کد ورود شما به {club}: {code}")
        letter = Letter(phone, words.with_(club=club.name, code=code).to(lang), secrets.token_hex(12), lang, at)
        try:
            send(letter)
        except (OSError, Undeliverable):
            # Answered alike all the same: else one could tell whose number is known.
            log.exception("sign_in_code.not_sent", club=club.code)

    send_sign_in_code(club.id, phone, at, tell)
    return _ask_for_code(club, phone)


@pages.post("/sign-in")
def sign_in(club_code: str) -> AnyResponse | tuple[str, int]:
    """Open the page with the code that was sent."""
    club = clubs.by_code(club_code)
    phone = phones.normal(request.form.get("phone", ""), _region(club))
    if phone is None:
        return redirect(_root(club))
    attempts.spend([Guard("open-phone", f"{club.id}:{phone}", 20, HOUR), Guard("open-address", _address(), 60, HOUR)])
    code = "".join(latin_digits(request.form.get("code", "")).split())
    member_id = sign_in_member(club.id, phone, code, now()) if len(code) == DIGITS else None
    if member_id is None:
        return _ask_for_code(club, phone, problem=NOT_THE_CODE), 422
    response = redirect(_root(club), 303)
    session.open_for(response, club, member_id, _root(club))
    return response


@pages.post("/sign-out")
def sign_out(club_code: str) -> AnyResponse:
    """Close the page on this browser."""
    club = clubs.by_code(club_code)
    response = redirect(_root(club), 303)
    session.close(response, _root(club))
    return response


def _root(club: ClubView) -> str:
    return url_for("member.home", club_code=club.code)


def _region(club: ClubView) -> str:
    return phones.region_of(club.calendar.zone.key)


def _address() -> str:
    return request.remote_addr or "unknown"


def _member(club: ClubView) -> MemberView | None:
    """Who is signed in; their language decides where the browser's reader chose none. None for who has left since."""
    member_id = session.member_id(club)
    if member_id is None:
        return None
    try:
        member = members.present(club.id, member_id)
    except NotFound:
        return None
    if member.status not in MAY_SIGN_IN:
        return None
    web.use_lang(member.lang)
    g.page_member = member
    return member


def _rewards(club: ClubView, member: MemberView, *, fresh: int | None = None, problem: Text | None = None) -> str:
    at = now()
    return render_template(
        "member/rewards.html",
        club=club,
        shelf=shelf_of(club, member, at),
        now=at,
        key=secrets.token_urlsafe(12),
        fresh=fresh,
        problem=problem,
        signed_in=True,
        here_is="rewards",
    )


def _door(club: ClubView, problem: Text | None = None, typed: str = "") -> str:
    example = phonenumbers.example_number_for_type(_region(club), phonenumbers.PhoneNumberType.MOBILE)
    shown = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.NATIONAL) if example else ""
    return render_template(
        "member/door.html",
        club=club,
        step="phone",
        problem=web.t(problem) if problem else "",
        phone=typed,
        example=web.digits(shown),
    )


def _ask_for_code(club: ClubView, phone: str, problem: Text | None = None) -> str:
    return render_template(
        "member/door.html",
        club=club,
        step="code",
        problem=web.t(problem) if problem else "",
        phone=phone,
        shown_phone=Markup('<bdi dir="ltr" class="keep">{}</bdi>').format(web.digits(phones.national(phone))),
    )
