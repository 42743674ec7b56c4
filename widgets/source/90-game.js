// --- <loyalty-quests>, <loyalty-story>, <loyalty-spin>: what there is to do, where it leads, and a turn of luck ---

// An element with buttons: what a press came to is said once, and everything is asked for again.
class LoyaltyPlay extends LoyaltyElement {
  skeleton(card) {
    return make("div", { ...card, class: "card" }, make("div", { class: "wait" }), make("div", { class: "wait" }));
  }

  frame(card, title, ...parts) {
    const said = this.said && make("p", { class: this.said.ok ? "eyebrow" : "problem", role: "status" }, this.said.text);
    return make("div", { ...card, class: "card" }, make("h3", { part: "title" }, title), said, ...parts);
  }

  bar(share, label) {
    const whole = { role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": share, "aria-label": label };
    const path = (kind, width) => make("path", { class: kind, d: `M0 0H${width}V10H0Z` });
    const sides = { class: "bar", viewBox: "0 0 100 10", preserveAspectRatio: "none", part: "bar", ...whole };
    return make("svg", sides, path("whole", 100), path("part", share));
  }

  press(label, path, after) {
    const act = async ({ target }) => {
      target.disabled = true;
      try {
        const { ok, told } = await this.club.post(`${path}?lang=${this.voice.lang}`, { key: crypto.randomUUID() });
        this.said = { ok, text: ok ? after(told) : told.detail };
      } catch (problem) {
        if (!(problem instanceof Away || problem instanceof Guest)) throw problem;
        this.said = { ok: false, text: this.voice.say("failed") };
        this.tell("error", { reason: "unreachable" });
      }
      await this.refresh();
    };
    return make("button", { type: "button", part: "get", onclick: act }, label);
  }
}

class LoyaltyQuests extends LoyaltyPlay {
  path = "quests";

  body(card) {
    const { voice, data } = this;
    const limit = Number(this.getAttribute("limit")) || Infinity;
    const running = data.running.slice(0, limit).map(({ title, how, share, until }) =>
      make(
        "li",
        { part: "row", class: "tall" },
        make("h4", {}, voice.of(title)),
        make("p", { class: "muted" }, voice.of(how)),
        this.bar(share, `${voice.of(title)} ${voice.share(share)}`),
        make("p", { class: "muted" }, voice.share(share), until ? ` · ${voice.of(until)}` : ""),
      ),
    );
    const open = data.open.map(({ code, title, how }) =>
      make(
        "li",
        { part: "row", class: "tall" },
        make("h4", {}, voice.of(title)),
        make("p", { class: "muted" }, voice.of(how)),
        this.press(voice.say("join"), `quests/${code}`, () => voice.say("joined")),
      ),
    );
    const list = running.length + open.length ? make("ul", { part: "list" }, ...running, ...open) : make("p", { class: "muted" }, voice.say("idle"));
    return this.frame(card, voice.say("quests"), list);
  }
}

class LoyaltyStory extends LoyaltyPlay {
  path = "story";

  body(card) {
    const { voice, data } = this;
    if (!data.story) return this.frame(card, voice.say("story"), make("p", { class: "muted" }, voice.say("idle")));
    const { title, chapters, end } = data.story;
    const row = ({ title: name, text, state, share }) =>
      make(
        "li",
        { part: `chapter ${state}`, class: `tall ${state}`, "aria-current": state === "open" && "step" },
        make("h4", {}, voice.of(name)),
        text && make("p", {}, voice.of(text)),
        state === "open" && this.bar(share, `${voice.of(name)} ${voice.share(share)}`),
        state === "done" && make("p", { class: "muted" }, voice.say("done")),
      );
    return this.frame(card, voice.of(title), make("ol", { part: "list" }, ...chapters.map(row), end && row(end)));
  }
}

class LoyaltySpin extends LoyaltyPlay {
  path = "spins";

  body(card) {
    const { voice, data } = this;
    const rows = data.spins.map(({ code, title, odds, left, next }) =>
      make(
        "li",
        { part: "row", class: "tall" },
        make("h4", {}, voice.of(title)),
        make(
          "ul",
          { part: "odds", class: "odds" },
          ...odds.map(({ gives, chance }) => make("li", {}, make("span", {}, voice.of(gives)), make("span", { class: "score" }, voice.of(chance)))),
        ),
        left
          ? this.press(voice.say("turn"), `spins/${code}`, ({ won, gives }) => (won ? `${voice.say("won")} ${voice.of(gives)}` : voice.say("lost")))
          : make("p", { class: "muted" }, voice.of(next)),
      ),
    );
    return this.frame(card, voice.say("luck"), rows.length ? make("ul", { part: "list" }, ...rows) : make("p", { class: "muted" }, voice.say("idle")));
  }
}

customElements.define("loyalty-quests", LoyaltyQuests);
customElements.define("loyalty-story", LoyaltyStory);
customElements.define("loyalty-spin", LoyaltySpin);
