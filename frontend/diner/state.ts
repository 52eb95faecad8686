// What the islands watch. The cart is written to localStorage on every change and read again when another tab writes it.
import { readKept, storageKey as keyOf, type Kept } from '../shared/kept';
import type { Kitchen } from '../shared/kitchen';
import type { Menu } from '../shared/menu';
import type { Order } from '../shared/order';
import { formatMoney } from '../shared/money';
import { locale, slug, tableCode } from './page';
import { signal } from './store';

export const storageKey = keyOf(slug, tableCode);

/** What this phone keeps for the table. All its tabs share it: each look asks whether another has written since. */
export const kept = {
  get value(): Kept {
    readStorage();
    return current.value;
  },
  set value(next: Kept) {
    try {
      const text = JSON.stringify(next);
      if (text !== lastText) localStorage.setItem(storageKey, text);
      lastText = text;
    } catch {
      // full or off: nothing to do but carry on, as long as the page stands
    }
    current.value = next;
  },
};
const current = signal(readKept(null));
let lastText: string | null = null;
readStorage();

export function readStorage(): void {
  let text: string | null = null;
  try {
    text = localStorage.getItem(storageKey);
  } catch {
    // off
  }
  if (text === null || text === lastText) return;
  lastText = text;
  current.value = readKept(text);
}

export const menu = signal<Menu | null>(null);
/** Since when nobody knows whether the menu is still so; null while it is as fresh as the connection. */
export const menuAsOf = signal<number | null>(null);
export const orders = signal<ReadonlyMap<string, Order>>(new Map());

/** Where this phone stands with the restaurant. */
export type Place = 'browsing' | 'joining' | 'joined' | 'unknown' | 'replaced' | 'takeout';
export const place = signal<Place>(tableCode === null ? 'browsing' : kept.value.session ? 'joined' : 'joining');

/** Whether the kitchen takes orders from tables, as the restaurant last said; null where it has no hours, or nothing is known. */
export const kitchen = signal<Kitchen | null>(null);

/** What became of the last press on "send". */
export type Sending =
  | { is: 'idle' }
  | { is: 'sending' }
  | { is: 'waiting' }
  | { is: 'changed'; beforeMinor: number; afterMinor: number }
  | { is: 'ended' }
  | { is: 'blocked'; at: number }
  | { is: 'refused'; code: string; field: string; message: string };
export const sending = signal<Sending>({ is: kept.value.pending ? 'waiting' : 'idle' });

/** Said aloud by screen readers, shown to nobody. */
export const spoken = signal('');

export function followOtherTabs(): void {
  addEventListener('storage', readStorage);
}

/** A name of the restaurant's that a session or an order has in the menu's first language, in the page's. */
export function inOurWords(name: string): string {
  return String(menu.value?.names[name] ?? name);
}

/** A price in the menu's currency and the page's language. */
export function price(minor: number): string {
  const { currency, digits } = menu.value!;
  return formatMoney(minor, currency, digits, locale);
}
