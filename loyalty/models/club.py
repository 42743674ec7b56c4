"""The club, its stores, its people and its keys."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.db import Base
from loyalty.models.columns import ClubRef, Document, Id, Instant

ROLES = ("owner", "marketer", "approver", "cashier", "viewer")


class Club(Base):
    """A customer club. Currency, zone and calendar are fixed when it is created."""

    __tablename__ = "club"
    __table_args__ = (
        CheckConstraint("calendar IN ('jalali', 'gregorian')", name="club_calendar_known"),
        CheckConstraint("code ~ '^[a-z0-9][a-z0-9-]{0,62}$'", name="club_code_form"),
    )
    id: Mapped[Id]
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[Document]
    """`{en, fa}`."""
    currency: Mapped[str] = mapped_column(Text)
    display: Mapped[str | None] = mapped_column(Text)
    timezone: Mapped[str] = mapped_column(Text)
    calendar: Mapped[str] = mapped_column(Text)
    created_at: Mapped[Instant]
    approval: Mapped[bool] = mapped_column(server_default="false")
    """Whether a second person must agree before bylaws are published."""


class Store(Base):
    """A place that sells: a branch, a web shop, a partner business."""

    __tablename__ = "store"
    __table_args__ = (UniqueConstraint("club_id", "code", name="store_code_once"),)
    id: Mapped[Id]
    club_id: Mapped[ClubRef]
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    partner: Mapped[str | None] = mapped_column(Text)


class ApiKey(Base):
    """A key of the HTTP API: only its SHA-256 is kept; `hint` is what a person recognises it by."""

    __tablename__ = "api_key"
    __table_args__ = (
        CheckConstraint("kind IN ('server', 'till', 'publishable')", name="api_key_kind_known"),
        CheckConstraint("(kind = 'till') = (store_id IS NOT NULL)", name="api_key_till_has_store"),
    )
    id: Mapped[Id]
    club_id: Mapped[ClubRef]
    kind: Mapped[str] = mapped_column(Text)
    store_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("store.id"))
    origins: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    hint: Mapped[str] = mapped_column(Text)
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Of a publishable key: the secret that signs its members' tokens, encrypted under the instance key."""
    created_at: Mapped[Instant]
    revoked_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))


class Person(Base):
    """Somebody who works for a club and signs in with a password (argon2)."""

    __tablename__ = "person"
    id: Mapped[Id]
    email: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    password: Mapped[str | None] = mapped_column(Text)
    lang: Mapped[str] = mapped_column(Text, server_default="fa")
    created_at: Mapped[Instant]


class Role(Base):
    """What a person is in a club: see `loyalty.roles` for what each may do."""

    __tablename__ = "role"
    __table_args__ = (CheckConstraint(f"role IN {ROLES}", name="role_known"),)
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"), primary_key=True)
    club_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("club.id"), primary_key=True)
    role: Mapped[str] = mapped_column(Text)


class PasswordLink(Base):
    """A one-time link to set a password; only the token's SHA-256 is kept."""

    __tablename__ = "password_link"
    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    expires_at: Mapped[Instant]
