"""The stage of a rehearsal: the club's versions and the draft, bound to counters that may not be counted yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final

from loyalty.calendars import Calendar
from loyalty.rules import Bylaws, load
from loyalty.rules.known import ATTRIBUTE
from loyalty.versions import Connection, Programme, programme

EVER: Final = datetime(1, 1, 2, tzinfo=UTC)

_DOCUMENTS: Final = "SELECT version, document FROM bylaws WHERE club_id = %s ORDER BY version"
_REVIEWS: Final = """
    SELECT club.created_at, duty.done_until FROM club JOIN duty ON duty.club_id = club.id
    WHERE club.id = %s AND duty.name = 'review_tiers'
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """What judges when: before `since` the versions that really did, from then on the draft, up to `until`."""

    terms: Programme
    draft: Bylaws
    since: datetime
    until: datetime
    reviewed: tuple[datetime, datetime] | None
    """From when and until when the timer has reviewed tiers at every midnight; None where it never did."""
    stores: Mapping[int, str]
    asked: Mapping[int, Mapping[str, str]]
    """By version: which attributes of members it reads, by their names among the values of facts."""
    calendar: Calendar
    ends: bool
    """Whether under any version something given may wait, expire or lapse."""

    def at(self, instant: datetime, member_id: int | None = None) -> Bylaws:
        """What is in force for a member at an instant of the rehearsal."""
        return self.draft if instant >= self.since else self.terms.at(instant, member_id)

    def bylaws(self, version: int) -> Bylaws:
        """The version of a number, the draft's too."""
        return self.draft if version == self.draft.version else self.terms.version(version)

    def holds(self, instant: datetime) -> bool:
        """Whether an instant lies in the span that is rehearsed."""
        return self.since <= instant < self.until

    def midnight_after(self, at: datetime) -> datetime:
        """The end of an instant's local day."""
        return self.calendar.instant(self.calendar.next_start("day", self.calendar.moment(at).day))

    def day(self, at: datetime) -> date:
        """An instant's local day."""
        return self.calendar.moment(at).day


def stage(
    conn: Connection, club_id: int, document: Mapping[str, Any], since: datetime | None, until: datetime
) -> Stage:
    """The stage for a document; the club's versions are loaded apart, for they are bound to the draft's counters too.

    Raises:
        Invalid: the document has faults.
        NotFound: no such club, or nothing is published.
    """
    known = programme(conn, club_id)
    versions = tuple(load(its, version) for version, its in conn.execute(_DOCUMENTS, [club_id]))
    draft = load(document, len(versions) + 1)
    live = tuple(dict.fromkeys([*known.live, *draft.own_counters()]))
    for bylaws in (*versions, draft):
        bylaws.bind(live)
    terms = replace(known, versions=versions, live=live)
    reviewed = conn.execute(_REVIEWS, [club_id]).fetchone()
    stores: dict[int, str] = dict(conn.execute("SELECT id, code FROM store WHERE club_id = %s", [club_id]).fetchall())
    return Stage(
        terms,
        draft,
        since or EVER,
        until,
        (reviewed[0], reviewed[1]) if reviewed else None,
        stores,
        {its.version: _asked(its) for its in versions},
        terms.calendar,
        any(_ends(its) for its in (*versions, draft)),
    )


def _asked(bylaws: Bylaws) -> dict[str, str]:
    return {name: name.removeprefix(ATTRIBUTE) for name in bylaws.member_reads if name.startswith(ATTRIBUTE)}


def _ends(bylaws: Bylaws) -> bool:
    return bylaws.lots_end or bylaws.drastic or any(wallet.expires for wallet in bylaws.wallets.values())
