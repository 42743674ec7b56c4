"""Gift cards: what is left on each, every change of it, and the codes of providers that are given out instead."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.db import Base
from loyalty.models.columns import Big, ClubRef, Id, Instant

COMES = ("issued", "topped_up", "refunded")
GOES = ("charged", "expired", "taken_back")
STAYS = ("blocked", "unblocked")
KINDS = (*COMES, *GOES, *STAYS)


class GiftCard(Base):
    """Money on a code: whoever has that, and the PIN, can pay with it. Both are looked up by keyed hashes."""

    __tablename__ = "gift_card"
    __table_args__ = (
        CheckConstraint("balance >= 0", name="gift_card_never_below_zero"),
        CheckConstraint("amount > 0 AND entries > 0", name="gift_card_issued"),
        CheckConstraint("redemption_id IS NULL OR member_id IS NOT NULL", name="gift_card_redeemed_by_a_member"),
        ForeignKeyConstraint(
            ["member_id", "redemption_id"],
            ["redemption.member_id", "redemption.id"],
            name="gift_card_of_redemption_fkey",
        ),
        UniqueConstraint("club_id", "digest", name="gift_card_once"),
        Index("gift_card_by_id", "club_id", "id"),
        Index("gift_card_due", "club_id", "expires_at", postgresql_where=text("balance > 0")),
        Index("gift_card_of_member", "member_id", "redemption_id", postgresql_where=text("member_id IS NOT NULL")),
    )
    id: Mapped[Id]
    club_id: Mapped[ClubRef]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    pin: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The PIN's keyed hash, bound to the card; None: no PIN is asked for."""
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Code and PIN encrypted under the instance key, where a member must read them again."""
    hint: Mapped[str] = mapped_column(Text)
    """What a person recognises it by: its last characters."""
    amount: Mapped[Big]
    """What it was issued with, in minor units."""
    balance: Mapped[Big]
    entries: Mapped[Big]
    """How many entries it has: the number of the last one."""
    expires_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    """The last instant at which it is good."""
    blocked_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    member_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("member.id"))
    """To whom it was given; anybody can pay with it."""
    redemption_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[Instant]
    created_by: Mapped[str] = mapped_column(Text)


class GiftCardEntry(Base):
    """One change of a card, with what is then on it; never changed itself. A refund names the charge that it undoes."""

    __tablename__ = "gift_card_entry"
    __table_args__ = (
        CheckConstraint(
            f"CASE WHEN kind IN {COMES} THEN amount > 0 WHEN kind IN {GOES} THEN amount < 0"
            f" WHEN kind IN {STAYS} THEN amount = 0 ELSE false END",
            name="gift_card_entry_kind_and_sign",
        ),
        CheckConstraint("balance >= 0", name="gift_card_entry_never_below_zero"),
        CheckConstraint("(kind = 'refunded') = (of_n IS NOT NULL)", name="gift_card_entry_refunds_a_charge"),
        CheckConstraint("kind NOT IN ('charged', 'refunded') OR receipt IS NOT NULL", name="gift_card_entry_sold"),
        ForeignKeyConstraint(
            ["card_id", "of_n"], ["gift_card_entry.card_id", "gift_card_entry.n"], name="gift_card_entry_of_charge_fkey"
        ),
        Index("gift_card_entry_by_receipt", "receipt", "store_id", postgresql_where=text("kind = 'charged'")),
        Index("gift_card_entry_refunds", "card_id", "of_n", postgresql_where=text("of_n IS NOT NULL")),
    )
    card_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("gift_card.id"), primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    club_id: Mapped[ClubRef]
    kind: Mapped[str] = mapped_column(Text)
    amount: Mapped[Big]
    """By how much it changed what is on the card."""
    balance: Mapped[Big]
    """What is on the card after it."""
    expires_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    """Until when the card is good after it."""
    of_n: Mapped[int | None] = mapped_column(BigInteger)
    store_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("store.id"))
    receipt: Mapped[str | None] = mapped_column(Text)
    """The sale that it paid, of that store."""
    occurred_at: Mapped[Instant]
    recorded_at: Mapped[Instant]


class ProviderCode(Base):
    """A code of a provider's list, with which a reward is issued; good elsewhere, so nothing is known of its use."""

    __tablename__ = "provider_code"
    __table_args__ = (
        CheckConstraint(
            "(redemption_id IS NULL) = (taken_at IS NULL) AND (redemption_id IS NULL) = (member_id IS NULL)",
            name="provider_code_taken_whole",
        ),
        ForeignKeyConstraint(
            ["member_id", "redemption_id"],
            ["redemption.member_id", "redemption.id"],
            name="provider_code_of_redemption_fkey",
        ),
        UniqueConstraint("club_id", "digest", name="provider_code_once"),
        Index("provider_code_free", "reward_id", "id", postgresql_where=text("redemption_id IS NULL")),
        Index(
            "provider_code_of_redemption",
            "member_id",
            "redemption_id",
            postgresql_where=text("redemption_id IS NOT NULL"),
        ),
    )
    id: Mapped[Id]
    club_id: Mapped[ClubRef]
    reward_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("reward.id"))
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    """The keyed hash of the code, so that no list is loaded twice."""
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """Code and PIN encrypted under the instance key."""
    member_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("member.id"))
    redemption_id: Mapped[int | None] = mapped_column(BigInteger)
    taken_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    created_at: Mapped[Instant]
