"""A purchase or another event explained, also years later: each article of its version, and what each condition saw."""

from __future__ import annotations

from loyalty.db import connection
from loyalty.errors import NotFound
from loyalty.queries.recorded import by_ids
from loyalty.queries.views import ArticleView, ConditionView, Explanation
from loyalty.rules import Bylaws
from loyalty.rules.bylaws import Article
from loyalty.rules.explain import arithmetic, because, concerned, seen
from loyalty.rules.facts import Facts
from loyalty.rules.ruling import Ruling
from loyalty.values import Text
from loyalty.versions import programme


def explanation(club_id: int, event_id: int) -> Explanation:
    """The explanation of a judged purchase or event, from the facts that were kept when it was judged.

    Raises:
        NotFound: no such purchase or event, or it still waits to be judged.
    """
    terms = programme(connection(), club_id)
    found = by_ids(terms, [event_id]).get(event_id)
    if found is None:
        raise NotFound(Text("Nothing of this id has been judged.", "چیزی با این شناسه داوری نشده است."))
    bylaws = terms.version(found.ruling.version)
    judged = articles(bylaws, found.facts, found.ruling)
    return Explanation(found.id, found.ruling.version, found.occurred_at, found.facts.tier, judged)


def articles(bylaws: Bylaws, facts: Facts, ruling: Ruling) -> tuple[ArticleView, ...]:
    """Every article of a version for such an event as it was judged, each condition with what it saw."""
    return tuple(_article(bylaws, article, facts, ruling) for article in concerned(bylaws, facts, ruling))


def _article(bylaws: Bylaws, article: Article, facts: Facts, ruling: Ruling) -> ArticleView:
    gave = [given for given in ruling.awards if given.article == article.no]
    conditions = seen(bylaws, article.condition, facts) if article.condition else []
    return ArticleView(
        article.no,
        article.title,
        tuple((given.wallet, given.amount, arithmetic(bylaws, given, facts)) for given in gave),
        tuple(ConditionView(*one) for one in conditions),
        None if gave else because(bylaws, article, facts),
    )
