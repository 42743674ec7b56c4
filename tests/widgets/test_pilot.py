"""A member of a pilot's group reads on the own page what holds for them; the door shows what holds for everybody."""

from __future__ import annotations

from copy import deepcopy

from loyalty.actions.publish_draft import publish_draft
from loyalty.actions.save_draft import save_draft
from loyalty.acts import By
from loyalty.versions import in_group
from tests.widgets.conftest import BYLAWS
from tests.widgets.test_sign_in import ROOT, ask, open_with

TRIED = "Tried by some"


def test_the_bylaws_and_badges_of_the_own_version(client, club, sara, clock):
    document = deepcopy(BYLAWS)
    document["articles"].append(
        {"no": "77", "title": {"en": TRIED, "fa": TRIED}, "on": "purchase", "give": [{"points": {"fixed": 1}}]}
    )
    badge = {"title": {"en": "Trier", "fa": "آزمونگر"}, "counter": "spend", "levels": [{"at": 1}]}
    document["badges"] = {**document["badges"], "trier": badge}
    save_draft(club.id, document, By(key=1), clock.now)
    assert in_group(club.id, 2, 99, sara)
    publish_draft(club.id, By(key=1), clock.now, pilot=99)
    clock.move(minutes=1)
    assert TRIED not in client.get(f"{ROOT}bylaws").text
    ask(client)
    open_with(client, club.code())
    assert TRIED in client.get(f"{ROOT}bylaws").text
    assert "آزمونگر" in client.get(ROOT).text
