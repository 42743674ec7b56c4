"""Friends: each row is one side's wish; two that meet are a friendship."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.db import Base
from loyalty.models.columns import ClubRef, Instant, MemberRef


class Friend(Base):
    """A member who wishes to be friends with another."""

    __tablename__ = "friend"
    __table_args__ = (
        CheckConstraint("member_id <> friend_id", name="friend_is_another"),
        Index("friend_asked", "friend_id", "member_id"),
    )
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    friend_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    club_id: Mapped[ClubRef]
    asked_at: Mapped[Instant]
