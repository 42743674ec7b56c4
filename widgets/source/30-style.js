// --- style: one constructed sheet for all elements; works where the page's policy forbids inline styles ---

const SHEET = new CSSStyleSheet();
SHEET.replaceSync(`
:host {
  --_surface: var(--loyalty-surface, #fffdf8); --_ink: var(--loyalty-ink, #16213e);
  --_muted: var(--loyalty-muted, #5b6478); --_line: var(--loyalty-line, #e3dac7);
  --_star: var(--loyalty-star, #b57a12); --_track: var(--loyalty-track, #e6dcc6);
  --_me: var(--loyalty-me, #fbeed0); --_me-ink: var(--loyalty-me-ink, #16213e);
  --_accent: var(--loyalty-accent, #7a5200); --_action: var(--loyalty-action, #1f4e8c);
  --_radius: var(--loyalty-radius, 16px);
  display: block; box-sizing: border-box; min-block-size: var(--loyalty-min-block-size, 12rem);
  contain: content; color: var(--_ink); font-family: inherit; font-size: 1rem; line-height: 1.55; text-align: start;
}
@supports (color: light-dark(#000, #fff)) {
  :host {
    --_surface: var(--loyalty-surface, light-dark(#fffdf8, #131b30)); --_ink: var(--loyalty-ink, light-dark(#16213e, #ede9df));
    --_muted: var(--loyalty-muted, light-dark(#5b6478, #a3abc0)); --_line: var(--loyalty-line, light-dark(#e3dac7, #27324d));
    --_star: var(--loyalty-star, light-dark(#b57a12, #f0b93a)); --_track: var(--loyalty-track, light-dark(#e6dcc6, #2b3654));
    --_me: var(--loyalty-me, light-dark(#fbeed0, #352a12)); --_me-ink: var(--loyalty-me-ink, light-dark(#16213e, #ede9df));
    --_accent: var(--loyalty-accent, light-dark(#7a5200, #f0b93a)); --_action: var(--loyalty-action, light-dark(#1f4e8c, #8ab4f0));
  }
}
:host([theme="light"]) { color-scheme: light; }
:host([theme="dark"]) { color-scheme: dark; }
:host([hidden]) { display: none; }
* { box-sizing: border-box; }
h3, p, ol { margin: 0; padding: 0; }
.card {
  display: grid; gap: 16px; align-content: center; min-block-size: inherit; padding: 24px;
  background: var(--_surface); border: 1px solid var(--_line); border-radius: var(--_radius);
}
:lang(fa) { line-height: 1.8; }
.muted { color: var(--_muted); font-size: 0.875rem; }
.guest { place-items: center; text-align: center; }
.guest { align-content: center; }
.emblem { inline-size: 56px; block-size: 56px; fill: none; stroke: var(--_star); stroke-width: 6.5; }
.progress { grid-template-columns: auto minmax(0, 1fr); align-items: center; column-gap: 24px; }
.progress .wide { grid-column: 1 / -1; }
.star { display: block; inline-size: 112px; block-size: 112px; overflow: visible; }
.star path { fill: none; stroke-width: 6.5; }
.track { stroke: var(--_track); }
.fill { stroke: var(--_star); transition: stroke-dasharray 800ms cubic-bezier(0.16, 0.84, 0.32, 1); }
[dir="rtl"] .fill { transform: scaleX(-1); transform-origin: 50px 50px; }
.star .ray { stroke: var(--_star); stroke-width: 2; opacity: 0; transform-origin: 50px 50px; }
.burst .ray { animation: burst 800ms ease-out 1; }
@keyframes burst { from { opacity: 1; transform: scale(1); } to { opacity: 0; transform: scale(1.6); } }
.star text { font-size: 19px; font-weight: 800; fill: var(--_ink); text-anchor: middle; dominant-baseline: central; }
.eyebrow { font-size: 0.875rem; font-weight: 700; color: var(--_accent); }
.title { font-size: 1.5rem; font-weight: 800; line-height: 1.4; }
.head { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 4px 16px; }
.head h3 { font-size: 1.2rem; font-weight: 800; line-height: 1.5; }
.board { align-content: start; }
ol { list-style: none; display: grid; }
li {
  display: grid; grid-template-columns: minmax(2.25rem, auto) minmax(0, 1fr) auto; align-items: center; gap: 12px;
  min-block-size: 44px; padding: 6px 12px; border-block-end: 1px solid var(--_line);
}
li:last-child { border-block-end: 0; }
.rank, .score { font-variant-numeric: tabular-nums; }
.rank { color: var(--_muted); }
.name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.me { border: 0; border-radius: 8px; background: var(--_me); color: var(--_me-ink); font-weight: 800; }
.me .rank { color: inherit; }
.chart { align-content: start; }
.chart li { grid-template-columns: minmax(0, 1fr) auto; gap: 4px 12px; min-block-size: 0; padding-inline: 0; border: 0; }
.chart .now { font-weight: 800; }
.chart svg { grid-column: 1 / -1; inline-size: 100%; block-size: 12px; }
[dir="rtl"].chart svg { transform: scaleX(-1); }
.whole { fill: var(--_track); }
.part { fill: var(--_muted); }
.now .part { fill: var(--_star); }
.rewards { align-content: start; }
.rewards ul { list-style: none; display: grid; gap: 12px; margin: 0; padding: 0; }
.tall { grid-template-columns: minmax(0, 1fr); gap: 4px; }
.bar { inline-size: 100%; block-size: 8px; }
.bar .whole { fill: var(--_line); } .bar .part { fill: var(--_star); }
:dir(rtl) .bar { transform: scaleX(-1); }
.odds li { grid-template-columns: minmax(0, 1fr) auto; min-block-size: 0; padding-inline: 0; }
.closed { color: var(--_muted); }
.rewards li { grid-template-columns: minmax(0, 1fr) auto; border: 1px solid var(--_line); border-radius: 8px; padding: 12px 16px; }
.rewards li:last-child { border-block-end: 1px solid var(--_line); }
.rewards h4 { margin: 0; font-size: 1rem; font-weight: 700; }
.rewards .mine { border-inline-start: 6px solid var(--_star); }
.rewards form { display: grid; gap: 8px; justify-items: stretch; }
.code { font: 700 1.1rem ui-monospace, monospace; letter-spacing: 0.06em; user-select: all; }
select { min-block-size: 44px; font: inherit; color: inherit; background: var(--_surface); border: 1px solid var(--_line); border-radius: 8px; }
.problem { color: var(--_accent); font-weight: 700; }
.old { display: flex; align-items: center; gap: 8px; font-size: 0.875rem; color: var(--_accent); }
.old::before { content: ""; inline-size: 8px; block-size: 8px; border-radius: 50%; background: currentcolor; flex: none; }
button {
  min-block-size: 44px; padding: 8px 24px; border: 2px solid var(--_action); border-radius: 999px; background: none;
  color: var(--_action); font: inherit; font-weight: 700; cursor: pointer;
}
:focus-visible { outline: 3px solid var(--_action); outline-offset: 2px; }
.hidden { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.wait { background: var(--_track); border-radius: 8px; min-block-size: 1.2rem; opacity: 0.6; }
.wait.round { inline-size: 112px; block-size: 112px; border-radius: 50%; }
@media (prefers-reduced-motion: reduce) { .fill { transition: none; } .burst .ray { animation: none; } }
`);
