// --- <loyalty-chart>: me against my past; `period` is day, week or month, `counter` names one, `limit` how many ---

class LoyaltyChart extends LoyaltyElement {
  static observedAttributes = [...LoyaltyElement.observedAttributes, "period", "counter", "limit"];

  get path() {
    const query = new URLSearchParams();
    for (const name of ["period", "counter", "limit"]) {
      if (this.hasAttribute(name)) query.set(name, this.getAttribute(name));
    }
    return `chart?${query}`;
  }

  skeleton(card) {
    return make("div", { ...card, class: "card chart" }, make("div", { class: "wait" }), make("div", { class: "wait" }));
  }

  body(card) {
    const { voice, data } = this;
    const { name, unit, verdict, items } = data.chart;
    const longest = Math.max(1, ...items.map((item) => item.value));
    const bar = (kind, value) =>
      make("path", { class: kind, d: `M0 0H${((100 * Math.max(0, value)) / longest).toFixed(2)}V10H0Z` });
    const rows = items.map((item, n) =>
      make(
        "li",
        { part: n ? "row" : "row now", class: !n && "now", "aria-current": !n && "date" },
        make("span", {}, voice.of(item.name)),
        make("span", { class: "score" }, voice.measured(item.so_far, unit, data.club)),
        make(
          "svg",
          { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
          bar("whole", item.value),
          bar("part", item.so_far),
        ),
      ),
    );
    return make(
      "div",
      { ...card, class: "card chart" },
      make(
        "div",
        { class: "head" },
        make("h3", { part: "title" }, voice.say("past")),
        make("span", { class: "muted" }, voice.of(name)),
      ),
      make("p", { part: "verdict" }, voice.of(verdict)),
      make("ol", { part: "list" }, ...rows),
    );
  }
}

customElements.define("loyalty-chart", LoyaltyChart);
