"""What the elements ask for: only with a token that the shop's server signed, only from the key's own pages."""

from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from loyalty.actions.create_key import create_key
from loyalty.actions.publish_bylaws import publish_bylaws
from loyalty.actions.revoke_key import revoke_key
from loyalty.db import connection
from loyalty.gamification import scores
from loyalty.keys import shown
from loyalty.queries import keys
from loyalty.valkey import valkey
from tests.small_club import programme_of
from tests.widgets.conftest import BYLAWS
from widgets import tokens

SHOP = "https://shop.example"


class Shop:
    """A shop's server: its key, and the secret that signs its members' tokens."""

    def __init__(self, club, origin=SHOP):
        self.clock = club.clock
        self.key = create_key(club.id, "publishable", club.clock.now, origins=[origin])
        self.secret = shown(keys.signing_secret(keys.caller(self.key)))

    def token(self, external_id="sara"):
        return tokens.sign(self.secret, self.key, external_id, self.clock.now)

    def made_by_hand(self, **changes):
        claims = {
            "sub": "sara",
            "aud": self.key,
            "scope": "widgets",
            "exp": int((self.clock.now + timedelta(minutes=4)).timestamp()),
            "jti": "n1",
        } | changes
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key({"kty": "oct", "k": self.secret}))


@pytest.fixture
def shop(club):
    return Shop(club)


def ask(client, shop, path="me", token=None, origin=SHOP, **query):
    headers = {"Authorization": f"Bearer {token or shop.token()}", "Accept-Language": "en"}
    if origin:
        headers["Origin"] = origin
    return client.get(f"/api/v1/widgets/{path}", query_string={"club": shop.key, **query}, headers=headers)


def test_a_member_is_told_tier_points_and_what_is_missing(client, sara, shop):
    answer = ask(client, shop)
    assert answer.status_code == 200
    told = answer.json
    assert told["tier"]["code"] == "silver"
    assert told["tier"]["next"]["share"] == 67
    assert told["tier"]["next"]["missing"] == {
        "en": "3,266,000 toman to go until Gold",
        "fa": "۳٬۲۶۶٬۰۰۰ تومان تا طلایی مانده",
    }
    assert {w["code"]: w["available"] for w in told["wallets"]} == {"points": 673, "cashback": 673400}


def test_what_is_past_its_end_is_not_told_as_available(client, club, shop, clock):
    points = BYLAWS["wallets"]["points"] | {"expires": {"days": 10}}
    publish_bylaws(club.id, {**BYLAWS, "wallets": {**BYLAWS["wallets"], "points": points}}, clock.now)
    club.buys("sara", 3000000)
    clock.move(days=10)
    assert ask(client, shop).json["wallets"][0]["available"] == 30
    clock.move(seconds=1)
    assert ask(client, shop).json["wallets"][0]["available"] == 0


def test_the_board_opens_around_the_member(client, sara, shop):
    board = ask(client, shop, "leaderboard", limit=3).json["board"]
    assert [(i["rank"], i["score"], i["me"]) for i in board["items"]] == [
        (1, 91000000, False),
        (2, 67340000, True),
        (3, 60000000, False),
    ]
    assert board["period"] == {"en": "Aban 1405", "fa": "آبان ۱۴۰۵"}
    assert "کاظمی" not in str(board)


def test_a_page_may_show_the_board_of_another_month(client, sara, shop, clock):
    clock.move(days=40)
    assert ask(client, shop, "leaderboard").json["board"]["items"] == []
    for period in ("previous", "1405-08"):
        board = ask(client, shop, "leaderboard", limit=3, period=period).json["board"]
        assert board["period"]["en"] == "Aban 1405"
        assert board["me"] == {"rank": 2, "score": 67340000}
    assert ask(client, shop, "leaderboard", period="someday").status_code == 422


def test_a_board_by_tiers_opens_in_the_members_own_or_the_one_that_the_page_names(client, club, sara, shop, clock):
    tiers = {"title": {"en": "Of a tier", "fa": "هم‌سطح‌ها"}, "counter": "spend", "period": "month", "scope": "tier"}
    publish_bylaws(club.id, {**BYLAWS, "leaderboards": {"tiers": tiers}}, clock.now)
    scores.rebuild_all(valkey(), programme_of(club.id), clock.now)
    own = ask(client, shop, "leaderboard").json["board"]
    assert own["scope"]["en"] == "Silver"
    assert own["me"]["score"] == 67340000
    named = ask(client, shop, "leaderboard", scope="gold").json["board"]
    assert named["scope"]["en"] == "Gold"
    assert named["me"] is None
    assert ask(client, shop, "leaderboard", scope="platinum").status_code == 422


def test_seq_is_tiny_and_moves_with_each_purchase(client, club, sara, shop):
    before = ask(client, shop, "seq")
    assert len(before.data) < 32
    club.buys("sara", 100000)
    assert ask(client, shop, "seq").json["seq"] > before.json["seq"]


def test_only_the_keys_own_pages_may_read(client, sara, shop):
    fine = ask(client, shop)
    assert fine.headers["Access-Control-Allow-Origin"] == SHOP
    assert "Origin" in fine.headers["Vary"]
    foreign = ask(client, shop, origin="https://evil.example")
    assert foreign.status_code == 403
    assert "Access-Control-Allow-Origin" not in foreign.headers


