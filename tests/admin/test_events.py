"""Events other than purchases on the club's pages: why each gave what it gave, and those that wait."""

from datetime import timedelta

from loyalty.actions.publish_bylaws import publish_bylaws
from loyalty.actions.record_events import record_events
from loyalty.rules import Event, MemberRef
from tests.admin.conftest import BYLAWS
from tests.admin.test_club_pages import read

REVIEW = {
    "title": {"en": "Review", "fa": "نظر"},
    "fields": {"stars": {"type": "integer"}, "about": {"type": "text", "optional": True}},
}
THANKS = {
    "no": "9",
    "title": {"en": "Thanks for a review", "fa": "سپاس از نظر شما"},
    "on": "review",
    "if": {"event": {"field": "stars", "at_least": 4}},
    "give": [{"points": {"fixed": 20}}],
}


def told(anar, member, key, **more):
    at = more.pop("at", anar.clock.now)
    data = {"stars": 5, "about": "<b>نان</b>"} | more.pop("data", {})
    event = Event("review", at, key, "website", member=MemberRef("id", str(member)), attributes=data)
    [outcome] = record_events(anar.id, [event], anar.clock.now, **more)
    return outcome.id


def test_an_event_is_explained_and_a_late_one_waits(negar, anar, sara, clock):
    document = BYLAWS | {"events": {"review": REVIEW}, "articles": [*BYLAWS["articles"], THANKS]}
    publish_bylaws(anar.id, document, clock.now)
    number = told(anar, sara, "r1")
    page = read(negar, anar.page("events", number))
    assert "Review" in page
    assert "+20 points" in page
    assert "held: “stars” is at least 4" in page
    assert "saw: “stars”: 5" in page
    assert "<b>نان" not in negar.get(anar.page("events", number)).text  # text is never taken for markup
    assert f"events/{number}" in negar.get(anar.page("members", sara)).text
    assert "نظر" in read(negar, anar.page("members", sara), lang="fa")
    happened = clock.now
    clock.move(hours=2)
    late = told(anar, sara, "r2", at=happened, lateness=timedelta(hours=1))
    assert late
    assert "One event came too late" in read(negar, anar.page())
    assert f"events/{late}" in negar.get(anar.page("purchases"), query_string={"show": "aside"}).text
    assert "waits for a person’s decision" in read(negar, anar.page("events", late))
