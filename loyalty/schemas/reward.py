"""Rewards and their redemption, as they are sent."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import ValidationError, post_load, validates_schema

from loyalty.models.reward import KINDS
from loyalty.rewards.content import ALL
from loyalty.schemas.bylaws import Tree
from loyalty.schemas.fields import MAX_AMOUNT, Base, Inner, Many, OneOf, Whole, Words, YesNo
from loyalty.schemas.moments import Instant
from loyalty.schemas.people import Ref
from loyalty.schemas.said import Said, told
from loyalty.schemas.segment import CODE, TitleBody
from loyalty.values import Text

MOST: Final = 100
"""The largest quantity that is redeemed at once."""
_PRICE: Final = told(
    "What it costs: points of a wallet, money, both, or nothing where it is left out.",
    "بها: امتیاز یک کیف، پول، هر دو، یا هیچ اگر نباشد.",
)
_FOR: Final = told(
    "Who may have it: a condition of the bylaws on the member alone; `{segment: CODE}` names a saved segment.",
    "چه کسی می‌تواند آن را بگیرد: شرطی از آیین‌نامه دربارهٔ خود عضو؛ `{segment: CODE}` بخشی ذخیره‌شده را نام می‌برد.",
    example={"tier": {"at_least": "silver"}},
)
_LIMITS: Final = told(
    "How many a member may have: `{every: month, at_most: 1}`, or `{over: {last: {days: 30}}, at_most: 2}`.",
    "هر عضو چند عدد می‌تواند بگیرد: `{every: month, at_most: 1}` یا `{over: {last: {days: 30}}, at_most: 2}`.",
)
_LASTS: Final = told(
    "How long what is issued can be used: a term of the bylaws. Left out: for ever.",
    "آنچه صادر می‌شود تا کی به کار می‌آید: مدتی به شکل آیین‌نامه. اگر نباشد: برای همیشه.",
    example={"after": {"months": 1}, "at": "end_of_month"},
)
_STOCK: Final = told(
    "How many there are in all; null or left out: without limit, 0: none.",
    "همهٔ موجودی؛ null یا نبودن: نامحدود، ۰: هیچ.",
    example=50,
)


class WordsBody(Base):
    """A few sentences in both languages."""

    en = Words(2000, required=True)
    fa = Words(2000, required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Text:
        """Both languages as one value."""
        return Text(**data)


class PriceBody(Base):
    """What a reward costs."""

    points = Whole(1, MAX_AMOUNT, allow_none=True, metadata={"example": 500})
    wallet = Words(
        60,
        allow_none=True,
        metadata=told(
            "Of which wallet; the first in points, if left out.", "از کدام کیف؛ اگر نباشد، نخستین کیف امتیاز."
        ),
    )
    money = Whole(1, MAX_AMOUNT, allow_none=True, metadata=told("In minor units.", "به کوچک‌ترین واحد پول."))


class RewardChange(Base):
    """What to change of a reward; what was issued before stays as it was promised."""

    title = Inner(TitleBody)
    text = Inner(WordsBody, allow_none=True)
    price = Inner(PriceBody, metadata=_PRICE)
    stock = Whole(0, MAX_AMOUNT, allow_none=True, metadata=_STOCK)
    who = Tree(data_key="for", allow_none=True, metadata=_FOR)
    from_at = Instant(data_key="from", allow_none=True)
    until_at = Instant(data_key="until", allow_none=True)
    limits = Many(Tree(), 10, metadata=_LIMITS)
    lasts = Tree(allow_none=True, metadata=_LASTS)
    uses = Whole(1, 1000, metadata=told("How often one code can be used.", "هر کد چند بار به کار می‌آید.", example=1))
    value = Whole(
        1,
        MAX_AMOUNT,
        allow_none=True,
        metadata=told(
            "Of cashback and gift cards: how much, in minor units.",
            "برای بازگشت وجه و کارت هدیه: مبلغ، به کوچک‌ترین واحد پول.",
        ),
    )
    into = Words(60, allow_none=True, metadata=told("Of cashback: into which wallet.", "برای بازگشت وجه: به کدام کیف."))
    provider = YesNo(
        allow_none=True,
        metadata=told(
            "Of gift cards: whether codes of a provider's list are given out.",
            "برای کارت هدیه: آیا کدهای فهرست یک صادرکننده داده می‌شود.",
        ),
    )
    discount = Tree(
        allow_none=True,
        metadata=told(
            "Of a discount: as in the bylaws, `{percent|fixed|cheapest_free|buy_x_get_y|ladder, where?, min_basket?,"
            " at_most?}`.",
            "برای تخفیف: به شکل آیین‌نامه، `{percent|fixed|cheapest_free|buy_x_get_y|ladder, where?, min_basket?,"
            " at_most?}`.",
            example={"percent": "10%", "at_most": 500_000},
        ),
    )
    sku = Words(
        100, allow_none=True, metadata=told("Of goods: what the shop sells it as.", "برای کالا: کد آن در فروشگاه.")
    )
    raffle = Words(
        60, allow_none=True, metadata=told("Of a raffle: its name in the bylaws.", "برای قرعه‌کشی: نام آن در آیین‌نامه.")
    )
    tickets = Whole(
        1, 1000, allow_none=True, metadata=told("Of a raffle: how many tickets.", "برای قرعه‌کشی: چند بلیت.")
    )
    words = Inner(
        WordsBody,
        allow_none=True,
        metadata=told(
            "Of a certificate: what it says; {name}, {date}, {tier} and {club} are filled in. It is shown, and printed,"
            " at /m/CLUB/certificates/CODE.",
            "برای گواهی: متن آن؛ {name} و {date} و {tier} و {club} پر می‌شوند. گواهی در /m/CLUB/certificates/CODE دیده"
            " و چاپ می‌شود.",
        ),
    )
    to = Inner(TitleBody, allow_none=True, metadata=told("Of a donation: for whom it is.", "برای نیکوکاری: برای که."))
    choices = Many(
        Words(60, CODE),
        20,
        allow_none=True,
        metadata=told("Of a mixed one: the rewards to choose from.", "برای پاداش انتخابی: پاداش‌هایی که می‌توان برگزید."),
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Fields of a reward, what its kind promises put together."""
        content = {name: _plain(data.pop(name)) for name in ALL if name in data}
        if content:
            data["content"] = content
        if "price" in data:
            price = data.pop("price")
            data |= {name: price.get(name) for name in ("points", "wallet", "money")}
        return data


