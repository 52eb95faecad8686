// What the islands watch. The cart is written to localStorage on every change and read again when another tab writes it.
import { readKept, storageKey, type Kept } from '../shared/kept';
import type { Menu } from '../shared/menu';
import type { Order } from '../shared/order';
import { formatMoney } from '../shared/money';
import { locale, slug, tableCode } from './page';
import { follow, signal } from './store';

const key = storageKey(slug, tableCode);

function stored(): Kept {
  try {
    return readKept(localStorage.getItem(key));
  } catch {
    return readKept(null); // storage is off: the cart lives as long as the page
  }
}

export const kept = signal(stored());
export const menu = signal<Menu | null>(null);
/** Since when nobody knows whether the menu is still so; null while it is as fresh as the connection. */
export const menuAsOf = signal<number | null>(null);
export const orders = signal<ReadonlyMap<string, Order>>(new Map());

/** Where this phone stands with the restaurant. */
export type Place = 'browsing' | 'joining' | 'joined' | 'unknown';
export const place = signal<Place>(tableCode === null ? 'browsing' : kept.value.session ? 'joined' : 'joining');

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

export function keepInStorage(): void {
  follow(() => kept.value, (now) => {
    try {
      const text = JSON.stringify(now);
      if (localStorage.getItem(key) !== text) localStorage.setItem(key, text); // each write wakes the other tabs
    } catch {
      // full or off: nothing to do but carry on
    }
  });
  addEventListener('storage', (event) => {
    if (event.key === key) kept.value = stored();
  });
}

/** A price in the menu's currency and the page's language. */
export function price(minor: number): string {
  const { currency, digits } = menu.value!;
  return formatMoney(minor, currency, digits, locale);
}
