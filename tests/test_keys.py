"""Keys of the API: enough chance in them, recognisable, and a secret that only its own key opens."""

from __future__ import annotations

import pytest

from loyalty import keys
from loyalty.actions.create_key import create_key
from loyalty.errors import Invalid, NotFound
from loyalty.queries.keys import caller, signing_secret
from tests.rest.conftest import ORIGIN, Club, club  # noqa: F401


@pytest.mark.parametrize("kind", keys.KINDS)
def test_a_key_says_its_kind_and_nothing_else(kind: keys.Kind) -> None:
    key = keys.make(kind)
    assert key.startswith(f"{keys.PREFIXES[kind]}_")
    assert keys.looks_right(key)
    assert keys.make(kind) != key
    hint = keys.hint(key)
    assert key not in hint
    assert len(hint) < len(key) / 2


def test_a_sealed_secret_opens_with_its_own_key_alone() -> None:
    secret, one, other = keys.new_secret(), keys.digest("pk_1"), keys.digest("pk_2")
    sealed = keys.seal(secret, one, "instance")
    assert secret not in sealed
    assert keys.unseal(sealed, one, "instance") == secret
    for digest, instance, text in (
        (other, "instance", sealed),
        (one, "another instance", sealed),
        (one, "instance", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        (one, "instance", b""),
    ):
        with pytest.raises(ValueError, match="sealed"):
            keys.unseal(text, digest, instance)


def test_a_publishable_key_carries_the_secret_that_signs_its_tokens(club: Club) -> None:  # noqa: F811
    found = caller(club.page.key or "")
    assert found is not None
    assert len(signing_secret(found)) == 32
    server = caller(club.server.key or "")
    assert server is not None
    with pytest.raises(ValueError, match="publishable"):
        signing_secret(server)


@pytest.mark.parametrize(
    ("kind", "store", "origins"),
    [
        ("till", None, ()),
        ("server", "tajrish", ()),
        ("server", None, (ORIGIN,)),
        ("publishable", None, ()),
        ("publishable", None, ("shop.example",)),
        ("publishable", None, ("https://shop.example/",)),
        ("publishable", None, ("https://Shop.example",)),
        ("publishable", None, ("https://shop.example:port",)),
        ("publishable", None, ("javascript://x",)),
        ("owner", None, ()),
    ],
)
def test_a_key_is_bound_as_its_kind_needs(club: Club, kind, store, origins) -> None:  # noqa: F811
    with pytest.raises(Invalid):
        create_key(club.id, kind, club.clock.now, store_code=store, origins=origins)


def test_a_tills_store_is_one_of_the_club(club: Club) -> None:  # noqa: F811
    with pytest.raises(NotFound):
        create_key(club.id, "till", club.clock.now, store_code="moon")
