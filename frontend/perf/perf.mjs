// Lighthouse on the built page, beside an empty page of the same server in the same minutes: milliseconds differ from machine to machine,
// what a page costs above nothing does so less. Starts the program on a folder of its own, or takes BASE_URL with its TABLETAP_DATA.
import { spawn, execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const RUNS = 5;
const TRIES_MAX = 3; // a busy machine gives runs without metrics: they are made again, never averaged in
const LCP_ABOVE_EMPTY_MAX_MS = 200;
const PAGES = { empty: '/m/empty/', en: '/m/kumo-sushi/en/', ar: '/m/bait-sidra/ar/' };
const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'];
const FLAGS = '--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update';
const EMPTY = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Empty</title><meta name="description" content="Nothing to see"></head><body><main><h1>Hello</h1></main></body></html>`;

const root = new URL('../../', import.meta.url).pathname;
const run = promisify(execFile);

/** The running program: its address, its data folder, and how to end it. */
async function program() {
  if (process.env.BASE_URL) {
    return { url: process.env.BASE_URL.replace(/\/$/, ''), data: process.env.TABLETAP_DATA ?? join(root, '.tabletap'), end() {} };
  }
  const data = mkdtempSync(join(tmpdir(), 'tabletap-perf-'));
  const binary = join(process.env.CARGO_TARGET_DIR ?? join(root, 'target'), 'debug/tabletap');
  const child = spawn(binary, ['run'], { cwd: root, env: { ...process.env, PORT: '0', TABLETAP_DATA: data }, stdio: ['ignore', 'pipe', 'inherit'] });
  const over = new Promise((resolve) => child.once('exit', resolve));
  const url = await new Promise((resolve, reject) => {
    child.stdout.on('data', (text) => {
      const [, found] = /ready (http\S+)/.exec(String(text)) ?? [];
      if (found) resolve(found);
    });
    child.once('error', reject);
    void over.then(() => reject(new Error('the program ended before it was ready')));
  });
  const end = async () => {
    child.kill('SIGTERM');
    await over;
    rmSync(data, { recursive: true, force: true });
  };
  return { url, data, end };
}

/** The browser of the journeys: the one named, else Playwright's own. */
function chromium() {
  const named = process.env.CHROMIUM;
  return named ? named : createRequire(new URL('../package.json', import.meta.url))('@playwright/test').chromium.executablePath();
}

/** One run of Lighthouse as it comes: mobile, slow 4G, a processor slowed four times, a fresh browser. */
async function lighthouse(url) {
  const cli = createRequire(import.meta.url).resolve('lighthouse/cli/index.js');
  for (let n = 0; n < TRIES_MAX; n += 1) {
    const args = [cli, url, '--output=json', '--quiet', `--only-categories=${CATEGORIES}`, `--chrome-flags=${FLAGS}`];
    const { stdout } = await run(process.execPath, args, { env: { ...process.env, CHROME_PATH: chromium() }, maxBuffer: 64 << 20 }).catch((failed) => failed);
    const result = measured(stdout);
    if (result !== null) return result;
    console.error(`no metrics for ${url}, once more`);
  }
  throw new Error(`Lighthouse gave no metrics for ${url} in ${TRIES_MAX} runs`);
}

function measured(json) {
  if (!json) return null;
  const { audits, categories } = JSON.parse(json);
  const value = (id) => audits[id]?.numericValue;
  const sent = audits['network-requests']?.details?.items ?? [];
  const scores = CATEGORIES.map((id) => categories[id]?.score);
  const failing = CATEGORIES.slice(1).flatMap((id) => categories[id].auditRefs.filter(({ id: audit, weight }) => weight > 0 && audits[audit].score !== null && audits[audit].score < 1).map((ref) => ref.id));
  const result = {
    ...Object.fromEntries(CATEGORIES.map((id, index) => [id, Math.round(scores[index] * 100)])),
    lcp: value('largest-contentful-paint'),
    cls: value('cumulative-layout-shift'),
    tbt: value('total-blocking-time'),
    bytes: sent.reduce((sum, request) => sum + (request.transferSize ?? 0), 0),
    requests: sent.length,
  };
  return Object.values(result).every(Number.isFinite) ? { ...result, failing } : null;
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

function complaints(name, page, emptyLcp) {
  const low = CATEGORIES.slice(1).filter((id) => page[id] < 100).map((id) => `${id} is ${page[id]}, not 100`);
  const late = page.lcp > emptyLcp + LCP_ABOVE_EMPTY_MAX_MS ? [`LCP is ${Math.round(page.lcp - emptyLcp)} ms above the empty page's`] : [];
  const moved = page.cls > 0 ? [`CLS is ${page.cls}`] : [];
  return [...low, ...late, ...moved].map((sentence) => `${name}: ${sentence}`);
}

const server = await program();
const site = join(server.data, 'site');
const [empty, itsHeaders] = [join(site, PAGES.empty), join(site, '.headers', PAGES.empty)];
const runs = Object.fromEntries(Object.keys(PAGES).map((name) => [name, []]));
try {
  if (!existsSync(site)) throw new Error(`no data of the program lies in ${server.data}; name its folder with TABLETAP_DATA`);
  mkdirSync(empty, { recursive: true });
  writeFileSync(join(empty, 'index.html'), EMPTY);
  cpSync(join(site, '.headers', PAGES.en), itsHeaders, { recursive: true }); // what a menu is served with
  for (let n = 1; n <= RUNS; n += 1) {
    for (const [name, path] of Object.entries(PAGES)) runs[name].push(await lighthouse(server.url + path));
    console.error(`round ${n} of ${RUNS} done, load ${loadavg()[0].toFixed(1)}`);
  }
} finally {
  for (const folder of [empty, itsHeaders]) rmSync(folder, { recursive: true, force: true });
  await server.end();
}

const KEYS = [...CATEGORIES, 'lcp', 'cls', 'tbt', 'bytes', 'requests'];
const medians = Object.fromEntries(Object.entries(runs).map(([name, all]) => [name, Object.fromEntries(KEYS.map((key) => [key, median(all.map((one) => one[key]))]))]));
console.log(`Lighthouse mobile, median of ${RUNS}, on ${cpus().length} x ${cpus()[0]?.model}, load ${loadavg().map((n) => n.toFixed(1)).join(' ')}, ${new Date().toISOString()}`);
console.log('page   a11y  best  SEO  perf    LCP  above empty  CLS    TBT   bytes  requests   LCP of every run');
for (const [name, page] of Object.entries(medians)) {
  const lcps = runs[name].map(({ lcp }) => Math.round(lcp)).sort((a, b) => a - b).join(' ');
  const cells = [[page.accessibility, 6], [page['best-practices'], 6], [page.seo, 5], [page.performance, 6], [Math.round(page.lcp), 7],
    [Math.round(page.lcp - medians.empty.lcp), 13], [Number(page.cls.toFixed(4)), 5], [Math.round(page.tbt), 7], [page.bytes, 8], [page.requests, 10]];
  console.log(name.padEnd(5) + cells.map(([cell, width]) => String(cell).padStart(width)).join('') + '   ' + lcps);
}
const failing = new Set(Object.entries(runs).flatMap(([name, all]) => (name === 'empty' ? [] : all.flatMap((one) => one.failing.map((id) => `${name}: audit ${id} is not passed`)))));
const wrong = Object.entries(medians).filter(([name]) => name !== 'empty').flatMap(([name, page]) => complaints(name, page, medians.empty.lcp));
for (const sentence of [...failing, ...wrong]) console.log(sentence);
process.exit(wrong.length > 0 ? 1 : 0);
