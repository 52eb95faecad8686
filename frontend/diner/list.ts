// The printed list. It is never rendered again: dishes become openable, what has run out is marked, what is on the order is counted.
import { countOf } from '../shared/kept';
import { readMenu, type Menu } from '../shared/menu';
import { call, pause } from './api';
import { menuUrl, tableCode } from './page';
import { go } from './router';
import { kept, menu, menuAsOf, place } from './state';
import { follow } from './store';
import { num, t } from './words';

/** A dish may stand twice: in its section, and among the favourites. */
export const rows: [id: string, row: HTMLElement][] = [];

export function enhanceList(): void {
  for (const row of document.querySelectorAll<HTMLElement>('[data-item]')) {
    const id = row.dataset['item'] ?? '';
    rows.push([id, row]);
    row.querySelector('.open')?.addEventListener('click', (event) => {
      event.preventDefault(); // it leads to the form
      go(`dish/${encodeURIComponent(id)}`);
    });
  }
  document.getElementById('table')?.addEventListener('click', () => go('table'));
  const find = document.getElementById('find');
  find?.addEventListener('submit', (event) => event.preventDefault());
  find?.querySelector('button')?.addEventListener('click', () => go('diet'));
  follow(() => kept.value.lines, () => {
    for (const [id, row] of rows) {
      const count = countOf(kept.value, id);
      mark(row, 'qty', count > 0 ? num(count) : null);
    }
  });
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && menu.value) void refreshMenu();
  });
  addEventListener('online', () => void refreshMenu());
  markSection();
}

/** Puts a mark on a dish, or takes it off where `text` is null. */
export function mark(row: HTMLElement, className: string, text: string | null, into: Element = row): void {
  const old = row.querySelector(`.${className}`);
  if (text === null) return old?.remove();
  const badge = old ?? into.appendChild(document.createElement('span'));
  badge.className = `${className} num`;
  if (className === 'qty') badge.ariaHidden = 'true'; // the bar and the cart say it in words
  if (badge.textContent !== text) badge.textContent = text;
}

let goodAt = Date.now();

/** Fetches the menu as it is now; without a connection, as this phone last had it. */
export async function refreshMenu(): Promise<void> {
  const answer = await call('GET', menuUrl);
  if (answer.is === 'answer' && answer.status < 300) {
    goodAt = Date.now();
    show(readMenu(answer.body), null);
  } else if (menu.value) menuAsOf.value = goodAt;
  else {
    const last = await globalThis.caches?.match(menuUrl);
    if (last && !menu.value) show(readMenu(await last.json()), Date.parse(last.headers.get('date') ?? '') || goodAt);
  }
}

/** Marks what has run out since the page was written. */
function show(fresh: Menu, asOf: number | null): void {
  menuAsOf.value = asOf;
  if (tableCode === null) place.value = fresh.takeout ? 'takeout' : 'browsing';
  menu.value = fresh;
  for (const [id, row] of rows) {
    const isOut = !fresh.items.get(id)?.available;
    row.classList.toggle('out', isOut);
    mark(row, 'badge', isOut ? t.soldOut : null, row.querySelector('.p') ?? row);
  }
}

// With the publisher's and the caches' time, a dish that has run out is marked on an open page within 30 s.
const LOOK_AGAIN_MS = 12_000;

/** Fetches the menu as it is now, however long the connection takes, and looks again for as long as somebody looks at the page. */
export async function followMenu(): Promise<never> {
  for (let n = 0; ; ) {
    if (!document.hidden) await refreshMenu();
    const isFresh = menu.value !== null && menuAsOf.value === null;
    n = isFresh ? 0 : n + 1;
    await (isFresh ? new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS)) : pause(n - 1).over);
  }
}

/** Marks the section in view in the bar and keeps its name visible there. */
function markSection(): void {
  const bar = document.querySelector('.bar ul');
  const links = new Map([...document.querySelectorAll<HTMLAnchorElement>('.bar a')].map((link) => [link.hash.slice(1), link]));
  const seen = new Set<string>();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) isIntersecting ? seen.add(target.id) : seen.delete(target.id);
      const current = [...links.keys()].find((id) => seen.has(id));
      if (current === undefined) return;
      for (const [id, link] of links) id === current ? link.setAttribute('aria-current', 'true') : link.removeAttribute('aria-current');
      const link = links.get(current);
      if (!link || !bar) return;
      const [at, room] = [link.getBoundingClientRect(), bar.getBoundingClientRect()];
      bar.scrollBy({ left: at.left + at.width / 2 - room.left - room.width / 2 }); // from either side
    },
    { rootMargin: '-80px 0px -60% 0px' },
  );
  for (const id of links.keys()) {
    const section = document.getElementById(id);
    if (section) observer.observe(section);
  }
}
