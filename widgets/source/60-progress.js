// --- <loyalty-progress>: the star, the tier, and what is missing to the next ---

class LoyaltyProgress extends LoyaltyElement {
  path = "me";

  skeleton(card) {
    const lines = make("div", { class: "wait" });
    return make("div", { ...card, class: "card progress" }, make("div", { class: "wait round" }), lines);
  }

  body(card, before) {
    const { voice, data } = this;
    const { tier, club, wallets } = data;
    const { next } = tier;
    const percent = next ? next.share : 100;
    const risen = before !== null && before.tier.code !== tier.code && this.rank(tier) > this.rank(before.tier);
    const from = before && !risen ? (before.tier.next?.share ?? 100) : 0;
    const share = voice.share(percent);
    const missing = next ? voice.of(next.missing) : voice.say("top");
    const spoken = next ? `${voice.say("share", { share, tier: voice.of(next.title) })}. ${missing}` : missing;
    const points = wallets.map((wallet) => {
      const figure = wallet.unit === "money" ? voice.money(wallet.available, club.unit) : voice.number(wallet.available);
      return wallet.unit === "money" ? `${voice.of(wallet.name)}: ${figure}` : `${figure} ${voice.of(wallet.name)}`;
    });
    return make(
      "div",
      { ...card, class: "card progress" },
      star(percent, from, share, spoken, risen),
      make(
        "div",
        { part: "words" },
        make("p", { class: "eyebrow" }, voice.say("tier")),
        make("p", { part: "title", class: "title" }, tier.title ? voice.of(tier.title) : voice.say("start")),
        ...(tier.until ? [make("p", { part: "until", class: "muted" }, voice.of(tier.until))] : []),
        make("p", { part: "missing" }, missing),
        ...points.map((said) => make("p", { part: "points", class: "muted" }, said)),
      ),
    );
  }

  rank(tier) {
    return tier.ladder.findIndex((step) => step.code === tier.code);
  }

  compare(before, now) {
    for (const wallet of now.wallets) {
      const from = before.wallets.find((other) => other.code === wallet.code)?.available ?? 0;
      if (from !== wallet.available) this.tell("points-changed", { wallet: wallet.code, from, to: wallet.available });
    }
    for (const { code, level } of now.badges) {
      const had = before.badges.find((other) => other.code === code)?.level ?? 0;
      if (level > had) this.tell("badge-earned", { badge: code, level });
    }
    if (before.tier.code !== now.tier.code) this.tell("tier-changed", { from: before.tier.code, to: now.tier.code });
  }
}

customElements.define("loyalty-progress", LoyaltyProgress);
