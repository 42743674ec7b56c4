"""Members: who they are (erasable), and what the bylaws made of them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.db import Base
from loyalty.models.columns import Big, ClubRef, Document, Id, Instant, MemberRef

STATUSES = ("active", "suspended", "left", "expelled", "deceased")


def _month_day(of: str) -> str:
    return f"(extract(month FROM {of}) * 100 + extract(day FROM {of}))::smallint"


class Member(Base):
    """A member as the engine knows one: no personal data. Locked by every write that concerns the member."""

    __tablename__ = "member"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="member_status_known"),
        CheckConstraint("merged_into <> id", name="member_merged_elsewhere"),
        CheckConstraint("(tier_floor IS NULL) = (tier_floor_until IS NULL)", name="member_floor_has_end"),
        Index("member_by_club", "club_id", "id"),
        Index("member_joined_on", "club_id", "joined_on", "id"),
        Index("member_tier_due", "club_id", "tier_due", postgresql_where=text("tier_due IS NOT NULL")),
        Index("member_behind", "club_id", "filled", "id"),
        Index("member_merged", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    )
    id: Mapped[Id]
    club_id: Mapped[ClubRef]
    status: Mapped[str] = mapped_column(Text, server_default="active")
    joined_at: Mapped[Instant]
    seq: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """Grows with every change of what the member is shown; widgets poll it, projections compare it."""
    tier: Mapped[str | None] = mapped_column(Text)
    tier_since: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    tier_earned_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    """When it was last earned, where its end counts from there."""
    tier_until: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    """The last instant for which what is earned is held; null: while qualified, and in grace."""
    tier_grace_until: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    """The last instant of grace, where that has begun."""
    tier_floor: Mapped[str | None] = mapped_column(Text)
    """What was given by hand: no lower tier is shown until its end."""
    tier_floor_until: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    tier_under: Mapped[str | None] = mapped_column(Text)
    """The tier that is earned meanwhile."""
    tier_looked_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    """Up to when the ends of periods of review are looked at."""
    tier_due: Mapped[datetime | None] = mapped_column(
        TIMESTAMP(timezone=True),
        Computed("LEAST(COALESCE(tier_grace_until, tier_until), tier_floor_until)", persisted=True),
    )
    """The first of these ends: what the timer looks for."""
    latest_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    """When the latest judged event happened; tiers and badges stand as of it."""
    entries: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """How long the member's chain of entries is."""
    head: Mapped[bytes] = mapped_column(LargeBinary, server_default="")
    """The digest of its last entry."""
    filled: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """Counters up to this id count the member; later ones are still to be filled from what is recorded."""
    joined_on: Mapped[int] = mapped_column(
        SmallInteger, Computed(_month_day("joined_at AT TIME ZONE 'UTC'"), persisted=True)
    )
    """Month and day of joining (MMDD, Gregorian, UTC): near it lies the anniversary in any calendar and zone."""
    merged_into: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("member.id"))
    """The member who goes on for both; this one receives nothing more."""
    erased_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))


class Profile(Base):
    """Personal data of a member; erasure deletes the row."""

    __tablename__ = "profile"
    __table_args__ = (
        CheckConstraint("avatar ~ '^[0-7][0-4]$'", name="profile_avatar_known"),
        CheckConstraint("mode IN ('playful', 'plain')", name="profile_mode_known"),
        Index("profile_born_on", "club_id", "born_on", "member_id"),
        Index("profile_referred_by", "referred_by", postgresql_where=text("referred_by IS NOT NULL")),
        Index("profile_attributes", "attributes", postgresql_using="gin"),
        Index("profile_by_name", "club_id", "sort_key", "member_id"),
        Index("profile_search", "sort_key", postgresql_using="gin", postgresql_ops={"sort_key": "gin_trgm_ops"}),
    )
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    club_id: Mapped[ClubRef]
    name: Mapped[str | None] = mapped_column(Text)
    sort_key: Mapped[str] = mapped_column(Text, server_default="")
    email: Mapped[str | None] = mapped_column(Text)
    birthday: Mapped[date | None]
    born_on: Mapped[int | None] = mapped_column(SmallInteger, Computed(_month_day("birthday"), persisted=True))
    """Month and day of birth, as `Member.joined_on`."""
    attributes: Mapped[Document] = mapped_column(server_default="{}")
    consents: Mapped[Document] = mapped_column(server_default="{}")
    referred_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("member.id"))
    lang: Mapped[str | None] = mapped_column(Text)
    alias: Mapped[str | None] = mapped_column(Text)
    """The name on leaderboards; without one, the first name and an initial."""
    mode: Mapped[str | None] = mapped_column(Text)
    """How the member wants the club; None: as the bylaws say."""
    avatar: Mapped[str | None] = mapped_column(Text)
    """Two digits, as `loyalty.avatars` knows them; None: the member's own."""
    on_boards: Mapped[bool] = mapped_column(server_default="true")


