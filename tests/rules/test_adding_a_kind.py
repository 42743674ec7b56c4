"""The page that tells how to add a kind, followed to the letter."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from loyalty.documents import parse
from loyalty.errors import Invalid
from loyalty.rules import load, plain
from loyalty.rules.catalogue import condition_kinds
from loyalty.rules.explain import seen
from loyalty.rules.sentences import sections
from loyalty.values import Text
from tests.rules.stories import Story, article, document
from tests.rules.test_cases import Case, check

PAGE = Path(__file__).parents[2] / "docs" / "adding-a-kind.md"


def block(language: str) -> str:
    """The page's only block of a language."""
    [found] = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(), re.DOTALL)
    return found


@pytest.fixture
def followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The new file lies on the path of `loyalty.rules.conditions`, as if it had been added there."""
    from loyalty.rules import conditions

    (tmp_path / "cashier.py").write_text(block("python"))
    monkeypatch.setattr(conditions, "__path__", [*conditions.__path__, str(tmp_path)])
    condition_kinds.cache_clear()
    yield
    sys.modules.pop("loyalty.rules.conditions.cashier", None)
    vars(conditions).pop("cashier", None)
    monkeypatch.undo()
    condition_kinds.cache_clear()


def test_before_it_there_is_no_such_kind() -> None:
    assert "cashier" not in condition_kinds()
    with pytest.raises(Invalid, match="“cashier” is not known"):
        load(document(articles=[article(**{"if": {"cashier": "sara"}})]))


@pytest.mark.usefixtures("followed")
def test_its_cases_hold() -> None:
    tree = parse(block("yaml"))
    assert tree["cases"]
    for body in tree["cases"]:
        check(Case("cashier", body["case"], {"article": tree["article"], **body}))


@pytest.mark.usefixtures("followed")
def test_it_loads_judges_and_says_itself() -> None:
    bylaws = load(document(articles=[article(**{"if": {"all": [{"weekday": "thursday"}, {"cashier": "sara"}]}})]))
    facts, ruling = Story(bylaws).buys({"net": 1000, "cashier": "sara"})
    assert [award.amount for award in ruling.awards] == [10]
    [one] = bylaws.articles
    assert one.condition
    told = seen(bylaws, one.condition, facts)[-1]
    assert told.holds
    assert told.saw == Text("cashier: sara", "صندوق‌دار: sara")
    [said] = sections(bylaws)[0].said
    assert plain(said.phrases["en"]).startswith("With each purchase, if the day is Thursday and the cashier is “sara”")
    assert "و صندوق‌دار «sara» باشد، ۱۰ امتیاز" in plain(said.phrases["fa"])


@pytest.mark.usefixtures("followed")
def test_it_is_denied_with_its_own_verb() -> None:
    bylaws = load(document(articles=[article(**{"if": {"none": [{"cashier": ["sara", "omid"]}]}})]))
    [said] = sections(bylaws)[0].said
    assert "if the cashier is not “sara” or “omid”, then" in plain(said.phrases["en"])
    assert "اگر صندوق‌دار «sara» یا «omid» نباشد،" in plain(said.phrases["fa"])


@pytest.mark.usefixtures("followed")
def test_it_names_its_faults_and_lists_its_fields() -> None:
    with pytest.raises(Invalid) as refused:
        load(document(articles=[article(**{"if": {"cashier": ["sara", 3]}})]))
    assert [fault.path for fault in refused.value.faults] == ["/articles/0/if/cashier/1"]
    kind = condition_kinds()["cashier"]
    assert kind.label == Text("cashier", "صندوق‌دار")
    assert [(field.name, field.type.form, field.label.en) for field in kind.fields] == [("", "many", "Cashiers")]
