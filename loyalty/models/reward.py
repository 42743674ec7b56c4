"""The catalogue of rewards, and what members redeemed of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.db import Base
from loyalty.models.columns import Big, ClubRef, Document, Id, Instant, MemberRef

KINDS = (
    "cashback",
    "gift_card",
    "discount",
    "goods",
    "experience",
    "raffle",
    "certificate",
    "donation",
    "mixed",
)
STATUSES = ("held", "issued", "used", "voided", "lapsed", "reversed")


class Reward(Base):
    """Something that members can have for points, for money, for both or for nothing."""

    __tablename__ = "reward"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="reward_kind_known"),
        CheckConstraint("points > 0 AND money > 0", name="reward_price_positive"),
        CheckConstraint("(points IS NULL) = (wallet IS NULL)", name="reward_points_of_a_wallet"),
        CheckConstraint("taken BETWEEN 0 AND coalesce(stock, taken)", name="reward_within_stock"),
        CheckConstraint("uses > 0", name="reward_uses_positive"),
        UniqueConstraint("club_id", "code", name="reward_once"),
    )
    id: Mapped[Id]
    club_id: Mapped[ClubRef]
    code: Mapped[str] = mapped_column(Text(collation="C"))
    title: Mapped[Document]
    text: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """A few sentences for the member, in both languages."""
    kind: Mapped[str] = mapped_column(Text)
    points: Mapped[int | None] = mapped_column(BigInteger)
    wallet: Mapped[str | None] = mapped_column(Text)
    """Of which wallet the points are."""
    money: Mapped[int | None] = mapped_column(BigInteger)
    """In minor units."""
    stock: Mapped[int | None] = mapped_column(BigInteger)
    """How many there are in all; None: as many as are asked for."""
    taken: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """Of a stock, how many are held or were given away."""
    who: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """`for`: a condition on the member, kept as it was written."""
    from_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    until_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    """The last instant at which it can be redeemed."""
    limits: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    """How many a member may have in a window: `{every|over, at_most}`."""
    content: Mapped[Document]
    """What is promised, by its kind: a discount, an amount, choices … (see `rewards/content.py`)."""
    uses: Mapped[int] = mapped_column(Integer, server_default="1")
    """How often what is issued can be used."""
    lasts: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """A term: until when what is issued can be used; None: for ever."""
    archived: Mapped[bool] = mapped_column(Boolean, server_default="false")
    """Taken off the catalogue; what was issued stays good."""
    created_at: Mapped[Instant]
    created_by: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[Instant]
    updated_by: Mapped[str] = mapped_column(Text)


class Redemption(Base):
    """A reward in a member's hands: held, issued, used; its price lies in holds, what it promises is frozen."""

    __tablename__ = "redemption"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="redemption_status_known"),
        CheckConstraint("quantity > 0 AND points >= 0 AND money >= 0", name="redemption_amounts"),
        CheckConstraint("status <> 'held' OR until IS NOT NULL", name="redemption_held_until"),
        Index("redemption_by_id", "club_id", "id"),
        Index("redemption_due", "club_id", "until", postgresql_where=text("status = 'held'")),
        Index("redemption_of_reward", "member_id", "reward_id", "occurred_at"),
        Index("redemption_by_reward", "reward_id", "id"),
        Index("redemption_by_choice", "choice_id", "id", postgresql_where=text("choice_id IS NOT NULL")),
        Index("redemption_by_receipt", "store_id", "receipt", postgresql_where=text("receipt IS NOT NULL")),
        Index("redemption_given_by", "member_id", "given_by", postgresql_where=text("given_by IS NOT NULL")),
    )
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    club_id: Mapped[ClubRef]
    reward_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("reward.id"))
    quantity: Mapped[Big]
    status: Mapped[str] = mapped_column(Text)
    choice_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("reward.id"))
    """Of a mixed reward: which one the member chose."""
    promise: Mapped[Document]
    """What it is and promises, as the reward said when it was redeemed."""
    points: Mapped[Big]
    """Its price in points; they lie in a hold that names it."""
    money: Mapped[Big]
    """Its price in money: in such a hold too, or paid at the till."""
    until: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    """When what is held lapses by itself."""
    expires_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    """The last instant at which what is issued can be used."""
    given_by: Mapped[int | None] = mapped_column(BigInteger)
    """The event that gave it; None: the member redeemed it."""
    version: Mapped[int | None] = mapped_column(Integer)
    article: Mapped[str | None] = mapped_column(Text)
    """What of the bylaws gave it."""
    store_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("store.id"))
    receipt: Mapped[str | None] = mapped_column(Text)
    """The sale on which it is used."""
    used_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    occurred_at: Mapped[Instant]
    recorded_at: Mapped[Instant]
