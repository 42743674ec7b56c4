// --- words, figures and dates: the one formatter of the browser's side ---

const WORDS = {
  en: {
    share: "{share} of the way to {tier}",
    top: "The highest tier of the club",
    start: "At the start",
    tier: "Your tier",
    old: "As of {when}, without a connection",
    failed: "The club can't be reached just now.",
    refused: "This page asks for something that the club does not have.",
    again: "Try again",
    you: "You",
    nobody: "Nobody has a score in this period yet. Be the first.",
    absent: "Your name appears here with your next purchase.",
    counting: "The board is being counted again. Look once more in a minute.",
    rank: "Rank",
    name: "Name",
    score: "Score",
    days: ["day", "days"],
    times: ["time", "times"],
    past: "Me against my past",
    rewards: "Rewards",
    yours: "Yours",
    get: "Get it",
    choose: "Choose yours …",
    free: "Free",
    left: "{n} left",
    show: "Show it at the till.",
    pin: "PIN",
    none: "The club has no rewards yet.",
    got: "It is yours now.",
    quests: "Challenges",
    story: "The story",
    luck: "Turns of luck",
    idle: "There is nothing here yet.",
    join: "I will do it",
    joined: "It has begun.",
    done: "Done",
    turn: "Turn it",
    won: "You have won:",
    lost: "Nothing this time.",
  },
  fa: {
    share: "{share} از راه تا سطح {tier}",
    top: "بالاترین سطح باشگاه",
    start: "در آغاز راه",
    tier: "سطح شما",
    old: "داده‌های {when}؛ اکنون اتصالی نیست",
    failed: "اکنون به باشگاه دسترسی نیست.",
    refused: "این صفحه چیزی می‌خواهد که باشگاه ندارد.",
    again: "دوباره",
    you: "شما",
    nobody: "هنوز کسی در این دوره امتیازی ندارد؛ نخستین نفر باشید.",
    absent: "با خرید بعدی، نام شما هم این‌جا می‌آید.",
    counting: "رده‌بندی دوباره شمرده می‌شود؛ یک دقیقهٔ دیگر ببینید.",
    rank: "رتبه",
    name: "نام",
    score: "امتیاز",
    days: ["روز", "روز"],
    times: ["بار", "بار"],
    past: "من در برابر گذشته‌ام",
    rewards: "پاداش‌ها",
    yours: "در دست شما",
    get: "می‌خواهم",
    choose: "برگزینید …",
    free: "رایگان",
    left: "{n} عدد مانده",
    show: "پای صندوق نشان بدهید.",
    pin: "رمز",
    none: "باشگاه هنوز پاداشی ندارد.",
    got: "از آنِ شما شد.",
    quests: "چالش‌ها",
    story: "داستان",
    luck: "گردونهٔ بخت",
    idle: "هنوز چیزی این‌جا نیست.",
    join: "می‌پذیرم",
    joined: "آغاز شد.",
    done: "انجام شد",
    turn: "بچرخان",
    won: "برنده شدید:",
    lost: "این بار چیزی نبود.",
  },
};

const fill = (words, slots) => words.replace(/\{(\w+)\}/g, (_, name) => slots[name]);

class Voice {
  constructor(lang) {
    this.lang = lang;
    this.locale = lang === "fa" ? "fa-IR" : "en-GB";
    this.figures = new Intl.NumberFormat(this.locale, { maximumFractionDigits: 3 });
  }

  say(key, slots = {}) {
    return fill(WORDS[this.lang][key], slots);
  }

  // A text that the club sent in both languages.
  of(text) {
    return text ? (text[this.lang] ?? text.en) : "";
  }

  number(value) {
    return this.figures.format(value);
  }

  // Percent, floored by the engine: 100 means done.
  share(percent) {
    return new Intl.NumberFormat(this.locale, { style: "percent" }).format(percent / 100);
  }

  // Money as the club shows it: toman drop a zero rial, other currencies keep their decimals.
  money(minor, unit) {
    const digits = unit.whole && minor % 10 ** unit.decimals === 0 ? 0 : unit.decimals;
    const shape = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    const figure = new Intl.NumberFormat(this.locale, shape).format(minor / 10 ** unit.decimals);
    const name = this.of(unit.name);
    return this.lang === "en" && /[$€£]$/.test(name) ? name + figure : `${figure} ${name}`;
  }

  // A counter's figure with its unit.
  measured(value, unit, club) {
    if (unit === "money") return this.money(value, club.unit);
    if (unit === "quantity") return this.number(value / 1000);
    const nouns = WORDS[this.lang][unit];
    return nouns ? `${this.number(value)} ${nouns[value === 1 ? 0 : 1]}` : this.number(value);
  }

  // A long date of the club's calendar, built from its parts, because engines order them differently.
  date(instant, club, withTime = false) {
    const calendar = club.calendar === "jalali" ? "persian" : "gregory";
    const shape = { calendar, timeZone: club.timezone, day: "numeric", month: "long", year: "numeric" };
    if (withTime) Object.assign(shape, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    const found = {};
    for (const { type, value } of new Intl.DateTimeFormat(this.locale, shape).formatToParts(new Date(instant))) {
      found[type] ??= value;
    }
    const day = `${found.day} ${found.month} ${found.year}`;
    return withTime ? `${day}${this.lang === "fa" ? "،" : ","} ${found.hour}:${found.minute}` : day;
  }
}
