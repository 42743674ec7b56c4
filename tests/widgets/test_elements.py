"""The elements' file: one small module, made of its parts, that browsers may keep."""

import gzip

from widgets.elements import PARTS, module

LIMIT = 20 * 1024


def test_all_elements_together_stay_small(client, app):
    answer = client.get("/w/loyalty.v1.js", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.data) <= LIMIT
    assert gzip.decompress(answer.data) == client.get("/w/loyalty.v1.js").data


def test_any_page_may_load_it_and_keep_it(client, app):
    answer = client.get("/w/loyalty.v1.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "max-age" in answer.headers["Cache-Control"]
    again = client.get("/w/loyalty.v1.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_it_holds_every_part_and_no_markup_strings():
    text = module().text.decode()
    for part in PARTS.glob("*.js"):
        assert part.read_text() in text
    assert "innerHTML" not in text
    assert "eval(" not in text
