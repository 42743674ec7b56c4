// --- drawing: elements without markup strings, so that a strict policy (even Trusted Types) holds ---

const SVG = "http://www.w3.org/2000/svg";

function make(tag, attributes = {}, ...children) {
  const drawn = ["svg", "path", "text", "g"].includes(tag);
  const node = drawn ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

// The eight-point star: two crossed squares, from the top point clockwise.
function starPath(radius = 45, centre = 50) {
  const dent = Math.cos(Math.PI / 4) / Math.cos(Math.PI / 8);
  const corners = Array.from({ length: 16 }, (_, i) => {
    const angle = (Math.PI * i) / 8 - Math.PI / 2;
    const reach = i % 2 ? radius * dent : radius;
    return `${(centre + reach * Math.cos(angle)).toFixed(2)} ${(centre + reach * Math.sin(angle)).toFixed(2)}`;
  });
  return `M${corners.join("L")}Z`;
}

const STAR = starPath();

// The bare star, for where nobody is known.
function emblem() {
  return make("svg", { class: "emblem", viewBox: "0 0 100 100", "aria-hidden": "true" }, make("path", { d: STAR }));
}

// A star whose outline is filled by `percent`, beginning from what it showed before.
function star(percent, before, shown, spoken, burst) {
  const fill = make("path", { class: "fill", d: STAR, pathLength: 100, "stroke-dasharray": `${before} 100` });
  requestAnimationFrame(() =>
    requestAnimationFrame(() => fill.setAttribute("stroke-dasharray", `${percent} 100`)),
  );
  return make(
    "svg",
    {
      part: "star",
      class: burst ? "star burst" : "star",
      viewBox: "0 0 100 100",
      role: "progressbar",
      "aria-valuemin": 0,
      "aria-valuemax": 100,
      "aria-valuenow": percent,
      "aria-valuetext": spoken,
      "aria-label": spoken,
    },
    make("path", { class: "track", d: STAR }),
    fill,
    make("path", { class: "ray", d: STAR, "aria-hidden": "true" }),
    make("text", { x: 50, y: 51 }, shown),
  );
}
