// Copies what the pages need out of node_modules, and writes down where each file comes from, its licence and its
// SHA-256. Run it after changing package.json: `npm ci && node copy.mjs`. Nobody needs Node to run or test the engine.
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const here = import.meta.dirname;
const packages = {
  "@fontsource-variable/vazirmatn": {
    "LICENSE": "vazirmatn/LICENSE.txt",
    "files/vazirmatn-arabic-wght-normal.woff2": "vazirmatn/arabic.woff2",
    "files/vazirmatn-latin-wght-normal.woff2": "vazirmatn/latin.woff2",
  },
  "htmx.org": {
    "LICENSE": "htmx/LICENSE.txt",
    "dist/htmx.min.js": "htmx/htmx.min.js",
  },
  // The same letters as static fonts, for PDFs.
  "vazirmatn": {
    "OFL.txt": "vazirmatn-ttf/LICENSE.txt",
    "fonts/ttf/Vazirmatn-Regular.ttf": "vazirmatn-ttf/Regular.ttf",
    "fonts/ttf/Vazirmatn-Bold.ttf": "vazirmatn-ttf/Bold.ttf",
  },
};

const files = {};
for (const [name, wanted] of Object.entries(packages)) {
  const root = join(here, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  for (const [from, to] of Object.entries(wanted)) {
    const content = readFileSync(join(root, from));
    mkdirSync(dirname(join(here, to)), { recursive: true });
    copyFileSync(join(root, from), join(here, to));
    files[to] = { package: name, version, licence: license, sha256: createHash("sha256").update(content).digest("hex") };
  }
}
writeFileSync(join(here, "manifest.json"), JSON.stringify(files, null, 2) + "\n");
