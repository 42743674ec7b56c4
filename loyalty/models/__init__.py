"""Tables and constraints, no behaviour. Importing this package declares them all."""

from loyalty.models.bylaws import Bylaws, ClubUse, Counter, CounterSum, PilotMember
from loyalty.models.challenge import ChallengeRun, StreakMilestone
from loyalty.models.club import ApiKey, Club, PasswordLink, Person, Role, Store
from loyalty.models.code import Code, CodeSeries, CodeUse
from loyalty.models.collection import SetDone, Trade
from loyalty.models.drafts import Act, BylawsDraft, BylawsRequest
from loyalty.models.friend import Friend
from loyalty.models.gift_card import GiftCard, GiftCardEntry, ProviderCode
from loyalty.models.handout import Handout
from loyalty.models.ledger import Adjustment, Balance, Entry, Hold, Lapse, Lot, Seal, SealedHead
from loyalty.models.member import (
    BadgeLevel,
    BadgeRarity,
    Identifier,
    Member,
    MemberMerge,
    Profile,
    SignInCode,
    StandingChange,
    TierGrant,
    TierMove,
)
from loyalty.models.notice import Notice, NoticeSending, NoticeSettings, NoticeTemplate
from loyalty.models.operation import Answer, Duty, ImportRun, Outbox
from loyalty.models.payout import Payout, PayoutFile
from loyalty.models.purchase import EVENT_ID, Event, EventKey, Handover, Purchase, Receipt, Return, SetAside
from loyalty.models.raffle import RaffleDraw, RaffleEntry
from loyalty.models.rehearsal import Rehearsal, RehearsalPart
from loyalty.models.reward import Redemption, Reward
from loyalty.models.season import LeagueStanding, Season, SeasonPlace
from loyalty.models.segment import Segment
from loyalty.models.spin import SpinTurn
from loyalty.models.team import Team, TeamInvitation, TeamMember, TeamRun
from loyalty.models.webhook import Webhook, WebhookDelivery

__all__ = [
    "EVENT_ID",
    "Act",
    "Adjustment",
    "Answer",
    "ApiKey",
    "BadgeLevel",
    "BadgeRarity",
    "Balance",
    "Bylaws",
    "BylawsDraft",
    "BylawsRequest",
    "ChallengeRun",
    "Club",
    "ClubUse",
    "Code",
    "CodeSeries",
    "CodeUse",
    "Counter",
    "CounterSum",
    "Duty",
    "Entry",
    "Event",
    "EventKey",
    "Friend",
    "GiftCard",
    "GiftCardEntry",
    "Handout",
    "Handover",
    "Hold",
    "Identifier",
    "ImportRun",
    "Lapse",
    "LeagueStanding",
    "Lot",
    "Member",
    "MemberMerge",
    "Notice",
    "NoticeSending",
    "NoticeSettings",
    "NoticeTemplate",
    "Outbox",
    "PasswordLink",
    "Payout",
    "PayoutFile",
    "Person",
    "PilotMember",
    "Profile",
    "ProviderCode",
    "Purchase",
    "RaffleDraw",
    "RaffleEntry",
    "Receipt",
    "Redemption",
    "Rehearsal",
    "RehearsalPart",
    "Return",
    "Reward",
    "Role",
    "Seal",
    "SealedHead",
    "Season",
    "SeasonPlace",
    "Segment",
    "SetAside",
    "SetDone",
    "SignInCode",
    "SpinTurn",
    "StandingChange",
    "Store",
    "StreakMilestone",
    "Team",
    "TeamInvitation",
    "TeamMember",
    "TeamRun",
    "TierGrant",
    "TierMove",
    "Trade",
    "Webhook",
    "WebhookDelivery",
]
