"""Certificates of honour: had as rewards, shown to whoever has the link, printed, and withdrawn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from loyalty.actions.create_reward import NewReward, create_reward
from loyalty.actions.erase_member import erase_member
from loyalty.actions.redeem_reward import redeem_reward
from loyalty.actions.reverse_redemption import reverse_redemption
from loyalty.acts import By
from loyalty.config import settings
from loyalty.errors import Invalid
from loyalty.issuing import Issuer
from loyalty.redeeming import Asked, Redeemed
from loyalty.values import Text
from tests.story import Story, document, title

WORDS = {
    "en": "In gratitude to {name}, who stood on {tier} in {club} on {date}.",
    "fa": "با سپاس از {name} که در {date} در سطح {tier} {club} بود.",
}
LADDER = [
    {"code": "bronze", "title": {"en": "Bronze", "fa": "برنزی"}},
    {"code": "gold", "title": {"en": "Gold", "fa": "طلایی"}, "needs": {"counter": {"name": "spend", "at_least": 9000}}},
]


@pytest.fixture
def story(app: Flask) -> Story:
    return Story(document(tiers={"ladder": LADDER}, badges={"b": {"title": title("B")}}))


def gives(story: Story, member: int, words: dict[str, str] = WORDS) -> Redeemed:
    reward = NewReward("honour", Text("Guardian", "نگهبان"), "certificate", content={"words": words})
    create_reward(story.club_id, reward, By(key=1), story.now)
    return redeem_reward(story.club_id, member, Asked("honour"), Issuer(settings().secret_key), story.now)


def shown(client: FlaskClient, code: str, lang: str = "en") -> Any:
    return client.get(f"/m/anar/certificates/{code}?lang={lang}")


def test_whoever_has_the_link_sees_it_in_both_languages(story: Story, client: FlaskClient) -> None:
    sara = story.enrols("سارا مرادی")
    given = gives(story, sara)
    [code] = [its.code for its in given.codes]
    story.now += timedelta(hours=1)
    story.buys(sara, 10_000)
    assert story.tier(sara) == "gold"
    page = shown(client, code)
    assert page.status_code == 200
    assert "In gratitude to سارا مرادی, who stood on Bronze in Anar Club on 10 Aban 1405." in page.text
    assert code in page.text
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    persian = shown(client, code, "fa")
    assert "با سپاس از سارا مرادی که در ۱۰ آبان ۱۴۰۵ در سطح برنزی باشگاه انار بود." in persian.text
    assert shown(client, code.replace("-", "").lower()).status_code == 200
    for lang in ("fa", "en"):
        printed = client.get(f"/m/anar/certificates/{code}/{lang}.pdf")
        assert (printed.status_code, printed.mimetype) == (200, "application/pdf")
        assert printed.data.startswith(b"%PDF-")


def test_what_was_withdrawn_erased_or_never_was_looks_alike(story: Story, client: FlaskClient) -> None:
    sara, ali = story.enrols("Sara"), story.enrols("Ali")
    first = gives(story, sara)
    second = redeem_reward(story.club_id, ali, Asked("honour"), Issuer(settings().secret_key), story.now)
    reverse_redemption(story.club_id, first.id, story.now)
    erase_member(story.club_id, ali, story.now)
    answers = [shown(client, code) for code in (first.codes[0].code, second.codes[0].code, "ABCDEF-GHJKLM-NPQRST")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1


@pytest.mark.parametrize("wrong", ["{nmae}", "{", "{name!r}"])
def test_a_slot_that_nothing_fills_is_refused(story: Story, wrong: str) -> None:
    with pytest.raises(Invalid) as refused:
        gives(story, story.enrols(), WORDS | {"fa": wrong})
    assert [its.path for its in refused.value.faults] == ["/words/fa"]


@pytest.mark.page
@pytest.mark.parametrize("device", ["phone", "desktop"])
@pytest.mark.parametrize("lang", ["fa", "en"])
def test_the_page_is_sound_on_every_screen(story: Story, live: str, visit: Any, lang: str, device: str) -> None:
    code = gives(story, story.enrols("سارا مرادی")).codes[0].code
    opened = visit(lang, "light", device)
    page = opened.open(f"{live}/m/anar/certificates/{code}")
    opened.must_be_sound()
    assert page.locator("h1").inner_text() == ("نگهبان" if lang == "fa" else "Guardian")
