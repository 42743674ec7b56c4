"""What has no effect yet can be drafted, but never gets into force, by whatever door."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from psycopg.types.json import Json

from loyalty.actions.create_club import create_club
from loyalty.actions.decide_request import decide_request
from loyalty.actions.publish_bylaws import Published, publish_bylaws
from loyalty.actions.publish_draft import publish_draft
from loyalty.actions.require_approval import require_approval
from loyalty.actions.save_draft import save_draft
from loyalty.acts import By
from loyalty.db import connection, transaction
from loyalty.errors import Invalid
from tests.conftest import START
from tests.story import BASE, Story, article, document, title

SPIN = {"title": title("S"), "odds": [{"chance": "10%", "give": [{"points": {"fixed": 5}}]}, {"chance": "90%"}]}
AHEAD = document(BASE, article("2", {"points": {"fixed": 7}}), spins={"s": SPIN})
PLACES = ["/spins/s"]
BY = By(key=1)
WRITTEN = ("club", "bylaws", "bylaws_draft", "bylaws_request", "counter", "outbox", "act")
pytestmark = pytest.mark.usefixtures("app")


def built() -> dict[str, Any]:
    """The same without what has no effect."""
    rest = deepcopy(AHEAD)
    del rest["spins"]
    return rest


def kept() -> dict[str, Any]:
    """All that publishing writes."""
    with transaction() as conn:
        return {name: sorted(map(str, conn.execute(f"SELECT * FROM {name}"))) for name in WRITTEN}


def refused(publishing: Any) -> None:
    before = kept()
    with pytest.raises(Invalid) as problem:
        publishing()
    assert [its.path for its in problem.value.faults] == PLACES
    assert problem.value.detail.en == "These bylaws cannot be published as they are."
    for fault in problem.value.faults:
        assert "has no effect yet" in fault.message.en
        assert "هنوز اثری ندارد" in fault.message.fa
    assert kept() == before


def test_a_document_is_refused_whole_and_published_without_those_parts() -> None:
    story = Story()
    refused(lambda: publish_bylaws(story.club_id, AHEAD, story.now))
    assert publish_bylaws(story.club_id, built(), story.now).version == 2
    assert story.buys(story.enrols(), 1000).wallets["points"].available == 8


def test_no_club_begins_with_them() -> None:
    refused(lambda: create_club("rose", AHEAD, START))
    assert create_club("rose", built(), START).id


def test_a_draft_keeps_them_and_is_refused() -> None:
    story = Story()
    save_draft(story.club_id, AHEAD, BY, story.now)
    refused(lambda: publish_draft(story.club_id, BY, story.now))
    refused(lambda: publish_draft(story.club_id, BY, story.now, from_at=story.now + timedelta(days=1)))
    refused(lambda: publish_draft(story.club_id, BY, story.now, pilot=10))
    save_draft(story.club_id, built(), BY, story.now)
    assert isinstance(publish_draft(story.club_id, BY, story.now), Published)
    assert connection().execute("SELECT count(*) FROM bylaws_draft").fetchone() == (0,)


def test_a_second_person_is_not_even_asked() -> None:
    story = Story()
    require_approval(story.club_id, True, story.now)
    save_draft(story.club_id, AHEAD, BY, story.now)
    refused(lambda: publish_draft(story.club_id, BY, story.now))


def test_nor_can_one_approve_what_was_asked_for_anyhow() -> None:
    story = Story()
    require_approval(story.club_id, True, story.now)
    save_draft(story.club_id, built(), BY, story.now)
    asked = publish_draft(story.club_id, BY, story.now)
    assert not isinstance(asked, Published)
    with transaction() as conn:
        conn.execute("UPDATE bylaws_request SET document = %s", [Json(AHEAD)])
    refused(lambda: decide_request(story.club_id, asked.request, "approved", By(key=2), story.now))
