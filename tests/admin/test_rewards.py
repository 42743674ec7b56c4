"""A marketer looks at rewards, stock, codes and gift cards; offers one, restocks it, and takes it off."""

from __future__ import annotations

import pytest
from flask import Flask

from loyalty.actions.create_code_series import NewSeries, create_code_series
from loyalty.actions.make_codes import make_codes
from loyalty.actions.redeem_reward import redeem_reward
from loyalty.acts import By
from loyalty.config import settings
from loyalty.issuing import Issuer
from loyalty.queries.requests import acts
from loyalty.redeeming import Asked
from loyalty.values import Text
from tests.admin.conftest import Desk, Shop, text_of
from tests.admin.test_drafting import colleague

COFFEE = "code: coffee\ntitle: {en: A coffee, fa: یک قهوه}\nkind: goods\nstock: 7\n"
CARD = "code: card\ntitle: {en: A card, fa: یک کارت}\nkind: gift_card\nvalue: 500000\n"
TENTH = "code: tenth\ntitle: {en: A tenth, fa: ده درصد}\nkind: discount\ndiscount: {percent: '10'}\n"


def offers(negar: Desk, anar: Shop, *texts: str) -> None:
    for text in texts:
        assert negar.post(anar.page("rewards"), page=anar.page("rewards"), reward=text).status_code == 303


def redeems(anar: Shop, member: int, code: str) -> None:
    redeem_reward(anar.id, member, Asked(code), Issuer(settings().secret_key), anar.clock.now)


def test_rewards_codes_and_cards_are_listed(negar: Desk, anar: Shop, sara: int) -> None:
    offers(negar, anar, COFFEE, CARD, TENTH)
    redeems(anar, sara, "coffee")
    redeems(anar, sara, "card")
    series = NewSeries("spring", Text("Spring", "بهار"), "tenth")
    create_code_series(anar.id, series, By(key=1), anar.clock.now)
    list(make_codes(anar.id, "spring", 3, By(key=1), settings().secret_key, anar.clock.now))
    said = text_of(negar.get(anar.page("rewards") + "?lang=en"))
    assert "6 of 7" in said
    assert "50,000 toman" in said, "what is on the card"
    assert "Spring" in said
    one = text_of(negar.get(anar.page("rewards/coffee") + "?lang=fa"))
    assert "صادرشده" in one
    assert "۶ از ۷" in one


def test_a_reward_is_restocked_taken_off_and_put_back(negar: Desk, anar: Shop, sara: int) -> None:
    offers(negar, anar, COFFEE)
    page = anar.page("rewards/coffee")
    redeems(anar, sara, "coffee")
    assert negar.post(page, page=page, stock="۱۲").status_code == 303
    assert "11 of 12" in text_of(negar.get(page + "?lang=en"))
    assert negar.post(page, page=page, stock="0").status_code == 422, "one is in a member's hands"
    assert negar.post(page, page=page, stock="many").status_code == 422
    assert negar.post(page, page=page, stock="").status_code == 303
    assert "no limit" in text_of(negar.get(page + "?lang=en"))
    assert negar.post(page, page=page, archived="1").status_code == 303
    assert "taken off the catalogue" in text_of(negar.get(page + "?lang=en"))
    assert negar.post(page, page=page, archived="1").status_code == 303
    assert [its.what for its in acts(anar.id)][:2] == ["reward.changed", "reward.changed"]


def test_faults_are_told_and_what_was_typed_is_kept(negar: Desk, anar: Shop) -> None:
    page = anar.page("rewards")
    refused = negar.post(page + "?lang=en", page=page, reward=COFFEE + "for: {tier: {at_least: platinum}}\n")
    assert refused.status_code == 422
    assert "/for/tier/at_least" in refused.text
    assert "platinum" in refused.text
    assert negar.post(page, page=page, reward="[").status_code == 422


@pytest.mark.parametrize("role", ["approver", "cashier", "viewer"])
def test_who_keeps_no_rewards_sees_them_only(app: Flask, negar: Desk, anar: Shop, role: str) -> None:
    offers(negar, anar, COFFEE)
    desk = colleague(app, anar, "vida@anar.example", role)
    assert desk.get(anar.page("rewards/coffee")).status_code == 200
    elsewhere = anar.page("people")
    assert desk.post(anar.page("rewards"), page=elsewhere, reward=CARD).status_code == 403
    assert desk.post(anar.page("rewards/coffee"), page=elsewhere, stock="1").status_code == 403


def test_another_clubs_rewards_are_not_there(negar: Desk, anar: Shop, elm: Shop) -> None:
    assert negar.get(elm.page("rewards")).status_code == 404
    assert negar.get(anar.page("rewards/nobodys")).status_code == 404
