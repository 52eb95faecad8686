// The service worker. It keeps the script of one build as a whole, checked by its hashes, and the last menu, page and pictures that
// were seen. It never answers for a function: an order, a session, a call or the form goes out or fails.
interface Waiting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Waiting {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Worker {
  location: Location;
  clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', run: (event: Waiting) => void): void;
  addEventListener(type: 'fetch', run: (event: Fetching) => void): void;
}
/** Address and hash of each file of the script; written in by the build. */
declare const SHELL: [url: string, integrity: string][];

const worker = self as unknown as Worker;
const shell = `shell ${SHELL.map(([, integrity]) => integrity.slice(7, 15)).join(' ')}`;
const KEPT_MAX = 300;

worker.addEventListener('install', (event) => event.waitUntil(install()));
worker.addEventListener('activate', (event) => event.waitUntil(activate()));
worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return;
  if (url.pathname.startsWith('/assets/')) event.respondWith(fromShell(request));
  else if (/^\/menus\/.*\.json$/.test(url.pathname)) event.respondWith(fromNetwork(request));
  else if (/^\/m\/.*\/$|^\/m(enus)?\/.*\.\w+$/.test(url.pathname)) event.respondWith(fromMenu(event, withoutCode(url.pathname)));
});

/** All of a build or nothing of it: a file of another build has another hash, and the old worker stays. */
async function install(): Promise<void> {
  const cache = await caches.open(shell);
  await Promise.all(SHELL.map(async ([url, integrity]) => cache.put(url, await fetch(url, { integrity, cache: 'no-cache' }))));
  await worker.skipWaiting(); // a page registers us once it has loaded all of its own script
}

async function activate(): Promise<void> {
  const others = (await caches.keys()).filter((name) => name.startsWith('shell ') && name !== shell);
  await Promise.all(others.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

async function fromShell(request: Request): Promise<Response> {
  const cache = await caches.open(shell);
  return (await cache.match(request)) ?? fetch(request);
}

/** The menu's data decides what can be ordered, so it is never answered old; the page takes the copy itself, and says so. */
async function fromNetwork(request: Request): Promise<Response> {
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open('menu')).put(request.url, answer.clone());
  return answer;
}

/** A table's page is the store's: one copy, whatever the code. */
function withoutCode(path: string): string {
  return path.replace(/^(\/m\/[^/]+)\/t\/[^/]+/, '$1');
}

/** The copy at once, and a new copy for the next time; a new one at once where `reload` is asked for. */
async function fromMenu(event: Fetching, path: string): Promise<Response> {
  const cache = await caches.open('menu');
  const old = await cache.match(path);
  const renew = async (): Promise<Response> => {
    const answer = await fetch(event.request);
    if (answer.ok) {
      await cache.put(path, answer.clone());
      const keys = await cache.keys();
      await Promise.all(keys.slice(0, Math.max(0, keys.length - KEPT_MAX)).map((key) => cache.delete(key)));
    } else if (answer.status === 404) await cache.delete(path); // what is gone is gone here too
    return answer;
  };
  if (!old || event.request.cache === 'reload') return renew();
  event.waitUntil(renew().catch(() => {}));
  return old;
}
