"""What may be wrong with rewards and the game in a document, as in `wrong.py`."""

from __future__ import annotations

from typing import Any

GIVE = "/articles/0/give/0"
TITLE = {"en": "T", "fa": "ت"}
POINTS = [{"points": {"fixed": 1}}]
PURCHASE = [{"points": {"per": 1, "give": 1}}]


def league(**more: Any) -> dict[str, Any]:
    divisions = [{"code": "b", "title": TITLE}, {"code": "a", "title": TITLE}]
    return {"l": {"title": TITLE, "counter": "spend", "of": 10, "divisions": divisions, "up": 2, "down": 2, **more}}


def raffle(**more: Any) -> dict[str, Any]:
    return {"r": {"title": TITLE, "draw": "1405-12-29", "prizes": [{"give": POINTS}], **more}}


PIECE: dict[str, Any] = {"code": "p", "title": TITLE}


def collection(**more: Any) -> dict[str, Any]:
    return {"s": {"title": TITLE, "pieces": [PIECE, {**PIECE, "code": "q"}], **more}}


def spin(*odds: Any) -> dict[str, Any]:
    return {"s": {"title": TITLE, "odds": list(odds)}}


def story(**more: Any) -> dict[str, Any]:
    return {"title": TITLE, "chapters": [{"title": TITLE, "text": TITLE}], "end": {"text": TITLE}, **more}


def wallet(unit: str, **more: Any) -> dict[str, Any]:
    return {"unit": unit, "name": TITLE, **more}