class Identifier(Base):
    """What a member is known by: one row per card, phone (E.164) or external id."""

    __tablename__ = "identifier"
    __table_args__ = (
        CheckConstraint("kind IN ('card', 'phone', 'external_id')", name="identifier_kind_known"),
        Index("identifier_by_member", "member_id"),
    )
    club_id: Mapped[ClubRef] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[str] = mapped_column(Text, primary_key=True)
    member_id: Mapped[MemberRef]
    origin: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("member.id"))
    """Whose it was before a merge."""


class BadgeLevel(Base):
    """One row per level of a badge that a member reached."""

    __tablename__ = "badge_level"
    __table_args__ = (CheckConstraint("level > 0", name="badge_level_positive"),)
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    level: Mapped[int] = mapped_column(Integer, primary_key=True)
    club_id: Mapped[ClubRef]
    event_id: Mapped[int] = mapped_column(BigInteger)
    earned_at: Mapped[Instant]


class BadgeRarity(Base):
    """How many of a club's active members hold each badge, as it was counted last night."""

    __tablename__ = "badge_rarity"
    __table_args__ = (CheckConstraint("active >= 0", name="badge_rarity_not_negative"),)
    club_id: Mapped[ClubRef] = mapped_column(primary_key=True)
    active: Mapped[Big]
    holders: Mapped[Document]
    """By the badge's code, whatever the level."""
    counted_at: Mapped[Instant]


class TierMove(Base):
    """One change of a member's tier: by an event, or by a review (then without one)."""

    __tablename__ = "tier_move"
    __table_args__ = (Index("tier_move_by_member", "member_id", "at"),)
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    club_id: Mapped[ClubRef]
    at: Mapped[Instant]
    from_tier: Mapped[str | None] = mapped_column(Text)
    to_tier: Mapped[str | None] = mapped_column(Text)
    event_id: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(Integer)


class TierGrant(Base):
    """A tier given to a member by hand: a floor until its end. The latest holds."""

    __tablename__ = "tier_grant"
    __table_args__ = (CheckConstraint("recorded_at < until", name="tier_grant_forward"),)
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """Its number as an event."""
    club_id: Mapped[ClubRef]
    tier: Mapped[str] = mapped_column(Text)
    until: Mapped[Instant]
    """The last instant for which it is given."""
    reason: Mapped[str] = mapped_column(Text)
    """In somebody's own words; erasure empties it."""
    by: Mapped[str | None] = mapped_column(Text)
    """Who gave it: `key:ID` of the API."""
    recorded_at: Mapped[Instant]


class StandingChange(Base):
    """One change of a member's standing in the club: what happened before it is judged by the standing of its time."""

    __tablename__ = "standing_change"
    __table_args__ = (
        CheckConstraint(f"from_status IN {STATUSES} AND to_status IN {STATUSES}", name="standing_change_known"),
    )
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    club_id: Mapped[ClubRef]
    at: Mapped[Instant]
    from_status: Mapped[str] = mapped_column(Text)
    to_status: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    """In somebody's own words; erasure takes it."""
    by: Mapped[str | None] = mapped_column(Text)
    """Who did it: `key:ID` of the API."""


class MemberMerge(Base):
    """A member who went on as another, and perhaps came apart again; the balances that moved are in entries."""

    __tablename__ = "member_merge"
    __table_args__ = (
        CheckConstraint("(undone_id IS NULL) = (undone_at IS NULL)", name="member_merge_undone_whole"),
        Index("member_merge_into", "into_id"),
    )
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """The number of the merge as an event."""
    club_id: Mapped[ClubRef]
    into_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("member.id"))
    reason: Mapped[str] = mapped_column(Text)
    """In somebody's own words, as is that of the unmerge; erasure empties both."""
    merged_at: Mapped[Instant]
    entries: Mapped[Big]
    """How long the survivor's chain was: what came with the merge and since is behind it."""
    undone_id: Mapped[int | None] = mapped_column(BigInteger)
    """The number of the unmerge as an event."""
    undone_reason: Mapped[str | None] = mapped_column(Text)
    undone_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))


class SignInCode(Base):
    """A member's one-time code (its keyed hash), with the attempts made on it."""

    __tablename__ = "sign_in_code"
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[Instant]
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
