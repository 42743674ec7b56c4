"""One member's history folded in memory: the same functions judge, post and take back as where it was recorded.

What happened before the span is taken as it was judged then; from there on the draft judges. What members did with
their wallets otherwise is done again as far as the rehearsed purse has it: what is missing counts as `short`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final

from loyalty.carried import carries
from loyalty.cases import Case, facts_again, kept_facts
from loyalty.errors import InsufficientBalance
from loyalty.followers import Follower
from loyalty.judge import judge_one
from loyalty.ledger.lots import Cause
from loyalty.post import lapse, post
from loyalty.rehearsal.chest import LastingChest
from loyalty.rehearsal.events import Back, Granted, Judged, Merged, Moved, Step, Stood
from loyalty.rehearsal.shared import Budgets
from loyalty.rehearsal.stage import Stage
from loyalty.rehearsal.standing import Standing
from loyalty.rehearsal.tally import Side
from loyalty.rehearsal.tries import Tries
from loyalty.rules import Bylaws, Event, Purchase, Ruling
from loyalty.rules.known import ATTRIBUTE
from loyalty.rules.member import MemberFacts, known_tier
from loyalty.rules.returned import Left, standing
from loyalty.rules.ruling import Given, giver
from loyalty.rules.tenure import Stand
from loyalty.rules.things import DISCOUNT
from loyalty.sold import Sold
from loyalty.stand_anew import Anew
from loyalty.take_back import Counts, take_back

MADE: Final = 1 << 50
"""Numbers from here on are of events that only the rehearsal knows: later than all others."""


class Life(Standing):
    """A member on the stage; events are handed in as they were recorded."""

    def __init__(
        self,
        stage: Stage,
        member: MemberFacts,
        stood: list[Stood],
        later: list[Moved],
        budgets: Budgets | None,
        tries: Tries,
        *,
        quiet: bool = False,
    ) -> None:
        super().__init__(stage, member, budgets, tries)
        self.attributes, self.stood = member.attributes, stood
        self.quiet = quiet
        """Whether nothing will ever ask for the member's lots: then none are kept."""
        self.later = later
        """Later steps of holds, in their order; they have no numbers."""
        self.numbers = count(MADE)
        """Of events that follow."""
        self.judged = self.refused = 0
        self.merged = False
        """Whether others were merged into the member."""

    def live(self, event: Step) -> None:
        """One step more."""
        self._catch_up(event)
        if isinstance(event, Judged):
            self._judge(event)
        elif isinstance(event, Back):
            self._give_back(event)
        elif isinstance(event, Granted):
            self._give_tier(event)
        elif isinstance(event, Moved):
            self._move(event)

    def absorb(self, other: Life, event: Merged) -> None:
        """Go on for another as well, as `merge_members` lets a survivor."""
        at = event.recorded_at
        for life in (other, self):
            life._catch_up(event)
            life.chest.settle(at)
            life._note()
        self.chest.unite(other.chest, Cause(event.number, at), self.stage.at(at, self.member.id))
        for life in (other, self):
            life._note()
        other.side.add_up()
        self.side.add(other.side)
        self.hands.held |= other.hands.held
        self.later = sorted([*self.later, *other.later], key=lambda step: step.recorded_at)
        self.sold |= other.sold
        self.levels = other.levels | self.levels
        self.unsettled += other.unsettled
        self.judged += other.judged
        self.refused += other.refused
        self.history.unite(other.history)
        self.merged = True
        latest = [its for its in (self.member.latest_at, other.member.latest_at) if its is not None]
        self.member = self.tries.unite(self.member, other.tries, other.member)
        self.member = replace(self.member, latest_at=max(latest, default=None), badges=self._badges())
        self._rise(at, other.member.stand)

    def _catch_up(self, event: Step) -> None:
        """What comes by itself before a step: later steps of holds, and reviews of the tier."""
        while self.later and (step := self.later[0]).recorded_at <= event.recorded_at:
            if step.recorded_at == event.recorded_at and not (
                step.lapsed or (isinstance(event, Back) and step.source == "spent")
            ):
                break
            self._move(self.later.pop(0))
        self._stand_until(event.recorded_at)
        self._review_until(event.recorded_at)

    def _stand_until(self, now: datetime) -> None:
        """Put the member into the standings that people put it into by an instant."""
        while self.stood and self.stood[0].at <= now:
            at, status = self.stood.pop(0)
            if status != self.member.status:
                before = (*self.member.standings, (at, self.member.status))
                self.member = replace(self.member, status=status, standings=before)

    def end(self) -> Side:
        """What came of it all by the end of the span."""
        for step in self.later:
            self._move(step)
        self._stand_until(self.stage.until)
        self._review_until(self.stage.until)
        self.chest.settle(self.stage.until - timedelta(microseconds=1))
        self._note()
        side, held = self.side, self.member.tier
        side.add_up()
        ladder = self.stage.draft.ranks
        tier = held if held in ladder else self.stage.draft.first_tier()
        side.tiers[tier or ""] += 1
        side.badges.update(level for level, (_, at) in self.levels.items() if self.stage.holds(at))
        return side

    def _judge(self, event: Judged) -> None:
        if event.root is not None and not event.ruling:
            return
        stage, id_, before = self.stage, self.member.id, self.member.status
        at = event.event.occurred_at
        moment = stage.calendar.moment(at)
        if self.unsettled:
            self._settle(stage.calendar.instant(moment.day))
        recorded = event.ruling
        bylaws = stage.terms.version(event.version) if recorded else stage.draft
        sale = Case(event.event, event.store_id, id_, bylaws, moment, event.id, root=event.root)
        if recorded:
            self._as_judged(sale, recorded)
        else:
            self._know(event)
            self.judged += isinstance(event.event, Purchase)
            self.member = judge_one(sale, self.member, stage, self.budgets)
        for its in sale.whole():
            self._came(its, before, kept=its is sale and event.kept, moves=not recorded)

    def _came(self, case: Case, before: str, *, kept: bool = False, moves: bool = True) -> None:
        """Let what a judged event gives come to the member; `before` is the standing that it found."""
        if moves:
            self._tell(case.reviews)
        bylaws, ruling = case.bylaws, case.ruling
        assert ruling
        case.id = case.id or next(self.numbers)
        if isinstance(case.event, Event) and case.root is not None:
            told = case.event
            self.followed.append(Follower(case.id, self.member.id, told.type, told.attributes, told.key, case.root))
        if case.moved_at and moves:
            self._tier_moved(bylaws, ruling.tier_from, ruling.tier_to)
        self._post(case)
        if bylaws.drastic:
            self._lapse(case, before)
        for step in ruling.badges:
            self.levels[step.code, step.level] = case.id, case.event.occurred_at
        carried = bylaws.running and {its[:2] for its in ruling.awards} & carries(bylaws)
        if carried:
            self.carried.append(case.id)
        lasting = kept or ruling.badges or case.root is not None or ruling.floor or carried
        if self.tries.note(ruling, case.id, bylaws) or lasting:
            self._keep(case)

    def _post(self, sale: Case) -> None:
        """Post what a sale gives, as `post.post` does; most of it straight into its lot."""
        assert sale.ruling
        chest, side = self.chest, self.side
        awards = [its for its in sale.ruling.awards if its.wallet != DISCOUNT]
        at = sale.event.occurred_at
        counts = self.stage.holds(at)
        chest.settle(at)
        if any(purse.debt for purse in chest.purses.values()):
            post([sale], {self.member.id: chest})
        else:
            if counts:
                side.gave(awards)
            else:
                for given in awards:
                    side.wallet(given.wallet)["outstanding"] += given.amount
            if not self.quiet:
                self._into_lots(sale, awards)
        self._note()
        if counts:
            for article in {giver(given.article) for given in awards}:
                side.times[article] += 1

    def _lapse(self, sale: Case, before: str) -> None:
        """Let the wallets lapse that articles, or the standing into which they put the member, take away."""
        ruling, bylaws = sale.ruling, sale.bylaws
        assert ruling
        wallets = set(ruling.forfeits)
        if ruling.status and ruling.status != before and bylaws.membership[ruling.status].wallets == "forfeit":
            wallets |= bylaws.wallets.keys()
        for wallet in wallets & self.chest.purses.keys():
            self.chest.purse(wallet).forfeit(Cause(sale.id, sale.event.occurred_at))
        self._note()

    def _into_lots(self, sale: Case, awards: list[Given]) -> None:
        bylaws, at = sale.bylaws, sale.event.occurred_at
        lots: dict[tuple[str, datetime | None, datetime | None], int] = {}
        for given in awards:
            key = given.wallet, *bylaws.lot_terms(given, at)
            lots[key] = lots.get(key, 0) + given.amount
        for (code, matures_at, expires_at), amount in lots.items():
            purse = self.chest.purse(code)
            purse.earn(sale.id, at, amount, matures_at, expires_at)
            purse.be_active(at, lapse(bylaws, code, at))

    def _as_judged(self, sale: Case, recorded: dict[str, Any]) -> None:
        """Take an event as it was really judged; all that the draft counts is counted of it."""
        bylaws, member = sale.bylaws, self.member
        facts, ruling = (
            facts_again(bylaws, sale.event, recorded["facts"]),
            Ruling.from_kept(sale.bylaws.version, recorded),
        )
        facts.active_days, facts.active_labels = self._active(bylaws, sale)
        stood = standing(bylaws, facts, facts, tuple(ruling.awards))
        ruling.feeds, ruling.labels = list(stood.feeds), {place: dict(its) for place, its in stood.labels.items()}
        sale.facts, sale.ruling = facts, ruling
        self._review(sale.event.occurred_at)
        member = self.member
        if ruling.tier_from != known_tier(bylaws, member.tier):
            stand = Stand(ruling.tier_from, member.tenure)
            member = member.on_tier(stand, self.stage.calendar.instant(sale.moment.day))
        self.member = self.tries.as_judged(member.after(bylaws, facts, ruling), sale, ruling)
        if self.budgets:
            for key, used in stood.uses.items():
                self.budgets.use(key, used)

    def _active(self, bylaws: Bylaws, sale: Case) -> tuple[int, frozenset[tuple[int, str]]]:
        day, over = sale.moment.day, self.history.over
        labels = [ask for ask in bylaws.label_asks(sale.event, day) if ask.raw and over(ask) > 0]
        return (
            sum(1 << ask.place for ask in bylaws.day_asks(day) if over(ask) > 0),
            frozenset((ask.place, ask.label or "") for ask in labels),
        )

    def _know(self, event: Judged) -> None:
        """Let the member have the attributes that were read at the time, where they are known."""
        asked = self.stage.asked[event.version]
        if asked and (event.values or self.attributes or self.member.attributes):
            own = {name: value for name, value in self.attributes.items() if ATTRIBUTE + name not in asked}
            own |= {asked[name]: value for name, value in event.values.items() if name in asked}
            if own != self.member.attributes:
                self.member = replace(self.member, attributes=own)

    def _keep(self, sale: Case) -> None:
        assert sale.facts
        assert sale.ruling
        given = tuple(sale.ruling.awards)
        form, event = kept_facts(sale.facts), sale.event
        left = Left.of(event) if isinstance(event, Purchase) else Left()
        self.sold[sale.id] = Sold(
            sale.id,
            sale.member_id,
            sale.store_id or 0,
            event,
            sale.bylaws,
            form,
            given,
            given,
            left,
            floor=sale.ruling.floor,
        )

    def _give_back(self, event: Back) -> None:
        sold, asked, stage = self.sold[event.purchase_id], event.asked, self.stage
        at, id_ = asked.occurred_at, self.member.id
        now, was = stage.at(at, id_), sold.present()
        counted = self._counted(sold.bylaws)
        try:
            chest, taken = take_back(sold, asked, event.id, {id_: self.chest}, id_, now, counted)
        except InsufficientBalance:  # the goods came back all the same
            self.refused += 1
            allowed = asked._replace(debt="allow")
            chest, taken = take_back(sold, allowed, event.id, {id_: self.chest}, id_, now, counted)
        assert isinstance(chest, LastingChest)
        self.chest = self.hands.chest = chest
        self.member = self.tries.came_back(self.member, was, sold.present())
        for place, label, change in taken.feeds:
            self.history.add(place, sold.facts.moment.day, change, label)
        if self.budgets:
            for key, change in taken.uses.items():
                self.budgets.use(key, change)
        self._note()
        if now.returns == "at_once":
            self._stand_anew(Anew(at, event.id, [sold]))
        elif now.returns == "at_review":
            self.unsettled.append((at, sold))

    def _counted(self, bylaws: Bylaws) -> Counts | None:
        """What running totals of a version read."""
        return Counts(self.history, bylaws.since(None, self.member.joined_at)) if bylaws.running else None

    def _move(self, event: Moved) -> None:
        self.hands.move(event)
        self._note()
