// --- what every element does: find the club, ask, draw, keep, say what happened ---

class LoyaltyElement extends HTMLElement {
  static observedAttributes = ["club", "token-url", "token", "lang", "live"];

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [SHEET];
    this.changed = () => this.refresh();
    this.data = null;
  }

  connectedCallback() {
    this.draw("waiting");
    this.join();
  }

  disconnectedCallback() {
    this.club?.unlisten(this.changed);
    this.club = null;
  }

  attributeChangedCallback(name, before, now) {
    if (!this.isConnected || before === now || !this.club) return;
    if (name === "lang") this.draw(this.state);
    else this.join();
  }

  join() {
    this.club?.unlisten(this.changed);
    this.club = Club.of(this.getAttribute("club") ?? "", this.getAttribute("token-url") ?? "");
    if (this.hasAttribute("token")) this.club.setToken(this.getAttribute("token"));
    if (this.getAttribute("live") !== "off") this.club.listen(this.changed);
    this.refresh();
  }

  // Hand over a member's token where the page makes it itself.
  setToken(token) {
    this.club?.setToken(token);
    return this.refresh();
  }

  // Ask the club again.
  async refresh() {
    const { club, path } = this;
    if (!club) return;
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const passed = () => turn !== this.turn || club !== this.club;
    try {
      const data = await club.get(path);
      if (passed()) return;
      club.keep(path, this.keepable(data));
      this.show(data, null);
    } catch (problem) {
      if (passed()) return;
      if (problem instanceof Guest) {
        club.forget();
        this.data = null;
        this.draw("guest");
      } else if (problem instanceof Refused) {
        this.data = null;
        this.draw("refused");
        this.tell("error", { reason: "refused", detail: problem.message });
      } else if (problem instanceof Away) {
        const kept = club.kept(path);
        if (kept) this.show(kept.data, kept.at);
        else this.draw("failed");
        this.tell("error", { reason: "unreachable" });
      } else {
        throw problem;
      }
    }
  }

  show(data, oldAt) {
    const before = this.data;
    this.data = data;
    this.oldAt = oldAt;
    this.draw("ready", before);
    if (!before) this.tell("ready", {});
    else this.compare(before, data);
  }

  compare() {}

  // What of an answer may lie in the browser for offline.
  keepable(data) {
    return data;
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(`loyalty:${name}`, { bubbles: true, composed: true, detail }));
  }

  get voice() {
    const asked = this.getAttribute("lang") ?? this.closest("[lang]")?.lang ?? document.documentElement.lang;
    const lang = asked?.toLowerCase().startsWith("fa") ? "fa" : "en";
    if (this.spoken?.lang !== lang) this.spoken = new Voice(lang);
    return this.spoken;
  }

  draw(state, before = null) {
    this.state = state;
    const { voice } = this;
    const card = { part: "card", lang: voice.lang, dir: voice.lang === "fa" ? "rtl" : "ltr" };
    let node;
    if (state === "guest") node = make("div", { ...card, class: "card guest" }, emblem(), make("slot"));
    else if (state === "refused") {
      node = make("div", { ...card, class: "card guest" }, make("p", { class: "muted" }, voice.say("refused")));
    } else if (state === "failed") {
      const again = make("button", { type: "button", onclick: this.changed }, voice.say("again"));
      node = make("div", { ...card, class: "card guest" }, make("p", { class: "muted" }, voice.say("failed")), again);
    } else if (state === "ready") node = this.body(card, before);
    else node = this.skeleton(card);
    if (state === "ready" && this.oldAt) {
      const when = voice.date(this.oldAt, this.data.club, true);
      node.append(make("p", { part: "old", class: "old wide", role: "status" }, voice.say("old", { when })));
    }
    this.toggleAttribute("aria-busy", state === "waiting");
    this.shadowRoot.replaceChildren(node);
  }
}