class RewardChangeBody(RewardChange):
    """A change of a reward, or its end."""

    archived = YesNo(metadata=told("Whether it is taken off the catalogue.", "آیا از فهرست برداشته شود."))

    @validates_schema
    def something(self, data: dict[str, Any], **_: Any) -> None:
        """There is something to change."""
        if not data:
            raise ValidationError(Said("Name a field to change.", "فیلدی برای تغییر بنویسید."))


class RewardBody(RewardChange):
    """A new reward."""

    code = Words(60, CODE, required=True, metadata={"example": "free_coffee"})
    title = Inner(TitleBody, required=True)
    kind = OneOf(*KINDS, required=True)


class RedemptionBody(Base):
    """What a member asks for."""

    member = Ref(required=True)
    reward = Words(60, CODE, required=True, metadata={"example": "free_coffee"})
    quantity = Whole(1, MOST, load_default=1)
    choice = Words(
        60,
        CODE,
        allow_none=True,
        metadata=told("Of a mixed reward: which one.", "برای پاداش انتخابی: کدام یک.", example="tote_bag"),
    )
    pay_from = Words(
        60,
        allow_none=True,
        metadata=told(
            "The wallet in money that pays the price in money; left out, it is paid at the till.",
            "کیف پولی که بهای پولی را می‌پردازد؛ اگر نباشد، پای صندوق پرداخت می‌شود.",
        ),
    )
    hold = YesNo(
        load_default=False,
        metadata=told(
            "Only set all of it apart, for 15 minutes, until it is captured or voided.",
            "تنها ۱۵ دقیقه کنار گذاشته شود تا نهایی (capture) یا لغو (void) شود.",
        ),
    )


def _plain(value: Any) -> Any:
    return value._asdict() if isinstance(value, Text) else value
