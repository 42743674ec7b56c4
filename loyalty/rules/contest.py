"""Which articles hold where they shut one another out: `exclusive` ones by priority, and only the `best` of a group.

Both compare what articles give after their limits: who gives nothing shuts out nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from loyalty.rules.parts import Article

Gives = Callable[[Sequence[Article]], Mapping[str, int]]
"""What some articles would give together, by number."""


class Shut(NamedTuple):
    """By which article another was shut out: an exclusive one, or the best of its group."""

    by: Article
    exclusive: bool


def contest(held: Sequence[Article], gives: Gives) -> tuple[list[Article], dict[str, Shut]]:
    """(those that hold in the end, in document order; by number, why the others do not)."""
    for priority in sorted({article.priority for article in held if article.exclusive}, reverse=True):
        above, shut = _best_of_groups([article for article in held if article.priority >= priority], gives)
        gave = gives(above)
        for one in above:
            if one.exclusive and one.priority == priority and (gave.get(one.no) or not one.gives_amounts):
                below = {article.no: Shut(one, True) for article in held if article.priority < priority}
                return above, shut | below
    return _best_of_groups(held, gives)


def _best_of_groups(held: Sequence[Article], gives: Gives) -> tuple[list[Article], dict[str, Shut]]:
    """Group after group, each rival tried without the others; of equals the earlier in the document."""
    left, shut = list(held), dict[str, Shut]()
    for group in dict.fromkeys(article.group for article in held if article.group):
        rivals = [article for article in left if article.group == group]
        others = {one.no: [article for article in left if article is one or article.group != group] for one in rivals}
        best = max(rivals, key=lambda one: gives(others[one.no]).get(one.no, 0))
        left = others[best.no]
        shut |= {one.no: Shut(best, False) for one in rivals if one is not best}
    return left, shut
