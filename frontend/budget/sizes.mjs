// Bytes fail the build, milliseconds do not. Limits and their reasons: docs/decisions.md.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const dist = new URL('../dist/', import.meta.url);
const gz = (path) => gzipSync(readFileSync(new URL(path, dist)), { level: 9 }).length;

const assets = readdirSync(new URL('assets/', dist)).filter((name) => name.endsWith('.js'));
const languages = assets.filter((name) => /^[a-z]{2}\.js$/.test(name) && name !== 'sw.js');
const largest = Math.max(...languages.map((name) => gz(`assets/${name}`)));
const first = gz('assets/diner.js') + largest;
const sum = (names) => names.reduce((total, name) => total + gz(`assets/${name}`), 0);
const worker = 'sw.js'; // loaded once the page stands, and no view
// Fetched by who pays in the page, and by nobody else.
const paying = assets.filter((name) => name.startsWith('paying'));
const payingWords = paying.filter((name) => name !== 'paying.js').map((name) => gz(`assets/${name}`));
const views = assets.filter((name) => !languages.includes(name) && name !== worker && !paying.includes(name));

const rows = [
  ['diner, first view (script and its largest language)', first, 15 * 1024],
  ['diner, every view, one language', sum(views) + largest, 28 * 1024],
  ...languages.map((name) => [`words, ${name.slice(0, 2)}`, gz(`assets/${name}`), 3 * 1024]),
  ['paying and takeout besides (script and its largest language)', gz('assets/paying.js') + Math.max(...payingWords), 12 * 1024],
  ['service worker', gz(`assets/${worker}`), 2 * 1024],
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
