// Bytes fail the build, milliseconds do not. Limits and their reasons: docs/decisions.md.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const dist = new URL('../dist/', import.meta.url);
const gz = (path) => gzipSync(readFileSync(new URL(path, dist)), { level: 9 }).length;

const assets = readdirSync(new URL('assets/', dist)).filter((name) => name.endsWith('.js'));
const languages = assets.filter((name) => /^[a-z]{2}\.js$/.test(name));
const first = gz('assets/diner.js') + gz('assets/en.js');
const sum = (names) => names.reduce((total, name) => total + gz(`assets/${name}`), 0);
const views = assets.filter((name) => !languages.includes(name));

const rows = [
  ['diner, first view (script and English)', first, 15 * 1024],
  ['diner, every view, one language', sum(views) + gz('assets/en.js'), 24 * 1024],
  ...languages.map((name) => [`words, ${name.slice(0, 2)}`, gz(`assets/${name}`), 2 * 1024]),
];
if (existsSync(new URL('console/console.js', dist))) {
  rows.push(['console', gz('console/console.js'), 15 * 1024]);
}
let failed = false;
for (const [what, bytes, limit] of rows) {
  const over = bytes > limit;
  failed ||= over;
  console.log(`${over ? 'OVER' : ' ok '} ${String(bytes).padStart(6)} of ${limit} B gz  ${what}`);
}
process.exit(failed ? 1 : 0);
