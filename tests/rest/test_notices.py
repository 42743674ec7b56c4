"""What members are told, over the API: read, marked as read, and put into the club's own words."""

from __future__ import annotations

import pytest

from loyalty.db import transaction
from tests.rest.conftest import Api, Club, at_fault


@pytest.fixture
def sara(club: Club) -> int:
    """Sara reached silver and has a badge."""
    member = club.enrols(name="سارا محمدی")["id"]
    club.till.post("/purchases", club.sale(member={"id": member}, gross=6_000_000, net=6_000_000))
    club.settle()
    return member


def test_the_feed_tells_in_both_languages_the_newest_first(club: Club, server: Api, sara: int) -> None:
    feed = server.get(f"/members/{sara}/notices").json
    assert feed["next"] is None
    told = {its["kind"]: its for its in feed["items"]}
    assert set(told) == {"tier_reached", "badge_earned"}
    assert told["tier_reached"]["title"] == {"en": "You are Silver now", "fa": "به سطح نقره‌ای رسیدید"}
    assert told["tier_reached"]["about"] == {"tier": "silver"}
    assert told["badge_earned"]["body"]["en"] == "You have earned the badge Regular (level 1) of Anar Club."
    assert all(its["read_at"] is None for its in feed["items"])


def test_the_feed_says_what_was_sent_and_why_not(club: Club, server: Api) -> None:
    server.put("/notices/settings", {"quiet": None, "channels": {"email": {"on": True, "day": 1}}})
    member = club.enrols(email="sara@example.com", consents={"email": True})["id"]
    club.till.post("/purchases", club.sale(member={"id": member}, gross=6_000_000, net=6_000_000))
    club.settle()
    ways = [way for its in server.get(f"/members/{member}/notices").json["items"] for way in its["sendings"]]
    waiting = {"sent_at": None, "next_try": "2026-11-01T09:00:00Z", "because": None}
    capped = {"sent_at": None, "next_try": None, "because": "cap"}
    assert all(way.items() >= {"channel": "email", "attempts": 0}.items() for way in ways)
    assert sorted((way["because"] or "") for way in ways) == ["", "cap"]
    assert all(way.items() >= (capped if way["because"] else waiting).items() for way in ways)


def test_the_feed_is_read_by_the_page(club: Club, server: Api, sara: int) -> None:
    first = server.get(f"/members/{sara}/notices", limit=1).json
    second = server.get(f"/members/{sara}/notices", limit=1, cursor=first["next"]).json
    assert second["next"] is None
    assert len({first["items"][0]["id"], second["items"][0]["id"]}) == 2
    assert at_fault(server.get(f"/members/{sara}/notices", cursor="x")) == ["/cursor"]


def test_notices_are_read_some_or_all_and_only_ones_own(club: Club, server: Api, sara: int) -> None:
    kian = club.enrols()["id"]
    one, other = (its["id"] for its in server.get(f"/members/{sara}/notices").json["items"])
    assert server.post(f"/members/{kian}/notices/read", {"ids": [one]}).json == {"unread": 0}
    assert server.post(f"/members/{sara}/notices/read", {"ids": [one]}).json == {"unread": 1}
    read = {its["id"]: its["read_at"] for its in server.get(f"/members/{sara}/notices").json["items"]}
    assert read[one] == "2026-11-01T09:00:00Z"
    assert read[other] is None
    assert server.post(f"/members/{sara}/notices/read", {"all": True}).json == {"unread": 0}
    for wrong in ({}, {"all": False}, {"ids": [1], "all": True}):
        assert server.post(f"/members/{sara}/notices/read", wrong).status_code == 422
    assert server.post("/members/999/notices/read", {"all": True}).status_code == 404
    assert server.get("/members/999/notices").status_code == 404


def test_another_clubs_members_are_nobody(club: Club, server: Api, sara: int, client, clock) -> None:
    rival = Club("rival", client, clock)
    assert rival.server.get(f"/members/{sara}/notices").status_code == 404
    assert rival.server.post(f"/members/{sara}/notices/read", {"all": True}).status_code == 404
    assert club.till.get(f"/members/{sara}/notices").status_code == 403


def test_settings_stand_as_everywhere_until_the_club_says_otherwise(club: Club, server: Api) -> None:
    usual = server.get("/notices/settings").json
    assert usual["quiet"] == {"from": "21:00", "until": "09:00"}
    assert [rule["on"] for rule in usual["channels"].values()] == [False, False]
    changed = server.put(
        "/notices/settings",
        {
            "quiet": {"from": "۲۲:۳۰", "until": "08:00"},
            "channels": {"email": {"on": True, "day": 1}},
            "kinds": {"badge_earned": ["email"], "tier_lost": []},
        },
    ).json
    assert changed == server.get("/notices/settings").json
    assert changed["quiet"] == {"from": "22:30", "until": "08:00"}
    assert changed["channels"]["email"] == {"on": True, "day": 1, "week": 5}
    assert changed["kinds"]["badge_earned"] == ["app", "email"]
    assert changed["kinds"]["tier_lost"] == []
    assert changed["kinds"]["raffle_won"] == usual["kinds"]["raffle_won"]
    assert server.put("/notices/settings", {"quiet": None}).json["quiet"] is None
    with transaction() as conn:
        acts = conn.execute("SELECT by, what FROM act WHERE what LIKE 'notices%'").fetchall()
    assert len(acts) == 2
    assert all(by.startswith("key:") for by, _ in acts)


