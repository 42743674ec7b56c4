"""What every page of ours carries: the policy, the language, and files that browsers may keep."""

import re

from loyalty import senders
from loyalty.letters import Letter
from tests.conftest import START


def test_a_page_runs_only_our_own_scripts_and_stands_in_no_frame(client, app):
    answer = client.get("/m/nowhere/")
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'self'"
    assert re.fullmatch(r"'self' 'nonce-[\w-]{22}'", policy["script-src"])
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert policy["frame-ancestors"] == "'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    again = client.get("/m/nowhere/").headers["Content-Security-Policy"]
    assert again != answer.headers["Content-Security-Policy"], "a nonce serves once"


def test_the_language_is_the_one_asked_for_then_the_kept_one_then_the_browsers(client, app):
    def lang(address="/m/nowhere/", **headers):
        return re.search(r'<html lang="(\w+)" dir="(\w+)"', client.get(address, headers=headers).text).groups()

    assert lang() == ("fa", "rtl")
    assert lang(**{"Accept-Language": "en-GB,en;q=0.9"}) == ("en", "ltr")
    assert lang(**{"Accept-Language": "de"}) == ("fa", "rtl")
    assert lang("/m/nowhere/?lang=en") == ("en", "ltr")
    assert lang(**{"Accept-Language": "fa"}) == ("en", "ltr"), "what was asked for is kept"
    assert lang("/m/nowhere/?lang=xx") == ("en", "ltr")


def test_files_with_a_mark_of_their_content_may_be_kept_for_ever(client, app):
    page = client.get("/m/nowhere/").text
    (address,) = re.findall(r'href="(/static/css/tokens\.css\?v=\w+)"', page)
    assert "immutable" in client.get(address).headers["Cache-Control"]
    assert "immutable" not in client.get("/static/css/tokens.css").headers["Cache-Control"]


def test_the_console_shows_a_code_so_that_it_is_found(capsys):
    senders.console(Letter("+989123456789", "کد ورود شما: 123456", "id", "fa", START))
    said = capsys.readouterr().err
    assert "+989123456789" in said
    assert "123456" in said
