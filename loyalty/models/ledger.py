"""The ledger: immutable entries between accounts, the lots they move in, and the balances kept with them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.db import Base
from loyalty.models.columns import Big, ClubRef, Instant, MemberRef

IN_LOTS = ("pending", "available", "held")
"""A member's accounts that consist of lots."""
ACCOUNTS = (*IN_LOTS, "issued", "spent", "expired", "debt", "forgiven", "adjusted", "opening", "moved")
"""`issued` is where the club's promises come from and go back to. `debt` is what a member owes after a return,
`forgiven` what the club let go of that; `adjusted`, `opening` and `moved` are the other sides of changes by hand, of an
older programme's balances, and of what goes from member to member."""
OF_TICKETS = "starts_with(wallet, 'tickets/')"
"""Lots that a draw looks for; a query that says so finds them by their index."""
_ADDS_UP = "pending + available + held + spent + expired = earned + forgiven + other + debt"


class Entry(Base):
    """One amount moved from one account to another: it cannot be unbalanced, and is never changed.

    A member's entries are numbered from 1 and chained: each digest is taken of the one before it.
    """

    __tablename__ = "entry"
    __table_args__ = (
        CheckConstraint("amount > 0", name="entry_moves_something"),
        CheckConstraint("source <> target", name="entry_goes_somewhere"),
        CheckConstraint(f"source IN {ACCOUNTS} AND target IN {ACCOUNTS}", name="entry_accounts_known"),
        CheckConstraint(
            f"lot IS NOT NULL OR NOT (source IN {IN_LOTS} OR target IN {IN_LOTS})", name="entry_moves_in_a_lot"
        ),
        Index("entry_by_event", "member_id", "event_id"),
        Index("entry_by_time", "club_id", "occurred_at"),
    )
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    club_id: Mapped[ClubRef]
    event_id: Mapped[Big]
    """What caused it: a purchase, a return, a hold …; of maturing and expiry the event that made the lot."""
    wallet: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    target: Mapped[str] = mapped_column(Text)
    amount: Mapped[Big]
    lot: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int | None] = mapped_column(Integer)
    article: Mapped[str | None] = mapped_column(Text)
    """The part of the bylaws that moved it: an article's number, or `badge:CODE:LEVEL`."""
    occurred_at: Mapped[Instant]
    posted_at: Mapped[Instant]
    digest: Mapped[bytes] = mapped_column(LargeBinary)


class Lot(Base):
    """What is left of an amount that was earned together, and until when; recount proves it from entries."""

    __tablename__ = "lot"
    __table_args__ = (
        CheckConstraint("pending >= 0 AND available >= 0 AND held >= 0 AND expired >= 0", name="lot_not_negative"),
        Index("lot_due", "club_id", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index("lot_due_of_member", "member_id", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index("lot_open", "member_id", "wallet", postgresql_where=text("pending + available + held > 0")),
        Index("lot_of_tickets", "club_id", "wallet", "expires_at", postgresql_where=text(OF_TICKETS)),
    )
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """The number of the event that made it × 1000, and its place among that event's lots in the wallet."""
    wallet: Mapped[str] = mapped_column(Text, primary_key=True)
    club_id: Mapped[ClubRef]
    earned_at: Mapped[Instant]
    matures_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    expires_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    """The last instant at which it can be spent."""
    pending: Mapped[Big]
    available: Mapped[Big]
    held: Mapped[Big]
    expired: Mapped[Big]
    due_at: Mapped[datetime | None] = mapped_column(
        TIMESTAMP(timezone=True),
        Computed(
            "CASE WHEN (pending > 0) THEN LEAST(matures_at, expires_at) WHEN (available > 0) THEN expires_at"
            " ELSE NULL::timestamp with time zone END",
            persisted=True,
        ),
    )
    """When the next thing happens to it by itself: it matures or expires."""


class Balance(Base):
    """A member's wallet, kept in the transaction of its entries; recount proves it from them."""

    __tablename__ = "balance"
    __table_args__ = (
        CheckConstraint(
            "pending >= 0 AND available >= 0 AND held >= 0 AND debt >= 0 AND spent >= 0 AND expired >= 0",
            name="balance_not_negative",
        ),
        CheckConstraint(_ADDS_UP, name="balance_adds_up"),
        Index("balance_lapses", "club_id", "lapses_at", postgresql_where=text("lapses_at IS NOT NULL")),
    )
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    wallet: Mapped[str] = mapped_column(Text, primary_key=True)
    club_id: Mapped[ClubRef]
    pending: Mapped[Big]
    available: Mapped[Big]
    held: Mapped[Big]
    debt: Mapped[Big]
    """What the member owes: the next earning pays it."""
    earned: Mapped[Big]
    """All that was issued and not taken back."""
    spent: Mapped[Big]
    expired: Mapped[Big]
    forgiven: Mapped[Big]
    other: Mapped[Big]
    """What came in by hand, from an older programme and from other members, less what went out that way."""
    active_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    """When the member last earned into it or spent from it."""
    lapses_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    """Of a wallet that lapses after idleness: the last instant at which it can be spent, unless something happens."""


class Lapse(Base):
    """When a wallet that lapses after idleness would do so, each time that this changed: what was shown then is told
    from the last one posted by then."""

    __tablename__ = "lapse"
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    wallet: Mapped[str] = mapped_column(Text, primary_key=True)
    posted_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), primary_key=True)
    club_id: Mapped[ClubRef]
    lapses_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    """None once it has lapsed."""


