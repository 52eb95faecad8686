// The printed list. It is never rendered again: dishes become openable, what has run out is marked, what is on the order is counted.
import { effect } from '@preact/signals';
import { countOf } from '../shared/kept';
import { readMenu } from '../shared/menu';
import { call, pause } from './api';
import { menuUrl, tableCode } from './page';
import { go } from './router';
import { kept, menu } from './state';
import { t } from './words';

const rows = new Map<string, HTMLElement>();

export function enhanceList(): void {
  for (const row of document.querySelectorAll<HTMLElement>('.dish[data-item]')) {
    const id = row.dataset['item'] ?? '';
    rows.set(id, row);
    const heading = row.querySelector('h3');
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'open';
    button.append(...(heading?.childNodes ?? []));
    heading?.append(button);
    button.addEventListener('click', () => go(`dish/${encodeURIComponent(id)}`));
  }
  if (tableCode !== null) keepCodeInLinks(tableCode);
  effect(() => {
    for (const [id, row] of rows) mark(row, 'qty', String(countOf(kept.value, id)), countOf(kept.value, id) > 0);
  });
  markSection();
}

/** The other languages lead to the same table. */
function keepCodeInLinks(code: string): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>('.langs a')) link.search = `?t=${encodeURIComponent(code)}`;
}

function mark(row: HTMLElement, className: string, text: string, isShown: boolean, into: Element = row): void {
  const old = row.querySelector(`.${className}`);
  if (!isShown) return old?.remove();
  const badge = old ?? into.appendChild(document.createElement('span'));
  badge.className = `${className} num`;
  if (className === 'qty') badge.ariaHidden = 'true'; // the bar and the cart say it in words
  if (badge.textContent !== text) badge.textContent = text;
}

/** Fetches the menu as it is now and marks what has run out since the page was written. */
export async function refreshMenu(): Promise<void> {
  const answer = await call('GET', menuUrl);
  if (answer.is === 'none' || answer.status >= 300) return;
  const fresh = readMenu(answer.body);
  menu.value = fresh;
  for (const [id, row] of rows) {
    const isOut = !fresh.items.get(id)?.available;
    row.classList.toggle('out', isOut);
    mark(row, 'badge', t.soldOut, isOut, row.querySelector('.p') ?? row);
  }
}

/** Fetches the menu, however long the connection takes. */
export async function loadMenu(): Promise<void> {
  for (let n = 0; ; n += 1) {
    await refreshMenu();
    if (menu.value !== null) return;
    await pause(n).over;
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
      if (link && bar) bar.scrollTo({ left: link.offsetLeft - bar.clientWidth / 3 });
    },
    { rootMargin: '-80px 0px -60% 0px' },
  );
  for (const id of links.keys()) {
    const section = document.getElementById(id);
    if (section) observer.observe(section);
  }
}
