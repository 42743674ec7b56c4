"""Rewards with their stock, series of codes, and gift cards: looked at, offered, restocked, taken off the catalogue."""

from __future__ import annotations

from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.blueprint import admin, club, may, me, need
from loyalty.actions.create_reward import NewReward, create_reward
from loyalty.actions.update_reward import update_reward
from loyalty.config import now
from loyalty.documents import parse
from loyalty.errors import Conflict, Invalid, Problem
from loyalty.formats import latin_digits
from loyalty.queries import code_series, gift_cards, rewards
from loyalty.queries.names import names
from loyalty.queries.paging import MAX_LIMIT
from loyalty.queries.rewards import RewardView
from loyalty.schemas.fields import MAX_AMOUNT, read
from loyalty.schemas.reward import RewardBody
from loyalty.values import Text

PER_PAGE: Final = 30
EXAMPLE: Final = """code: free_coffee
title: {en: A free coffee, fa: یک قهوهٔ رایگان}
kind: goods
price: {points: 50}
stock: 200
limits: [{every: month, at_most: 2}]
"""
KINDS: Final = {
    "cashback": Text("cashback", "بازگشت وجه"),
    "gift_card": Text("gift card", "کارت هدیه"),
    "discount": Text("discount", "تخفیف"),
    "goods": Text("goods", "کالا"),
    "experience": Text("experience", "تجربه"),
    "raffle": Text("raffle tickets", "بلیت قرعه‌کشی"),
    "certificate": Text("certificate", "گواهی"),
    "donation": Text("donation", "نیکوکاری"),
    "mixed": Text("of choice", "انتخابی"),
}
STATUSES: Final = {
    "held": Text("held", "نگه‌داشته"),
    "issued": Text("issued", "صادرشده"),
    "used": Text("used", "استفاده‌شده"),
    "voided": Text("voided", "لغوشده"),
    "lapsed": Text("lapsed", "گذشته"),
    "reversed": Text("given back", "پس‌داده"),
}
_NO_NUMBER: Final = Text("A whole number, or nothing for no limit.", "عددی صحیح، یا هیچ برای نامحدود.")


@admin.route("/clubs/<club>/rewards", methods=["GET", "POST"])
def club_rewards() -> ResponseReturnValue:
    """The catalogue, the series of codes and the newest gift cards; what is sent becomes a new reward."""
    problem: Problem | None = None
    if request.method == "POST":
        need("keep_rewards")
        try:
            new = NewReward(**read(RewardBody, parse(request.form.get("reward", "").replace("\r\n", "\n")), "IR"))
            create_reward(club().id, new, me(), now())
        except (Invalid, Conflict) as refused:
            problem = refused
        else:
            flash("reward-saved")
            return redirect(url_for("admin.club_reward", code=new.code), 303)
    here = club()
    page = render_template(
        "admin/rewards.html",
        rewards=rewards.page(here.id, now(), MAX_LIMIT, archived=True).items,
        series=code_series.page(here.id, MAX_LIMIT).items,
        cards=gift_cards.page(here.id, now(), PER_PAGE).items,
        kinds=KINDS,
        wallets=_wallets(),
        example=EXAMPLE,
        problem=problem,
        may_keep=may("keep_rewards"),
    )
    return page, problem.status if problem else 200


@admin.route("/clubs/<club>/rewards/<code>", methods=["GET", "POST"])
def club_reward(code: str) -> ResponseReturnValue:
    """A reward and who has it; its stock is set, and it is taken off the catalogue or put back."""
    problem: Problem | None = None
    if request.method == "POST":
        need("keep_rewards")
        try:
            update_reward(club().id, code, _change(rewards.one(club().id, code)), me(), now())
        except Invalid as refused:
            problem = refused
        else:
            flash("reward-saved")
            return redirect(url_for("admin.club_reward", code=code), 303)
    here = club()
    page = render_template(
        "admin/reward.html",
        view=rewards.one(here.id, code),
        found=rewards.of_reward(here.id, code, now(), PER_PAGE, request.args.get("cursor")),
        kinds=KINDS,
        statuses=STATUSES,
        wallets=_wallets(),
        problem=problem,
        may_keep=may("keep_rewards"),
    )
    return page, problem.status if problem else 200


def _change(view: RewardView) -> dict[str, object]:
    """What the form asks for: another stock, or to be on the catalogue or not.

    Raises:
        Invalid: the stock is no number.
    """
    if "archived" in request.form:
        return {"archived": not view.reward.archived}
    typed = latin_digits(request.form.get("stock", "")).strip()
    if not typed:
        return {"stock": None}
    if not (typed.isascii() and typed.isdigit() and int(typed) <= MAX_AMOUNT):
        raise Invalid.at("/stock", _NO_NUMBER)
    return {"stock": int(typed)}


def _wallets() -> dict[str, Text]:
    found = names(club().id, now())
    return {code: its.name for code, its in found.wallets.items()} if found else {}