def test_a_preflight_is_answered_to_the_keys_pages(client, sara, shop):
    path = f"/api/v1/widgets/me?club={shop.key}"
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
    answer = client.options(path, headers={"Origin": SHOP, **asked})
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    assert answer.headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type"
    assert client.options(path, headers={"Origin": "https://evil.example", **asked}).status_code == 403


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": None},
        {"exp": 1},
        {"exp": 99999999999},
        {"aud": "pk_another"},
        {"aud": None},
        {"scope": "admin"},
        {"jti": None},
        {"sub": None},
        {"sub": 7},
        {"by": "phone"},
        {"by": "id", "sub": "1 OR 1=1"},
    ],
)
def test_a_token_that_says_too_little_or_too_much_is_refused(client, sara, shop, changes):
    answer = ask(client, shop, token=shop.made_by_hand(**changes))
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.json["detail"] == "The member's token is not valid."


def test_a_token_may_name_the_member_by_card(client, sara, shop):
    token = shop.made_by_hand(sub="2345-6789-abc" + "2", by="card")
    card = connection().execute("SELECT value FROM identifier WHERE kind = 'card'").fetchone()[0]
    assert ask(client, shop, token=shop.made_by_hand(sub=card.lower(), by="card")).status_code == 200
    assert ask(client, shop, token=token).status_code in {200, 404}


def test_a_token_lapses_after_five_minutes(client, club, sara, shop):
    token = shop.token()
    club.clock.move(minutes=4, seconds=59)
    assert ask(client, shop, "seq", token=token).status_code == 200
    club.clock.move(seconds=2)
    assert ask(client, shop, "seq", token=token).status_code == 401


def test_another_shops_secret_signs_nothing_here(client, club, sara, shop):
    other = Shop(club)
    stolen = tokens.sign(other.secret, shop.key, "sara", club.clock.now)
    assert ask(client, shop, token=stolen).status_code == 401


def test_an_unsigned_token_is_refused(client, sara, shop):
    head, body, _ = shop.token().split(".")
    assert ask(client, shop, token=f"{head}.{body}.").status_code == 401
    none = jwt.encode({"alg": "HS256"}, {"sub": "sara"}, OctKey.generate_key(256))
    assert ask(client, shop, token=none).status_code == 401


def test_a_customer_who_is_no_member_is_not_found(client, sara, shop):
    assert ask(client, shop, token=shop.token("stranger")).status_code == 404


def test_a_member_of_another_club_is_not_found(client, club, sara, shop):
    from loyalty.actions.create_club import create_club
    from tests.widgets.conftest import BYLAWS

    second = create_club("second", BYLAWS, club.clock.now).id
    key = create_key(second, "publishable", club.clock.now, origins=[SHOP])
    secret = shown(keys.signing_secret(keys.caller(key)))
    token = tokens.sign(secret, key, "sara", club.clock.now)
    answer = client.get(f"/api/v1/widgets/me?club={key}", headers={"Authorization": f"Bearer {token}", "Origin": SHOP})
    assert answer.status_code == 404


def test_a_server_key_is_of_no_use_here_nor_is_a_revoked_one(client, club, sara, shop):
    server = create_key(club.id, "server", club.clock.now)
    headers = {"Authorization": f"Bearer {shop.token()}", "Origin": SHOP}
    assert client.get(f"/api/v1/widgets/me?club={server}", headers=headers).status_code == 401
    revoke_key(club.id, keys.caller(shop.key).key_id, club.clock.now)
    assert client.get(f"/api/v1/widgets/me?club={shop.key}", headers=headers).status_code == 401


def test_an_unknown_board_is_a_mistake_of_the_page_not_of_the_member(client, sara, shop):
    assert ask(client, shop, "leaderboard", board="nothing").status_code == 422
    assert ask(client, shop, "leaderboard", limit=1000).status_code == 422


def test_the_elements_read_notices_and_mark_them(client, sara, shop):
    assert ask(client, shop).json["unread"] == 2
    feed = ask(client, shop, "notices", limit=1).json
    assert feed["unread"] == 2
    [told] = feed["items"]
    assert set(told["title"]) == {"en", "fa"}
    rest = ask(client, shop, "notices", cursor=feed["next"]).json["items"]
    assert {its["kind"] for its in [told, *rest]} == {"tier_reached", "badge_earned"}
    headers = {"Authorization": f"Bearer {shop.token()}", "Origin": SHOP}
    path = f"/api/v1/widgets/notices/read?club={shop.key}"
    assert client.post(path, headers=headers, json={"ids": [told["id"]]}).json == {"unread": 1}
    assert client.post(path, headers=headers, json={"all": True}).json == {"unread": 0}
    assert client.post(path, headers=headers, json=[]).status_code == 422
    assert ask(client, shop, "notices", limit=0).status_code == 422


def test_a_member_is_told_how_the_month_compares_with_the_one_before(client, club, sara, shop, clock):
    clock.move(days=31)
    club.buys("sara", 10000000)
    told = ask(client, shop, "chart", period="month").json["chart"]
    assert [item["so_far"] for item in told["items"]] == [10000000, 67340000]
    assert told["unit"] == "money"
    assert "5,734,000 toman to go" in told["verdict"]["en"]
    assert len(ask(client, shop, "chart", period="week", limit=3, counter="visits").json["chart"]["items"]) == 3
    assert ask(client, shop, "chart", period="hour").status_code == 422
    assert ask(client, shop, "chart", counter="steps").status_code == 404
