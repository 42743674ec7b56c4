// Marks the part of the page that is in sight in both menus. Without this script every link still works.
const links = [...document.querySelectorAll("a[data-part]")];
const parts = new Map([...new Set(links.map((link) => link.dataset.part))].map((id) => [document.getElementById(id), id]));
parts.delete(null);

const inSight = new Set();
const watcher = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) isIntersecting ? inSight.add(target) : inSight.delete(target);
    const first = [...parts.keys()].find((part) => inSight.has(part));
    if (!first) return;
    for (const link of links) {
      if (link.dataset.part === parts.get(first)) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  },
  { rootMargin: "-20% 0px -60% 0px" },
);
for (const part of parts.keys()) watcher.observe(part);
