"""What the member's page shows, gathered in one place."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

import segno
from markupsafe import Markup

from loyalty import cards, web
from loyalty.queries import standing
from loyalty.queries.bylaws import in_force
from loyalty.queries.clubs import ClubView
from loyalty.queries.members import MemberView
from loyalty.queries.mode import mode_of
from loyalty.queries.seasons import LeagueView, leagues
from loyalty.queries.statement import by_event, statement
from loyalty.queries.views import BadgeView, StatementLine, TierView, WalletView
from loyalty.queries.wallets import wallets
from loyalty.rules.modes import PLAIN
from loyalty.values import Text
from widgets.board import BoardView, boards_around
from widgets.past import OwnPast, own_past
from widgets.progress import done_of, missing

NEAR: Final = 3
AROUND: Final = 7
"""Places of a board on the page: the member in the middle, three on each side."""


class Home(NamedTuple):
    """One member's page."""

    club: ClubView
    member: MemberView
    tier: TierView
    wallets: list[WalletView]
    badges: list[BadgeView]
    families: list[tuple[Text | None, list[BadgeView]]]
    """The same by what they belong together with, in the document's order; those of no family last."""
    plain: bool
    """Whether the member is shown figures and no game."""
    near: list[BadgeView]
    """The few whose next level is nearest."""
    earned: int
    done: dict[str, Text | None]
    """By badge: how much of its next level is done."""
    missing: Text | None
    """What is missing to the next tier."""
    past: OwnPast | None
    boards: list[BoardView]
    leagues: list[LeagueView]
    events: list[list[StatementLine]]
    more: int | None
    units: dict[str, str]
    number: str | None
    """The card's number, grouped."""
    qr: Markup | None


class Ledger(NamedTuple):
    """A page of the member's ledger."""

    events: list[list[StatementLine]]
    """By what caused them, the newest first; within it in the order of posting."""
    more: int | None
    units: dict[str, str]


def home_of(club: ClubView, member: MemberView, now: datetime, *, lines: int) -> Home:
    """The page of a member as of `now`, with the latest `lines` of the ledger."""
    bylaws = in_force(club.id, now, member.id).bylaws
    badges = standing.badges(club.id, member.id, now)
    tier = standing.tier(club.id, member.id, now)
    ledger = ledger_of(club, member.id, now, limit=lines)
    return Home(
        club=club,
        member=member,
        tier=tier,
        wallets=wallets(club.id, member.id, now),
        badges=sorted(badges, key=lambda badge: (badge.level == 0, -badge.share)),
        families=_families(badges),
        plain=mode_of(club.id, member.id, now) == PLAIN,
        near=standing.nearest(badges)[:NEAR],
        earned=sum(badge.level > 0 for badge in badges),
        done={badge.code: done_of(badge, bylaws, club) for badge in badges},
        missing=missing(tier.next, bylaws, club) if tier.next else None,
        past=own_past(club, member.id, now),
        boards=boards_around(club, member.id, now, limit=AROUND, lang=web.lang()),
        leagues=leagues(club.id, member.id, now, web.lang()),
        events=ledger.events,
        more=ledger.more,
        units=ledger.units,
        number=cards.shown(member.card) if member.card else None,
        qr=qr(member.card) if member.card else None,
    )


def _families(badges: list[BadgeView]) -> list[tuple[Text | None, list[BadgeView]]]:
    families: dict[Text | None, list[BadgeView]] = {badge.family: [] for badge in badges if badge.family}
    for badge in sorted(badges, key=lambda its: (its.level == 0, -its.share)):
        families.setdefault(badge.family, []).append(badge)
    return list(families.items())


def ledger_of(club: ClubView, member_id: int, now: datetime, *, limit: int, cursor: int | None = None) -> Ledger:
    """A page of the ledger, the newest first; `more` is where the next one begins."""
    lines, more = statement(club.id, member_id, limit=limit, cursor=cursor)
    units = {wallet.code: wallet.unit for wallet in wallets(club.id, member_id, now)}
    return Ledger(by_event(lines), more, units)


def qr(card: str) -> Markup:
    """The card's number for a scanner, as an inline drawing."""
    drawn = segno.make(card, error="m", micro=False).svg_inline(
        border=1, omitsize=True, svgclass=None, lineclass=None, dark="#0c1222", svgversion=2.0
    )
    return Markup(drawn)  # noqa: S704 - numbers of modules only, drawn by us
