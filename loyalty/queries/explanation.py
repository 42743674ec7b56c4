"""A purchase explained, also years later: each article of its version, each condition with what it saw."""

from __future__ import annotations

from loyalty.db import connection
from loyalty.errors import NotFound
from loyalty.queries.recorded import by_ids
from loyalty.queries.views import ArticleView, ConditionView, Explanation
from loyalty.rules import Bylaws
from loyalty.rules.bylaws import Article
from loyalty.rules.explain import arithmetic, because, seen
from loyalty.rules.facts import Facts
from loyalty.rules.ruling import Ruling
from loyalty.values import Text
from loyalty.versions import programme


def explanation(club_id: int, purchase_id: int) -> Explanation:
    """The explanation of a judged purchase, from the facts that were kept when it was judged.

    Raises:
        NotFound: no such purchase, or it still waits to be judged.
    """
    terms = programme(connection(), club_id)
    sale = by_ids(terms, [purchase_id]).get(purchase_id)
    if sale is None:
        raise NotFound(Text("There is no such judged purchase.", "چنین خرید داوری‌شده‌ای نیست."))
    bylaws = terms.version(sale.ruling.version)
    judged = articles(bylaws, sale.facts, sale.ruling)
    return Explanation(sale.id, sale.ruling.version, sale.occurred_at, sale.facts.tier, judged)


def articles(bylaws: Bylaws, facts: Facts, ruling: Ruling) -> tuple[ArticleView, ...]:
    """Every article of a version as it was judged, each condition with what it saw."""
    return tuple(_article(bylaws, article, facts, ruling) for article in bylaws.articles)


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
