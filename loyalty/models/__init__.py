"""Tables and constraints, no behaviour. Importing this package declares them all."""

from loyalty.models.bylaws import Bylaws, ClubUse, Counter, CounterSum
from loyalty.models.club import ApiKey, Club, PasswordLink, Person, Role, Store
from loyalty.models.ledger import Balance, Entry
from loyalty.models.member import BadgeLevel, Identifier, Member, Profile, SignInCode, TierMove
from loyalty.models.operation import Duty, ImportRun, Outbox
from loyalty.models.purchase import EVENT_ID, Purchase, Receipt, SetAside

__all__ = [
    "EVENT_ID",
    "ApiKey",
    "BadgeLevel",
    "Balance",
    "Bylaws",
    "Club",
    "ClubUse",
    "Counter",
    "CounterSum",
    "Duty",
    "Entry",
    "Identifier",
    "ImportRun",
    "Member",
    "Outbox",
    "PasswordLink",
    "Person",
    "Profile",
    "Purchase",
    "Receipt",
    "Role",
    "SetAside",
    "SignInCode",
    "Store",
    "TierMove",
]
