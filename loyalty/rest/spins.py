"""Spins."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from loyalty.actions.turn_spin import turn_spin
from loyalty.config import now, settings
from loyalty.queries import spins
from loyalty.queries.members import one
from loyalty.rest.access import caller
from loyalty.rest.answers import at, both, many, text, whole
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.members import MEMBER
from loyalty.rest.once import Done
from loyalty.rest.reply import reply
from loyalty.schemas.fields import Base
from loyalty.schemas.people import Ref
from loyalty.schemas.said import told
from loyalty.values import Text

blp = Blueprint(
    Text("Spins", "گردونه‌ها"),
    __name__,
    Text(
        "Turns of chance with stated odds. The server decides by a draw that it keeps; a member has one turn in each"
        " period.",
        "نوبت‌هایی از بخت با احتمال‌های گفته‌شده. سرور با قرعه‌ای که نگه می‌دارد تصمیم می‌گیرد؛ هر عضو در هر دوره یک"
        " نوبت دارد.",
    ),
)


class OddSchema(Schema):
    """What comes with a chance."""

    chance = both()
    gives = both()
    share = fields.Float(required=True, metadata=told("Of one.", "از یک."))
    wins = fields.Boolean(required=True)


class SpinSchema(Schema):
    """A spin as a member sees it."""

    code = text()
    title = both()
    how = both()
    odds = many(OddSchema)
    left = whole(metadata=told("Turns that the member has now.", "نوبت‌هایی که عضو اکنون دارد."))
    next_at = at(metadata=told("When the next period begins.", "آغاز دورهٔ بعد."))


class SpinsSchema(Schema):
    """The spins of a club."""

    items = many(SpinSchema)


class TurnBody(Base):
    """Whose turn it is."""

    member = Ref(required=True)


class TurnSchema(Schema):
    """What a turn came to."""

    id = whole()
    member = whole()
    odd = whole(metadata=told("Which of the odds, from 1.", "کدام یک از احتمال‌ها، از ۱."))
    won = fields.Boolean(required=True)
    gives = both()
    next_at = at()


@blp.operation(
    "GET",
    f"{MEMBER}/spins",
    Text("A member's spins", "گردونه‌های عضو"),
    Text("Every spin, its odds, and when the member's next turn is.", "همهٔ گردونه‌ها، احتمال‌ها، و نوبت بعد عضو."),
    {200: SpinsSchema},
)
def listed(member_id: int) -> Response:
    """Every spin with its odds."""
    one(caller().club_id, member_id)
    return reply({"items": spins.spins(caller().club_id, member_id, now())})


@blp.operation(
    "POST",
    "/spins/<code>/turns",
    Text("Turn a spin", "چرخاندن گردونه"),
    Text(
        "Draws, and gives what is won. A second turn in the same period is a 409.",
        "قرعه می‌کشد و آنچه را برده شود می‌دهد. نوبت دوم در همان دوره ۴۰۹ می‌گیرد.",
    ),
    {201: TurnSchema},
    body=TurnBody,
    repeatable=True,
)
def turn(body: dict[str, Any], code: str) -> Done:
    """Draw, and give what is won."""
    club_id = caller().club_id
    its = turn_spin(club_id, code, body["member"], now(), settings().secret_key)
    return Done(spins.turned(club_id, code, its, now()), 201, its.member_id)
