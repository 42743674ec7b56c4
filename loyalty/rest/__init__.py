"""The HTTP API."""

from __future__ import annotations

from flask import Flask

from loyalty.rest import (
    adjustments,
    api,
    bylaws,
    challenges,
    codes,
    drafts,
    events,
    friends,
    gift_cards,
    guide,
    handouts,
    leaderboards,
    leagues,
    members,
    membership,
    notices,
    past,
    payments,
    payouts,
    purchases,
    raffles,
    redemptions,
    referrals,
    rehearsals,
    reports,
    returns,
    rewards,
    segments,
    sets,
    spins,
    stores,
    stories,
    teams,
    webhooks,
)
from loyalty.rest import (
    progress as progress,
)
from loyalty.rest.health import health

SECTIONS = (
    purchases.blp,
    returns.blp,
    events.blp,
    members.blp,
    membership.blp,
    referrals.blp,
    adjustments.blp,
    payments.blp,
    payouts.blp,
    rewards.blp,
    redemptions.blp,
    codes.blp,
    gift_cards.blp,
    raffles.blp,
    stores.blp,
    challenges.blp,
    stories.blp,
    past.blp,
    leaderboards.blp,
    friends.blp,
    leagues.blp,
    teams.blp,
    spins.blp,
    sets.blp,
    handouts.blp,
    bylaws.blp,
    drafts.blp,
    segments.blp,
    rehearsals.blp,
    reports.blp,
    notices.blp,
    webhooks.blp,
)


def register(app: Flask) -> None:
    """Put the API, its documents and the health checks on the application."""
    app.register_blueprint(health)
    described = api.make(app)
    for section in SECTIONS:
        described.register_blueprint(section)
    guide.register(app, described, SECTIONS)
