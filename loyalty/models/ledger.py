"""The ledger: immutable entries between accounts, and the balances kept with them."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.db import Base
from loyalty.models.columns import Big, ClubRef, Instant, MemberRef

ACCOUNTS = ("issued", "available")
"""`issued` is where the club's promises come from; the others are a member's."""


class Entry(Base):
    """One amount moved from one account to another: it cannot be unbalanced, and is never changed."""

    __tablename__ = "entry"
    __table_args__ = (
        CheckConstraint("amount > 0", name="entry_moves_something"),
        CheckConstraint("source <> target", name="entry_goes_somewhere"),
        CheckConstraint(f"source IN {ACCOUNTS} AND target IN {ACCOUNTS}", name="entry_accounts_known"),
        Index("entry_by_event", "member_id", "event_id"),
        Index("entry_by_time", "club_id", "occurred_at"),
    )
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    club_id: Mapped[ClubRef]
    event_id: Mapped[Big]
    wallet: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    target: Mapped[str] = mapped_column(Text)
    amount: Mapped[Big]
    version: Mapped[int] = mapped_column(Integer)
    article: Mapped[str] = mapped_column(Text)
    """The part of the bylaws that moved it: an article's number, or `badge:CODE:LEVEL`."""
    occurred_at: Mapped[Instant]
    posted_at: Mapped[Instant]


class Balance(Base):
    """A member's wallet, kept in the transaction of its entries; recount proves it from them."""

    __tablename__ = "balance"
    __table_args__ = (
        CheckConstraint("available >= 0", name="balance_not_negative"),
        CheckConstraint("available = earned", name="balance_adds_up"),
    )
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    wallet: Mapped[str] = mapped_column(Text, primary_key=True)
    club_id: Mapped[ClubRef]
    available: Mapped[Big]
    earned: Mapped[Big]
