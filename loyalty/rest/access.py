"""Who may call what: the one place where keys are checked, and the one table of scopes."""

from __future__ import annotations

from typing import Final, cast

from flask import Response, g, request

from loyalty import keys
from loyalty.errors import Fault, Forbidden, Unauthorized
from loyalty.queries.keys import Caller
from loyalty.queries.keys import caller as caller_of
from loyalty.values import Text

Kinds = frozenset[keys.Kind]

SERVER: Final[Kinds] = frozenset({"server"})
TILL: Final[Kinds] = SERVER | {"till"}
PUBLIC: Final[Kinds] = TILL | {"publishable"}

OPERATIONS: Final[dict[str, Kinds]] = {
    "Stores.create": SERVER,
    "Stores.listed": TILL,
    "Stores.update": SERVER,
    "Members.enrol": TILL,
    "Members.listed": TILL,
    "Members.one": TILL,
    "Members.update": SERVER,
    "Members.wallets": TILL,
    "Members.statement": TILL,
    "Members.tier": TILL,
    "Members.badges": TILL,
    "Members.mode": TILL,
    "Adjustments.adjust": SERVER,
    "Adjustments.give": SERVER,
    "Adjustments.transfer": SERVER,
    "Payments.pay": TILL,
    "Payments.capture": TILL,
    "Payments.void": TILL,
    "Payments.reverse": TILL,
    "Payouts.ask": SERVER,
    "Payouts.listed": SERVER,
    "Payouts.make_file": SERVER,
    "Payouts.files": SERVER,
    "Payouts.file": SERVER,
    "Payouts.paid": SERVER,
    "Payouts.failed": SERVER,
    "Rewards.create": SERVER,
    "Rewards.listed": TILL,
    "Rewards.one": TILL,
    "Rewards.update": SERVER,
    "Rewards.redemptions": SERVER,
    "Redemptions.redeem": TILL,
    "Redemptions.capture": TILL,
    "Redemptions.void": TILL,
    "Redemptions.reverse": TILL,
    "Redemptions.one": TILL,
    "Redemptions.of_member": TILL,
    "Codes.create": SERVER,
    "Codes.listed": SERVER,
    "Codes.make": SERVER,
    "Codes.check": TILL,
    "Codes.redeem": TILL,
    "Codes.release": TILL,
    "Codes.claim": TILL,
    "Gift cards.issue": SERVER,
    "Gift cards.balance": TILL,
    "Gift cards.charge": TILL,
    "Gift cards.refund": TILL,
    "Gift cards.top_up": SERVER,
    "Gift cards.block": SERVER,
    "Gift cards.unblock": SERVER,
    "Gift cards.listed": SERVER,
    "Gift cards.entries": SERVER,
    "Gift cards.of_member": SERVER,
    "Gift cards.load_codes": SERVER,
    "Raffles.listed": PUBLIC,
    "Raffles.one": PUBLIC,
    "Raffles.draws": PUBLIC,
    "Raffles.draw": PUBLIC,
    "Raffles.entries": PUBLIC,
    "Raffles.public": SERVER,
    "Raffles.of_member": TILL,
    "Membership.merge": SERVER,
    "Membership.unmerge": SERVER,
    "Membership.exported": SERVER,
    "Membership.erase": SERVER,
    "Referrals.listed": TILL,
    "Purchases.record": TILL,
    "Purchases.batch": TILL,
    "Purchases.quote": TILL,
    "Purchases.listed": TILL,
    "Purchases.one": TILL,
    "Purchases.explanation": TILL,
    "Events.record": TILL,
    "Events.batch": TILL,
    "Events.listed": TILL,
    "Events.one": TILL,
    "Events.explanation": TILL,
    "Events.claim": SERVER,
    "Returns.take": TILL,
    "Returns.claim": TILL,
    "Returns.void": SERVER,
    "Returns.reassign": SERVER,
    "Challenges.listed": TILL,
    "Challenges.streaks": TILL,
    "Challenges.begin": SERVER,
    "Story.shown": TILL,
    "Own past.counter": TILL,
    "Leaderboards.leaderboard": TILL,
    "Leaderboards.winners": TILL,
    "Leagues.mine": TILL,
    "Sets.of_member": TILL,
    "Sets.listed": TILL,
    "Sets.offer": SERVER,
    "Sets.accept": SERVER,
    "Sets.withdraw": SERVER,
    "Spins.listed": TILL,
    "Spins.turn": SERVER,
    "Teams.create": SERVER,
    "Teams.listed": TILL,
    "Teams.one": TILL,
    "Teams.update": SERVER,
    "Teams.invite": SERVER,
    "Teams.decline": SERVER,
    "Teams.join": SERVER,
    "Teams.leave": SERVER,
    "Teams.of_member": TILL,
    "Friends.listed": SERVER,
    "Friends.ask": SERVER,
    "Friends.end": SERVER,
    "Hand-outs.hand_out": SERVER,
    "Hand-outs.shown": SERVER,
    "Bylaws.in_force": PUBLIC,
    "Bylaws.versions": SERVER,
    "Bylaws.version": SERVER,
    "Bylaws.diff": SERVER,
    "Drafts.save": SERVER,
    "Drafts.one": SERVER,
    "Drafts.check": SERVER,
    "Drafts.judge": SERVER,
    "Drafts.publish": SERVER,
    "Drafts.pilot": SERVER,
    "Drafts.publish_pilot": SERVER,
    "Drafts.end_pilot": SERVER,
    "Segments.create": SERVER,
    "Segments.listed": SERVER,
    "Segments.one": SERVER,
    "Segments.update": SERVER,
    "Segments.delete": SERVER,
    "Segments.members": SERVER,
    "Segments.count": SERVER,
    "Segments.audience_members": SERVER,
    "Segments.audience_count": SERVER,
    "Rehearsals.ask": SERVER,
    "Rehearsals.every": SERVER,
    "Rehearsals.one": SERVER,
    "Rehearsals.cancel": SERVER,
    "Reports.summary": SERVER,
    "Reports.levels_of_effort": SERVER,
    "Notices.of_member": SERVER,
    "Notices.read": SERVER,
    "Notices.settings": SERVER,
    "Notices.set_settings": SERVER,
    "Notices.templates": SERVER,
    "Notices.template": SERVER,
    "Notices.word": SERVER,
    "Notices.unword": SERVER,
    "Webhooks.create": SERVER,
    "Webhooks.listed": SERVER,
    "Webhooks.one": SERVER,
    "Webhooks.delete": SERVER,
    "Webhooks.test": SERVER,
    "Webhooks.deliveries": SERVER,
    "Webhooks.resend": SERVER,
}
"""Which kinds of key may call an operation. An operation that is missing here cannot be registered."""

