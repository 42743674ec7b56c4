"""Codes that tills are shown: of redemptions, of series, or shared; and each use of one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.db import Base
from loyalty.models.columns import Big, ClubRef, Document, Id, Instant

PURPOSES = ("discount", "pack")


class CodeSeries(Base):
    """Codes that were made together: each is good for a discount, or lies in a pack and tells of an event."""

    __tablename__ = "code_series"
    __table_args__ = (
        CheckConstraint(f"purpose IN {PURPOSES}", name="code_series_purpose_known"),
        CheckConstraint("(reward_id IS NULL) = (purpose = 'pack')", name="code_series_promises"),
        CheckConstraint("uses > 0 AND per_member > 0", name="code_series_uses"),
        UniqueConstraint("club_id", "code", name="code_series_once"),
    )
    id: Mapped[Id]
    club_id: Mapped[ClubRef]
    code: Mapped[str] = mapped_column(Text(collation="C"))
    title: Mapped[Document]
    purpose: Mapped[str] = mapped_column(Text)
    reward_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("reward.id"))
    """The discount that its codes promise."""
    uses: Mapped[int | None] = mapped_column(Integer)
    """How often each code can be used; None: without limit."""
    per_member: Mapped[int | None] = mapped_column(Integer)
    """How often one member can use codes of it; None: without limit."""
    from_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    until_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    made: Mapped[int] = mapped_column(BigInteger, server_default="0")
    created_at: Mapped[Instant]
    created_by: Mapped[str] = mapped_column(Text)


class Code(Base):
    """A code that a till is shown: of a redemption, of a series, or shared. It is looked up by a keyed hash."""

    __tablename__ = "code"
    __table_args__ = (
        CheckConstraint("used >= 0 AND used <= uses", name="code_within_uses"),
        ForeignKeyConstraint(
            ["member_id", "redemption_id"], ["redemption.member_id", "redemption.id"], name="code_of_redemption_fkey"
        ),
        UniqueConstraint("club_id", "digest", name="code_once"),
        Index("code_of_series", "series_id", "id", postgresql_where=text("series_id IS NOT NULL")),
        Index("code_of_redemption", "member_id", "redemption_id", postgresql_where=text("redemption_id IS NOT NULL")),
    )
    id: Mapped[Id]
    club_id: Mapped[ClubRef]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Encrypted under the instance key, where a member or a marketer must read it again."""
    hint: Mapped[str] = mapped_column(Text)
    """What a person recognises it by: its last characters."""
    series_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("code_series.id"))
    """Of which series it is; what it promises the series says."""
    member_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("member.id"))
    """Whose it is: nobody else can use it."""
    redemption_id: Mapped[int | None] = mapped_column(BigInteger)
    uses: Mapped[int | None] = mapped_column(Integer)
    """How often it can be used; None: without limit."""
    used: Mapped[int] = mapped_column(Integer, server_default="0")
    from_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    until_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    blocked_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    created_at: Mapped[Instant]


class CodeUse(Base):
    """One use of a code, on a sale of a store; released where the sale was undone."""

    __tablename__ = "code_use"
    __table_args__ = (
        Index("code_use_of_receipt", "store_id", "receipt"),
        Index("code_use_of_member", "member_id", "series_id", postgresql_where=text("released_at IS NULL")),
    )
    code_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("code.id"), primary_key=True)
    store_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("store.id"), primary_key=True)
    receipt: Mapped[str] = mapped_column(Text, primary_key=True)
    club_id: Mapped[ClubRef]
    series_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("code_series.id"))
    member_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("member.id"))
    discount: Mapped[Big]
    """What it took off, in minor units."""
    used_at: Mapped[Instant]
    released_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