class Hold(Base):
    """An amount set apart for a payment or reward: captured, released, or lapsed by itself. Its lots are in entries."""

    __tablename__ = "hold"
    __table_args__ = (
        CheckConstraint("status IN ('held', 'spent', 'released', 'reversed')", name="hold_status_known"),
        CheckConstraint("amount > 0 AND restored BETWEEN 0 AND amount", name="hold_amounts"),
        Index("hold_due", "club_id", "until", postgresql_where=text("status = 'held'")),
        Index("hold_by_id", "club_id", "id"),
        Index("hold_by_receipt", "store_id", "receipt"),
        Index("hold_of_member", "member_id", "until", postgresql_where=text("status = 'held'")),
        Index("hold_of_redemption", "member_id", "redemption_id", postgresql_where=text("redemption_id IS NOT NULL")),
    )
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    club_id: Mapped[ClubRef]
    wallet: Mapped[str] = mapped_column(Text)
    amount: Mapped[Big]
    restored: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """How much of what was spent came back with returns of the sale that it paid."""
    status: Mapped[str] = mapped_column(Text)
    until: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    store_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("store.id"))
    receipt: Mapped[str | None] = mapped_column(Text)
    """The sale that it pays."""
    redemption_id: Mapped[int | None] = mapped_column(BigInteger)
    """The reward that it pays."""
    occurred_at: Mapped[Instant]
    recorded_at: Mapped[Instant]


class Adjustment(Base):
    """What a person changed by hand, and why; also an opening balance and a transfer."""

    __tablename__ = "adjustment"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="adjustment_changes_something"),
        Index("adjustment_by_other", "other_id", postgresql_where=text("other_id IS NOT NULL")),
    )
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    club_id: Mapped[ClubRef]
    kind: Mapped[str] = mapped_column(Text)
    """`adjustment`, `opening`, `transfer`, `merge`, `unmerge` or `forfeit`."""
    wallet: Mapped[str] = mapped_column(Text, primary_key=True)
    """One event may change several wallets: a merge does."""
    amount: Mapped[Big]
    reason: Mapped[str] = mapped_column(Text)
    other_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("member.id"))
    """The member on the other side."""
    counts: Mapped[bool] = mapped_column(Boolean, server_default="false")
    recorded_at: Mapped[Instant]
    because_of: Mapped[int | None] = mapped_column(BigInteger)
    """The event for which an article let the wallet lapse; None where a person did it."""


class Seal(Base):
    """A digest over the heads of a club's chains, taken daily and chained too: a copy kept outside proves the past."""

    __tablename__ = "seal"
    club_id: Mapped[ClubRef] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    day: Mapped[date]
    """The club's local day on which it was taken."""
    members: Mapped[Big]
    """How many chains had grown since the seal before."""
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_at: Mapped[Instant]


class SealedHead(Base):
    """The head of a member's chain as a seal found it; only chains that had grown are noted again."""

    __tablename__ = "sealed_head"
    __table_args__ = (Index("sealed_head_by_seal", "club_id", "seal", "member_id"),)
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    seal: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    club_id: Mapped[ClubRef]
    n: Mapped[Big]
    head: Mapped[bytes] = mapped_column(LargeBinary)