WRONG: list[tuple[str, Any, str, str]] = [
    # (where a value is put, the value, where the fault is, a part of what it says)
    (GIVE, {"reward": "coffee"}, f"{GIVE}/reward", "An object with named fields"),
    (GIVE, {"reward": {"fixed": 1}}, f"{GIVE}/reward", "“code” is missing"),
    (GIVE, {"reward": {"code": "c"}}, f"{GIVE}/reward", "Exactly one of “fixed”"),
    (GIVE, {"reward": {"code": "c", "fixed": 1, "per": 5, "give": 1}}, f"{GIVE}/reward", "Exactly one of “fixed”"),
    (GIVE, {"reward": {"code": "c", "per": 5}}, f"{GIVE}/reward", "Exactly one of “fixed”"),
    (GIVE, {"reward": {"code": "c", "fixed": 1, "of": "net"}}, f"{GIVE}/reward/of", "A fixed number is of nothing"),
    (GIVE, {"reward": {"code": "c", "per": 5, "give": "1.5"}}, f"{GIVE}/reward/give", "A whole number"),
    (GIVE, {"reward": {"code": "c", "percent": 5}}, f"{GIVE}/reward/percent", "“percent” is not known"),
    (GIVE, {"tickets": {"raffle": "r", "fixed": 1}}, f"{GIVE}/tickets/raffle", "“r” is not known"),
    (GIVE, {"piece": {"set": "s", "piece": "p"}}, f"{GIVE}/piece/set", "“s” is not known"),
    (GIVE, {"discount": {}}, f"{GIVE}/discount", "“percent”, “fixed”"),
    (GIVE, {"discount": {"percent": 5, "fixed": 5}}, f"{GIVE}/discount", "“percent”, “fixed”"),
    (GIVE, {"discount": {"percent": 101}}, f"{GIVE}/discount/percent", "up to 100"),
    (GIVE, {"discount": {"percent": 0}}, f"{GIVE}/discount/percent", "up to 100"),
    (GIVE, {"discount": {"fixed": 5, "at_most": 4}}, f"{GIVE}/discount/at_most", "its own limit"),
    (GIVE, {"discount": {"cheapest_free": 0}}, f"{GIVE}/discount/cheapest_free", "from 1"),
    (GIVE, {"discount": {"buy_x_get_y": {"buy": 3}}}, f"{GIVE}/discount/buy_x_get_y", "“free” is missing"),
    (GIVE, {"discount": {"ladder": []}}, f"{GIVE}/discount/ladder", "At least 1"),
    (GIVE, {"discount": {"ladder": [{"from": 5}]}}, f"{GIVE}/discount/ladder/0", "Either “percent” or “fixed”"),
    (
        GIVE,
        {"discount": {"ladder": [{"from": 5, "percent": 1}, {"from": 5, "percent": 2}]}},
        f"{GIVE}/discount/ladder",
        "above the one before",
    ),
    (GIVE, {"discount": {"percent": 5, "where": {}}}, f"{GIVE}/discount/where", "At least one of “sku”"),
    ("/wallets/points", wallet("points", pays={"points": 5}), "/wallets/points/pays", "“points” with “money”"),
    ("/wallets/points", wallet("points", pays={"at_most": 5}), "/wallets/points/pays", "“points” with “money”"),
    (
        "/wallets/points",
        wallet("points", pays={"points": 1, "money": 1, "at_least": 5, "at_most": 4}),
        "/wallets/points/pays",
        "least is more than the most",
    ),
    ("/wallets/m", wallet("money", pays={"points": 1, "money": 1}), "/wallets/m/pays", "pays as it is"),
    ("/wallets/m", wallet("money", pays={}), "/wallets/m/pays", "“at_least” or “at_most”"),
    ("/wallets/m", wallet("money", same_sale="yes"), "/wallets/m/same_sale", "true or false"),
    ("/leaderboards/m", {"title": TITLE, "counter": "spend", "scope": "planet"}, "/leaderboards/m/scope", "“friends”"),
    (
        "/leaderboards/m",
        {"title": TITLE, "counter": "spend", "scope": {"league": "l"}},
        "/leaderboards/m/scope/league",
        "“l” is not known",
    ),
    ("/leaderboards/m", {"title": TITLE, "counter": "spend", "by": "team"}, "/leaderboards/m/by", "No teams"),
    (
        "/leaderboards/m",
        {"title": TITLE, "counter": "spend", "period": "ever", "prizes": [{"give": POINTS}]},
        "/leaderboards/m/prizes",
        "nobody wins it",
    ),
    (
        "/leaderboards/m",
        {"title": TITLE, "counter": "spend", "scope": "friends", "prizes": [{"give": POINTS}]},
        "/leaderboards/m/prizes",
        "other friends",
    ),
    (
        "/leaderboards/m",
        {"title": TITLE, "counter": "spend", "scope": "store"},
        "/leaderboards/m/counter",
        "kept by store",
    ),
    (
        "/leaderboards/m",
        {"title": TITLE, "counter": "spend", "settles": "at_end"},
        "/leaderboards/m/settles",
        "nothing to settle",
    ),
    (
        "/leaderboards/m",
        {"title": TITLE, "counter": "spend", "prizes": [{"give": PURCHASE}]},
        "/leaderboards/m/prizes/0/give/0",
        "There is no purchase here",
    ),
    ("/story", {}, "/story", "“chapters” is missing"),
    ("/story", story(chapters=[]), "/story/chapters", "At least 1"),
    ("/story", story(chapters=[{"title": TITLE}]), "/story/chapters/0", "“text” is missing"),
    (
        "/story",
        story(chapters=[{"title": TITLE, "text": TITLE, "challenges": ["tour"]}]),
        "/story/chapters/0/challenges/0",
        "“tour” is not known",
    ),
    ("/story", story(end={"text": TITLE, "give": PURCHASE}), "/story/end/give/0", "There is no purchase here"),
    (
        "/story",
        story(end={"text": TITLE, "give": [{"multiply": {"by": 2}}]}),
        "/story/end/give/0",
        "There is no purchase here",
    ),
    ("/teams", {}, "/teams", "“size” is missing"),
    ("/teams", {"size": {"at_most": 1}}, "/teams", "Nobody is a team alone"),
    ("/teams", {"size": {"at_most": 5}, "join": "sometimes"}, "/teams/join", "“invited”"),
    ("/teams", {"size": {"at_most": 5}, "best": 6}, "/teams", "More would count"),
    ("/leagues", league(counter="goals"), "/leagues/l/counter", "“goals” is not known"),
    ("/leagues", league(of=1), "/leagues/l/of", "from 2"),
    ("/leagues", league(up=0), "/leagues/l/up", "from 1"),
    ("/leagues", league(up=6, down=5), "/leagues/l", "More rise and go down"),
    ("/leagues", league(prizes=[]), "/leagues/l/prizes", "At least 1"),
    ("/leagues", league(settles="soon"), "/leagues/l/settles", ""),
    ("/leagues", league(each="decade"), "/leagues/l/each", "“quarter”"),
    ("/leagues", league(divisions=[{"code": "a", "title": TITLE}]), "/leagues/l/divisions", "At least 2"),
    (
        "/leagues",
        league(divisions=[{"code": "a", "title": TITLE}, {"code": "a", "title": TITLE}]),
        "/leagues/l/divisions/1",
        "already a division's",
    ),
    ("/raffles", {"2": {}}, "/raffles/2", "A name is a letter"),
    ("/raffles", raffle(draw="soon"), "/raffles/r/draw", "A date such as"),
    ("/raffles", raffle(draw={"each": "decade"}), "/raffles/r/draw/each", "“quarter”"),
    ("/raffles", raffle(prizes=[]), "/raffles/r/prizes", "At least 1"),
    ("/raffles", raffle(prizes=[{"give": PURCHASE}]), "/raffles/r/prizes/0/give/0", "There is no purchase here"),
    ("/raffles", raffle(**{"if": {"basket": {"at_least": 5}}}), "/raffles/r/if", "There is no purchase at a draw"),
    ("/sets", collection(pieces=[{"code": [], "title": TITLE}] * 2), "/sets/s/pieces/0/code", "text"),
    ("/sets", collection(pieces=[PIECE]), "/sets/s/pieces", "At least 2"),
    ("/sets", collection(pieces=[PIECE, PIECE]), "/sets/s/pieces/1", "a code of its own"),
    ("/sets", collection(give=PURCHASE), "/sets/s/give/0", "There is no purchase here"),
    ("/sets", collection(trade="often"), "/sets/s/trade", "true or false"),
    ("/spins", spin({"chance": 1}), "/spins/s/odds", "At least 2"),
    ("/spins", spin({"chance": "1/2"}, {"chance": "1/3"}), "/spins/s/odds", "make 5/6 together"),
    ("/spins", spin({"chance": 1}, {"chance": 0}), "/spins/s/odds/1", "A chance above zero"),
]
