"""Stores: branches, web shops, partner businesses."""

from __future__ import annotations

from typing import Any

from flask import Response

from loyalty.actions.create_store import create_store
from loyalty.actions.update_store import update_store
from loyalty.queries import stores
from loyalty.queries.stores import StoreView
from loyalty.rest.access import caller
from loyalty.rest.answers import StoreSchema, StoresSchema
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.fields import PageQuery
from loyalty.rest.reply import reply
from loyalty.schemas.fields import Base, Words
from loyalty.schemas.said import told
from loyalty.values import Text

blp = Blueprint(
    Text("Stores", "فروشگاه‌ها"),
    __name__,
    Text(
        "Branches, web shops and partner businesses. A purchase names its store by its code.",
        "شعبه‌ها، فروشگاه‌های اینترنتی و کسب‌وکارهای همکار. هر خرید فروشگاهش را با کد نام می‌برد.",
    ),
)

CODE = "[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"


class StoreBody(Base):
    """A new store."""

    code = Words(64, CODE, required=True, metadata={"example": "tajrish"})
    name = Words(120, required=True, metadata={"example": "شعبهٔ تجریش"})
    partner = Words(
        120,
        allow_none=True,
        metadata=told("The partner business whose store it is.", "کسب‌وکار همکاری که فروشگاه از آنِ اوست."),
    )


class StoreChange(Base):
    """What to change of the store that `code` names."""

    code = Words(64, required=True, metadata={"example": "tajrish"})
    name = Words(120, metadata={"example": "شعبهٔ تجریش"})
    partner = Words(120, allow_none=True)


@blp.operation(
    "POST",
    "/stores",
    Text("Open a store", "ساختن فروشگاه"),
    Text("A store of the club; its code must be new.", "فروشگاهی از باشگاه؛ کدش باید تازه باشد."),
    {201: StoreSchema},
    body=StoreBody,
)
def create(body: dict[str, Any]) -> Response:
    """Create a store."""
    club_id = caller().club_id
    create_store(club_id, body["code"], body["name"], body.get("partner"))
    return reply(_shown(stores.one(club_id, body["code"])), 201)


@blp.operation(
    "GET",
    "/stores",
    Text("List stores", "فهرست فروشگاه‌ها"),
    Text("Stores in the order in which they were opened.", "فروشگاه‌ها به ترتیب ساخته‌شدن."),
    {200: StoresSchema},
    query=PageQuery,
)
def listed(query: dict[str, Any]) -> Response:
    """A page of stores."""
    page = stores.page(caller().club_id, query["limit"], query.get("cursor"))
    return reply({"items": [_shown(store) for store in page.items], "next": page.next})


@blp.operation(
    "PATCH",
    "/stores",
    Text("Change a store", "تغییر فروشگاه"),
    Text(
        "Changes the name or the partner of the store that `code` names; null takes the partner away.",
        "نام یا همکار فروشگاهی را که code نام می‌برد عوض می‌کند؛ null همکار را برمی‌دارد.",
    ),
    {200: StoreSchema},
    body=StoreChange,
)
def update(body: dict[str, Any]) -> Response:
    """Change a store's name or partner."""
    club_id, code = caller().club_id, body.pop("code")
    update_store(club_id, code, body)
    return reply(_shown(stores.one(club_id, code)))


def _shown(store: StoreView) -> dict[str, Any]:
    return {"code": store.code, "name": store.name, "partner": store.partner}
