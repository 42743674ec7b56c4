"""Money of wallets on its way to members' bank accounts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.db import Base
from loyalty.models.columns import Big, ClubRef, Id, Instant, MemberRef

STATUSES = ("waiting", "filed", "paid", "failed")


class PayoutFile(Base):
    """A file for the bank: what waited when it was made, each payout in one file alone."""

    __tablename__ = "payout_file"
    id: Mapped[Id]
    club_id: Mapped[ClubRef]
    payouts: Mapped[Big]
    amount: Mapped[Big]
    made_at: Mapped[Instant]
    made_by: Mapped[str] = mapped_column(Text)


class Payout(Base):
    """An amount of a wallet that is paid out: a hold of the same number keeps it until the bank has paid, or failed."""

    __tablename__ = "payout"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="payout_status_known"),
        CheckConstraint("status NOT IN ('filed', 'paid') OR file_id IS NOT NULL", name="payout_paid_by_a_file"),
        CheckConstraint("(ended_at IS NOT NULL) = (status IN ('paid', 'failed'))", name="payout_ended"),
        ForeignKeyConstraint(["member_id", "id"], ["hold.member_id", "hold.id"], name="payout_of_hold_fkey"),
        Index("payout_by_id", "club_id", "id"),
        Index("payout_of_file", "file_id", postgresql_where=text("file_id IS NOT NULL")),
        Index("payout_waiting", "club_id", "member_id", "id", postgresql_where=text("status = 'waiting'")),
    )
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    club_id: Mapped[ClubRef]
    status: Mapped[str] = mapped_column(Text)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The account's IBAN, encrypted under the instance key; gone with the member's erasure."""
    hint: Mapped[str] = mapped_column(Text)
    """Its last characters."""
    file_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("payout_file.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it failed."""
    asked_at: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
