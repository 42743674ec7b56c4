"""What people read of wallets, of returns, and of memberships that are not active."""

from __future__ import annotations

from typing import Final

from loyalty.formats import AND, OR, listed
from loyalty.rules.bylaws import Bylaws, Wallet
from loyalty.rules.membership import STATUS_TITLES, STATUSES, Membership
from loyalty.rules.phrase import Phrase, Slot
from loyalty.rules.terms import ACTIVITY, EARNED, LATER
from loyalty.rules.voice import Voice
from loyalty.values import Text

_DEBTS: Final = {
    "allow": Text(
        "If a return takes back more than is left, the rest is owed and the next earnings pay it.",
        "اگر آنچه با مرجوع شدن کالا پس گرفته می‌شود بیش از موجودی باشد، کسری آن بدهی است و از دریافت‌های بعدی کم می‌شود.",
    ),
    "clamp": Text(
        "A return takes back no more than is left.", "با مرجوع شدن کالا، بیش از آنچه مانده است پس گرفته نمی‌شود."
    ),
    "refuse": Text(
        "A return that would take back more than is left is refused, unless the shop allows a debt.",
        "اگر موجودی برای آنچه باید پس گرفته شود کافی نباشد، کالا مرجوع نمی‌شود؛ مگر آن‌که فروشگاه بدهی را بپذیرد.",
    ),
}
_RETURNS: Final = {
    "at_review": Text("judged anew at the next review", "در بازبینی بعدی از نو سنجیده می‌شود"),
    "at_once": Text("judged anew at once", "همان دم از نو سنجیده می‌شود"),
    "keep": Text("not touched", "تغییری نمی‌کند"),
}

_BUT: Final = Text("but", "ولی")


def wallet_phrase(wallet: Wallet, voice: Voice) -> Phrase:
    """What a wallet holds, when that can be spent and until when, in what order, and what becomes of a debt."""
    holds = (
        voice.pick("Holds money.", "در این کیف، پول نگه داشته می‌شود.")
        if wallet.unit == "money"
        else voice.pick("Holds points.", "در این کیف، امتیاز نگه داشته می‌شود.")
    )
    soonest = wallet.spend == "soonest_expiry" and voice.bylaws.some_expires(wallet.code)
    return (
        holds,
        *_earned(wallet, voice),
        voice.pick("What expires soonest is spent first.", "هرچه زودتر منقضی می‌شود، زودتر خرج می‌شود.")
        if soonest
        else voice.pick("What was earned first is spent first.", "هرچه زودتر به دست آمده، زودتر خرج می‌شود."),
        voice.text(_DEBTS[wallet.debt]),
        voice.pick("Members may give of it to one another.", "اعضا می‌توانند از آن به یکدیگر بدهند.")
        if wallet.transfers
        else voice.pick("It cannot be given to another member.", "نمی‌توان آن را به عضو دیگری داد."),
        *_limits(wallet, voice),
        *_pays(wallet, voice),
    )


def _limits(wallet: Wallet, voice: Voice) -> Phrase:
    """How much articles give into it at most."""
    words: list[str | Slot] = []
    for limit in wallet.limits:
        most = voice.then(limit.say(voice))
        words += ["ماده‌ها", most, "می‌دهند."] if voice.lang == "fa" else ["Articles give", most, "."]
    return tuple(words)


def _pays(wallet: Wallet, voice: Voice) -> Phrase:
    """What it pays, and whether it does so in the very sale that earns it."""
    said = [wallet.pays.say(wallet.code, voice)] if wallet.pays else []
    if wallet.same_sale:
        said.append(
            voice.pick(
                "It can be spent in the very sale that earns it.",
                "آنچه با خریدی به دست می‌آید در همان خرید هم قابل خرج است.",
            )
        )
    return tuple(said)


def _earned(wallet: Wallet, voice: Voice) -> Phrase:
    """When what is earned can be spent and when it expires, where awards say nothing else."""
    fa, expires = voice.lang == "fa", wallet.lots_expire
    words: list[str | Slot] = []
    if wallet.matures or expires:
        words.append("آنچه به دست می‌آید" if fa else "What is earned")
    if wallet.matures:
        when = voice.when(wallet.matures.say(voice))
        words.extend((when, "قابل خرج") if fa else ("can be spent", when))
        words.extend((["و"] if expires else ["می‌شود."]) if fa else ([", and"] if expires else ["."]))
    if expires:
        when = voice.when(expires.say(voice, EARNED if wallet.matures else LATER))
        words.extend((when, "منقضی می‌شود.") if fa else ("expires", when, "."))
    elif wallet.expires:
        when = voice.when(wallet.expires.say(voice, ACTIVITY))
        words.extend(("همهٔ موجودی", when, "منقضی می‌شود.") if fa else ("All of it expires", when, "."))
    else:
        words.append(voice.pick("It does not expire.", "موجودی آن منقضی نمی‌شود."))
    return tuple(words)


def returns_phrase(bylaws: Bylaws, voice: Voice) -> Phrase:
    """What a return does to tier and badges; empty for a club that has neither to show."""
    badges = any(not badge.secret for badge in bylaws.badges.values())
    what = [voice.pick("the tier", "سطح")] if bylaws.tiers else []
    what += [voice.pick("badges", "نشان‌ها")] if badges else []
    if not what:
        return ()
    outcome = voice.then(voice.text(_RETURNS[bylaws.returns]))
    if voice.lang == "fa":
        return ("با مرجوع شدن کالا،", f"{voice.listed(what)}ی عضو" if badges else "سطح عضو", outcome, ".")
    return ("When goods are returned,", voice.listed(what), "are" if badges else "is", outcome, ".")


def standings(bylaws: Bylaws) -> list[tuple[tuple[str, ...], Membership]]:
    """The standings besides active, those of equal meaning together."""
    alike: dict[Membership, tuple[str, ...]] = {}
    for status in STATUSES:
        terms = bylaws.membership[status]
        alike[terms] = (*alike.get(terms, ()), status)
    return [(statuses, terms) for terms, statuses in alike.items()]


def standings_title(statuses: tuple[str, ...]) -> Text:
    """`Suspended, left or expelled`, «تعلیق، ترک باشگاه یا اخراج»."""
    en = listed([STATUS_TITLES[status].en for status in statuses], "en", OR)
    return Text(en[0].upper() + en[1:], listed([STATUS_TITLES[status].fa for status in statuses], "fa", OR))


def membership_phrase(terms: Membership, voice: Voice) -> Phrase:
    """What a member in such a standing may do, and what becomes of the wallets."""
    between = AND if terms.earns == terms.spends else _BUT
    if voice.lang == "fa":
        may = [
            "همچنان امتیاز می‌گیرد" if terms.earns else "امتیازی نمی‌گیرد",
            "می‌تواند خرج کند" if terms.spends else "نمی‌تواند خرج کند",
        ]
        wallets = "موجودی کیف‌ها از میان می‌رود" if terms.wallets == "forfeit" else "موجودی کیف‌ها نگه داشته می‌شود"
        return ("در این وضعیت، عضو", voice.then(listed(may, "fa", between)), "؛", voice.then(wallets), ".")
    may = ["goes on earning" if terms.earns else "earns nothing", "may spend" if terms.spends else "cannot spend"]
    wallets = "what the wallets hold is forfeited" if terms.wallets == "forfeit" else "what the wallets hold is kept"
    return ("The member", voice.then(listed(may, "en", between)), ";", voice.then(wallets), ".")
