// --- the club: tokens, requests, what is kept for offline, and a tiny poll; shared by the elements of one page ---

const HOME = new URL(import.meta.url).origin;
const FIRST_POLL = 10_000;
const LAST_POLL = 120_000;
const KEEPS = "loyalty:";

class Guest extends Error {}
class Away extends Error {}
class Refused extends Error {}

class Club {
  static all = new Map();

  // The elements that name the same key and the same source of tokens share one.
  static of(key, tokenUrl) {
    const name = `${key} ${tokenUrl}`;
    if (!Club.all.has(name)) Club.all.set(name, new Club(key, tokenUrl));
    return Club.all.get(name);
  }

  constructor(key, tokenUrl) {
    this.key = key;
    this.tokenUrl = tokenUrl;
    this.token = null;
    this.asked = null;
    this.pending = new Map();
    this.listeners = new Set();
    this.seq = null;
    this.pause = FIRST_POLL;
    document.addEventListener("visibilitychange", () => this.wake());
    addEventListener("online", () => this.wake());
  }

  setToken(token) {
    this.token = token || null;
    this.asked = null;
    this.pending = new Map(); // what is under way was asked for somebody else
  }

  // A member's token, other than one that was refused: the one that is known by now, or a new one of the shop's server;
  // asked for once, whoever needs it.
  async credentials(refused = null) {
    if (this.token && this.token !== refused) return this.token;
    if (!this.tokenUrl) throw new Guest();
    this.asked ??= this.ask().finally(() => (this.asked = null));
    return this.asked;
  }

  async ask() {
    let answer;
    try {
      answer = await fetch(this.tokenUrl, { credentials: "same-origin", headers: { Accept: "application/json" } });
    } catch {
      throw new Away();
    }
    if (answer.status >= 500) throw new Away();
    const token = answer.ok && answer.status !== 204 ? (await answer.json().catch(() => ({}))).token : null;
    this.token = token || null;
    if (!token) throw new Guest();
    return token;
  }

  // One answer of the club; the same question asked at the same time travels once.
  get(path) {
    const { pending } = this;
    if (!pending.has(path)) pending.set(path, this.fetch(path).finally(() => pending.delete(path)));
    return pending.get(path);
  }

  async fetch(path) {
    const answer = await this.admitted(path);
    if (answer.status === 404) throw new Guest();
    if (answer.status === 422) throw new Refused((await answer.json()).errors.map(({ message }) => message).join(" "));
    if (!answer.ok) throw new Away();
    return answer.json();
  }

  // Something that the member asks for; a refusal of the club is answered, not thrown.
  async post(path, body) {
    const answer = await this.admitted(path, body);
    if (answer.status >= 500) throw new Away();
    return { ok: answer.ok, told: await answer.json() };
  }

  // An answer to the member; a token that lapsed is renewed once.
  async admitted(path, body) {
    const token = await this.credentials();
    let answer = await this.send(path, token, body);
    if (answer.status === 401) answer = await this.send(path, await this.credentials(token), body);
    if (answer.status === 401) throw new Guest();
    return answer;
  }

  async send(path, token, body) {
    const url = new URL(`/api/v1/widgets/${path}`, HOME);
    url.searchParams.set("club", this.key);
    try {
      const headers = { Authorization: `Bearer ${token}` };
      const asked = body && { method: "POST", body: JSON.stringify(body) };
      if (body) headers["Content-Type"] = "application/json";
      return await fetch(url, { headers, credentials: "omit", ...asked });
    } catch {
      throw new Away();
    }
  }

  // --- kept for offline: the last answer to each question, gone as soon as the shop says that nobody is signed in

  keep(path, data) {
    try {
      localStorage.setItem(`${KEEPS}${this.key}:${path}`, JSON.stringify({ at: Date.now(), data }));
    } catch {
      // A full or forbidden storage only costs the offline view.
    }
  }

  kept(path) {
    try {
      return JSON.parse(localStorage.getItem(`${KEEPS}${this.key}:${path}`));
    } catch {
      return null;
    }
  }

  forget() {
    try {
      for (const name of Object.keys(localStorage)) {
        if (name.startsWith(`${KEEPS}${this.key}:`)) localStorage.removeItem(name);
      }
    } catch {
      // Nothing was kept, then.
    }
  }

  // --- the poll: quick after a change, slower while nothing happens, none while nobody looks

  listen(listener) {
    this.listeners.add(listener);
    this.schedule();
  }

  unlisten(listener) {
    this.listeners.delete(listener);
    if (!this.listeners.size) clearTimeout(this.timer);
  }

  schedule() {
    clearTimeout(this.timer);
    if (this.listeners.size && !document.hidden) this.timer = setTimeout(() => this.poll(), this.pause);
  }

  wake() {
    this.pause = FIRST_POLL;
    if (document.hidden) clearTimeout(this.timer);
    else if (this.listeners.size) this.poll();
  }

  async poll() {
    try {
      const { seq } = await this.get("seq");
      const changed = this.seq !== null && seq !== this.seq;
      this.seq = seq;
      this.pause = changed ? FIRST_POLL : Math.min(this.pause * 1.5, LAST_POLL);
      if (changed || this.away) for (const listener of this.listeners) listener();
      this.away = false;
    } catch (problem) {
      this.away = problem instanceof Away;
      this.pause = LAST_POLL;
      if (problem instanceof Guest) for (const listener of this.listeners) listener();
    }
    this.schedule();
  }
}
