"""Tables and constraints, no behaviour. Importing this package declares them all."""

from loyalty.models.bylaws import Bylaws, ClubUse, Counter, CounterSum, PilotMember
from loyalty.models.challenge import ChallengeRun, StreakMilestone
from loyalty.models.club import ApiKey, Club, PasswordLink, Person, Role, Store
from loyalty.models.drafts import Act, BylawsDraft, BylawsRequest
from loyalty.models.ledger import Adjustment, Balance, Entry, Hold, Lapse, Lot, Seal, SealedHead
from loyalty.models.member import (
    BadgeLevel,
    Identifier,
    Member,
    MemberMerge,
    Profile,
    SignInCode,
    StandingChange,
    TierGrant,
    TierMove,
)
from loyalty.models.operation import Answer, Duty, ImportRun, Outbox
from loyalty.models.purchase import EVENT_ID, Event, EventKey, Handover, Purchase, Receipt, Return, SetAside
from loyalty.models.rehearsal import Rehearsal, RehearsalPart
from loyalty.models.segment import Segment
from loyalty.models.webhook import Webhook, WebhookDelivery

__all__ = [
    "EVENT_ID",
    "Act",
    "Adjustment",
    "Answer",
    "ApiKey",
    "BadgeLevel",
    "Balance",
    "Bylaws",
    "BylawsDraft",
    "BylawsRequest",
    "ChallengeRun",
    "Club",
    "ClubUse",
    "Counter",
    "CounterSum",
    "Duty",
    "Entry",
    "Event",
    "EventKey",
    "Handover",
    "Hold",
    "Identifier",
    "ImportRun",
    "Lapse",
    "Lot",
    "Member",
    "MemberMerge",
    "Outbox",
    "PasswordLink",
    "Person",
    "PilotMember",
    "Profile",
    "Purchase",
    "Receipt",
    "Rehearsal",
    "RehearsalPart",
    "Return",
    "Role",
    "Seal",
    "SealedHead",
    "Segment",
    "SetAside",
    "SignInCode",
    "StandingChange",
    "Store",
    "StreakMilestone",
    "TierGrant",
    "TierMove",
    "Webhook",
    "WebhookDelivery",
]