@pytest.mark.parametrize(
    ("wrong", "places"),
    [
        ({"quiet": {"from": "25:00", "until": "08:00"}}, ["/quiet/from"]),
        ({"quiet": {"from": "08:00", "until": "08:00"}}, ["/quiet/until"]),
        ({"channels": {"fax": {"on": True}}}, ["/channels/fax"]),
        ({"channels": {"sms": {"day": -1}}}, ["/channels/sms/day"]),
        ({"kinds": {"birthday": ["app"]}}, ["/kinds/birthday"]),
        ({"kinds": {"tier_lost": ["fax"]}}, ["/kinds/tier_lost/0"]),
        ({"expiring_days": 0}, ["/expiring_days"]),
    ],
)
def test_wrong_settings_are_refused_where_the_fault_is(server: Api, wrong: dict, places: list[str]) -> None:
    response = server.put("/notices/settings", wrong)
    assert response.status_code == 422
    assert at_fault(response) == places


def test_a_club_has_its_own_words_which_older_notices_take_on_too(club: Club, server: Api, sara: int) -> None:
    words = {"app": {"fa": {"title": "{name} جان، {tier} شدی!"}}}
    answer = server.put("/notices/templates/tier_reached", words).json
    assert answer["texts"] == words
    assert answer["example"]["title"] == {"en": "You are Silver now", "fa": "سارا جان، نقره‌ای شدی!"}
    assert list(answer["placeholders"]) == ["tier", "name", "club"]
    [told] = [its for its in server.get(f"/members/{sara}/notices").json["items"] if its["kind"] == "tier_reached"]
    assert told["title"]["fa"] == "سارا محمدی جان، نقره‌ای شدی!"
    assert told["body"]["fa"].startswith("تبریک!")
    assert server.delete("/notices/templates/tier_reached").status_code == 204
    assert server.get("/notices/templates/tier_reached").json["texts"] == {}
    assert len(server.get("/notices/templates").json["items"]) == 14


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{points} more", "{points}"),
        ("{tier.__class__}", "A brace"),
        ("{0}", "A brace"),
        ("{tier", "A brace"),
        ("tier}", "A brace"),
        ("{{tier}}", "A brace"),
        ("{tier!r}", "A brace"),
    ],
)
def test_words_that_name_what_the_kind_has_not_are_refused(server: Api, text: str, said: str) -> None:
    response = server.put("/notices/templates/tier_reached", {"email": {"en": {"body": text}}})
    assert response.status_code == 422
    assert at_fault(response) == ["/email/en/body"]
    assert said in response.json["errors"][0]["message"]
    assert server.get("/notices/templates/tier_reached").json["texts"] == {}


def test_there_is_no_other_kind_and_no_other_channel(server: Api) -> None:
    assert server.get("/notices/templates/birthday").status_code == 404
    assert server.put("/notices/templates/birthday", {}).status_code == 404
    assert server.delete("/notices/templates/birthday").status_code == 404
    wrong = {"sms": {"en": {"title": "x"}}, "fax": {}}
    assert at_fault(server.put("/notices/templates/tier_lost", wrong)) == ["/sms/en/title", "/fax"]


def test_of_merged_members_the_one_reads_both_and_parting_parts_them(club: Club, server: Api, sara: int) -> None:
    twin = club.enrols()["id"]
    club.till.post("/purchases", club.sale(member={"id": twin}, gross=1000, net=1000))
    club.settle()
    own = len(server.get(f"/members/{sara}/notices").json["items"])
    club.settle()
    body = {"into": {"id": sara}, "reason": "one person"}
    keyed = Api(club.client, server.key, **{"Idempotency-Key": "k1"})
    assert keyed.post(f"/members/{twin}/merge", body).status_code == 201
    club.settle()
    both = server.get(f"/members/{sara}/notices").json["items"]
    assert len(both) == own + 1
    assert server.post(f"/members/{sara}/notices/read", {"all": True}).json == {"unread": 0}
    keyed = Api(club.client, server.key, **{"Idempotency-Key": "k2"})
    assert keyed.post(f"/members/{twin}/unmerge", {"reason": "two"}).status_code == 201
    assert len(server.get(f"/members/{sara}/notices").json["items"]) == own
    assert len(server.get(f"/members/{twin}/notices").json["items"]) == 1


def test_what_was_told_is_exported_and_erased(club: Club, server: Api, sara: int) -> None:
    exported = server.get(f"/members/{sara}/export").json
    assert {its["kind"] for its in exported["notices"]} == {"tier_reached", "badge_earned"}
    assert exported["notices_sent"] == []
    assert server.delete(f"/members/{sara}").status_code == 200
    club.settle()
    with transaction() as conn:
        assert conn.execute("SELECT count(*) FROM notice").fetchone() == (0,)
        assert conn.execute("SELECT count(*) FROM notice_sending").fetchone() == (0,)
