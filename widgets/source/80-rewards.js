// --- <loyalty-rewards>: what can be had, why the rest cannot, and what is in hand with its code ---

class LoyaltyRewards extends LoyaltyElement {
  path = "rewards";

  // Codes are as good as money: they are shown, and left nowhere.
  keepable(data) {
    return { ...data, yours: data.yours.map((its) => ({ ...its, codes: [] })) };
  }

  skeleton(card) {
    return make("div", { ...card, class: "card rewards" }, make("div", { class: "wait" }), make("div", { class: "wait" }));
  }

  body(card) {
    const { voice, data } = this;
    const limit = Number(this.getAttribute("limit")) || Infinity;
    const yours = data.yours.map((its) => this.inHand(its));
    const offered = data.rewards.slice(0, limit).map((its) => this.offer(its));
    const said = this.said && make("p", { class: this.said.ok ? "eyebrow" : "problem", role: "status" }, this.said.text);
    return make(
      "div",
      { ...card, class: "card rewards" },
      ...(said ? [said] : []),
      ...(yours.length ? [make("h3", { part: "title" }, voice.say("yours")), make("ul", { part: "yours" }, ...yours)] : []),
      make("h3", { part: "title" }, voice.say("rewards")),
      offered.length ? make("ul", { part: "list" }, ...offered) : make("p", { class: "muted" }, voice.say("none")),
    );
  }

  price({ points, wallet, money }) {
    const { voice, data } = this;
    const parts = [];
    if (points) parts.push(`${voice.number(points)} ${voice.of(wallet)}`);
    if (money) parts.push(voice.money(money, data.club.unit));
    return parts.join(" + ") || voice.say("free");
  }

  offer(its) {
    const { voice } = this;
    const few = its.left !== null && its.left > 0 && its.left <= 10;
    const words = make(
      "div",
      {},
      make("h4", {}, voice.of(its.title)),
      ...(its.text ? [make("p", { class: "muted" }, voice.of(its.text))] : []),
      make("p", { part: "price" }, this.price(its)),
      ...(few ? [make("p", { class: "muted" }, voice.say("left", { n: voice.number(its.left) }))] : []),
    );
    if (!its.open) return make("li", { part: "row" }, words, make("p", { class: "muted" }, voice.of(its.because)));
    const form = make("form", { onsubmit: (event) => this.submit(event, its) });
    if (its.choices.length) {
      const options = its.choices.map(({ code, title }) => make("option", { value: code }, voice.of(title)));
      const first = make("option", { value: "" }, voice.say("choose"));
      form.append(make("select", { name: "choice", required: "", "aria-label": voice.say("choose") }, first, ...options));
    }
    form.append(make("button", { part: "get" }, voice.say("get")));
    return make("li", { part: "row" }, words, form);
  }

  inHand(its) {
    const { voice } = this;
    const codes = its.codes.flatMap(({ code, pin }) => [
      make("p", {}, make("bdi", { dir: "ltr", class: "code", part: "code" }, code)),
      ...(pin ? [make("p", { class: "muted" }, `${voice.say("pin")} `, make("bdi", { dir: "ltr", class: "code" }, pin))] : []),
    ]);
    const end = its.until ? [make("p", { class: "muted" }, voice.of(its.until))] : [];
    const show = codes.length ? [make("p", { class: "muted" }, voice.say("show"))] : [];
    return make("li", { class: "mine", part: "mine" }, make("div", {}, make("h4", {}, voice.of(its.title)), ...codes, ...show, ...end));
  }

  // The page may hold a redemption up: `before-redeem` can be cancelled. One key for each try: sent twice, it is had once.
  async submit(event, its) {
    event.preventDefault();
    const form = event.target;
    const detail = { reward: its.code };
    const before = new CustomEvent("loyalty:before-redeem", { bubbles: true, composed: true, cancelable: true, detail });
    if (!this.dispatchEvent(before)) return;
    const key = (form.key ??= crypto.randomUUID());
    form.querySelector("button").disabled = true;
    try {
      const choice = form.elements.choice?.value || null;
      const { ok, told } = await this.club.post(`rewards/${its.code}?lang=${this.voice.lang}`, { key, choice });
      this.said = { ok, text: ok ? this.voice.say("got") : told.detail };
      if (ok) this.tell("redeemed", { reward: its.code, redemption: told.id });
    } catch (problem) {
      if (!(problem instanceof Away || problem instanceof Guest)) throw problem;
      this.said = { ok: false, text: this.voice.say("failed") };
      this.tell("error", { reason: "unreachable" });
    }
    await this.refresh();
  }
}

customElements.define("loyalty-rewards", LoyaltyRewards);
