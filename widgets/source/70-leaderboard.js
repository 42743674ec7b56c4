// --- <loyalty-leaderboard>: the places around the member; `board`, `period` and `scope` say of what, `limit` how many ---

class LoyaltyLeaderboard extends LoyaltyElement {
  static observedAttributes = [...LoyaltyElement.observedAttributes, "board", "period", "scope", "limit"];

  get places() {
    return Math.max(3, Math.min(25, Number.parseInt(this.getAttribute("limit"), 10) || 5));
  }

  get path() {
    const query = new URLSearchParams({ limit: this.places });
    for (const name of ["board", "period", "scope"]) {
      if (this.hasAttribute(name)) query.set(name, this.getAttribute(name));
    }
    return `leaderboard?${query}`;
  }

  skeleton(card) {
    const rows = Array.from({ length: this.places }, () => make("li", {}, make("span", { class: "wait" })));
    return make("div", { ...card, class: "card board" }, make("div", { class: "wait" }), make("ol", {}, ...rows));
  }

  body(card) {
    const { voice, data } = this;
    const { board } = data;
    const of = [board.scope, board.period].filter(Boolean).map((said) => voice.of(said));
    const head = make(
      "div",
      { class: "head" },
      make("h3", { part: "title" }, voice.of(board.title)),
      make("span", { part: "of", class: "muted" }, of.join(" · ")),
    );
    return make("div", { ...card, class: "card board" }, head, ...this.rows(board));
  }

  rows(board) {
    const { voice } = this;
    if (!board.items) return [make("p", { class: "muted" }, voice.say("counting"))];
    if (!board.items.length) return [make("p", { class: "muted" }, voice.say("nobody"))];
    const rows = board.items.map((item) => this.row(item, board.unit));
    const list = make("ol", { part: "list" }, ...rows);
    return board.me ? [list] : [list, make("p", { class: "muted" }, voice.say("absent"))];
  }

  row(item, unit) {
    const { voice, data } = this;
    const hidden = (key) => make("span", { class: "hidden" }, `${voice.say(key)} `);
    return make(
      "li",
      { part: item.me ? "row me" : "row", class: item.me && "me", "aria-current": item.me && "true" },
      make("span", { part: "rank", class: "rank" }, hidden("rank"), voice.number(item.rank)),
      make("span", { part: "name", class: "name" }, make("bdi", {}, item.me ? voice.say("you") : item.name)),
      make("span", { part: "score", class: "score" }, hidden("score"), voice.measured(item.score, unit, data.club)),
    );
  }
}

customElements.define("loyalty-leaderboard", LoyaltyLeaderboard);