_NO_KEY: Final = Text("Send a key: Authorization: Bearer sk_…", "کلید را بفرستید: Authorization: Bearer sk_…")
_UNKNOWN: Final = Text("This key is not known, or is no longer valid.", "این کلید شناخته نیست یا دیگر معتبر نیست.")
_NOT_THIS_KIND: Final = Text("This kind of key may not do this.", "این نوع کلید اجازهٔ این کار را ندارد.")
_NOT_THIS_ORIGIN: Final = Text(
    "This key is not for pages of this origin.", "این کلید برای صفحه‌های این مبدأ (origin) نیست."
)
_NOT_THIS_STORE: Final = Text("This till's key is for another store.", "کلید این صندوق برای فروشگاه دیگری است.")


def caller() -> Caller:
    """Who calls this request; every operation has one."""
    return cast(Caller, g.caller)


def admit() -> Response | None:
    """Before an operation: check the key, and that its kind may call this.

    Raises:
        Unauthorized: no key, or one that is unknown or revoked.
        Forbidden: a key of a kind, or from an origin, that may not.
    """
    allowed = OPERATIONS[str(request.endpoint)]
    if request.method == "OPTIONS":
        return _preflight(allowed)
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise Unauthorized(_NO_KEY)
    found = caller_of(key.strip())
    if found is None:
        raise Unauthorized(_UNKNOWN)
    if found.kind not in allowed:
        raise Forbidden(_NOT_THIS_KIND)
    if found.kind == "publishable" and request.headers.get("Origin") not in found.origins:
        raise Forbidden(_NOT_THIS_ORIGIN)
    g.caller = found
    return None


def same_store(code: str, path: str = "/store") -> None:
    """Refuse a till that speaks for a store other than its own.

    Raises:
        Forbidden: naming the field at `path`.
    """
    own = caller().store_code
    if own is not None and own != code:
        raise Forbidden(_NOT_THIS_STORE, [Fault(path, _NOT_THIS_STORE)])


def finish(response: Response) -> Response:
    """After an operation: let the pages that a publishable key is for read the answer; keep nothing in caches."""
    found: Caller | None = g.get("caller")
    if found is not None and found.kind == "publishable":
        response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
        response.vary.add("Origin")
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _preflight(allowed: Kinds) -> Response:
    """A browser asks before it sends a key; the answer to the real request decides, this one promises nothing."""
    response = Response(status=204)
    if "publishable" in allowed:
        response.headers["Access-Control-Allow-Origin"] = request.headers.get("Origin", "*")
        response.headers["Access-Control-Allow-Methods"] = "GET"
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Accept-Language"
        response.headers["Access-Control-Max-Age"] = "600"
        response.vary.add("Origin")
    return response
