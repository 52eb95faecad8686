// Changes of the cart, as pure functions on what is kept.
import { stillOffered, type Choice } from './choices';
import { totalOf, type Kept, type Line, type OrderBody, type Sent } from './kept';
import type { Item, Menu } from './menu';

// The server's limits, so that nothing is typed in vain: `tabletap-domain::limits`.
export const LINE_QUANTITY_MAX = 50;
export const NOTE_CHARS_MAX = 280;
export const GUEST_CHARS_MAX = 60;

/** The cart with `line` in it; the same dish made the same way becomes one line. `key` replaces that line. */
export function put(kept: Kept, line: Omit<Line, 'key'>, key: number | null): Kept {
  const others = kept.lines.filter((other) => other.key !== key);
  const same = others.find((other) => sameDish(other, line));
  if (same) {
    const quantity = Math.min(same.quantity + line.quantity, LINE_QUANTITY_MAX);
    return { ...kept, lines: others.map((other) => (other === same ? { ...same, quantity } : other)) };
  }
  const fresh = { ...line, key: key ?? 1 + Math.max(0, ...kept.lines.map((other) => other.key)) };
  const lines = key === null ? [...kept.lines, fresh] : kept.lines.map((other) => (other.key === key ? fresh : other));
  return { ...kept, lines };
}

function sameDish(a: Omit<Line, 'key'>, b: Omit<Line, 'key'>): boolean {
  const plain = (choices: Choice[]): string =>
    choices.map((c) => `${c.group_id}/${c.option_id}*${c.quantity}(${plain(c.choices)})`).sort().join();
  return a.itemId === b.itemId && a.note === b.note && plain(a.choices) === plain(b.choices);
}

export function setQuantity(kept: Kept, key: number, quantity: number): Kept {
  const bounded = Math.min(quantity, LINE_QUANTITY_MAX);
  const lines = kept.lines.map((line) => (line.key === key ? { ...line, quantity: bounded } : line));
  return { ...kept, lines: lines.filter((line) => line.quantity > 0) };
}

/** The line's dish where it can still be had as chosen. */
export function offered(menu: Menu, line: Line): Item | null {
  const item = menu.items.get(line.itemId);
  return item?.available && stillOffered(item.groups, line.choices) ? item : null;
}

export function orderBody(menu: Menu, kept: Kept, orderId: string): OrderBody {
  return {
    order_id: orderId,
    menu_version: menu.version,
    lang: menu.lang,
    lines: kept.lines.map(({ itemId, quantity, choices, note }) => ({ item_id: itemId, quantity, choices, note })),
    note: kept.note,
    guest: kept.guest,
    expected_total_minor: totalOf(menu, kept).totalMinor,
  };
}

/** The cart after its order was placed: empty, with the order listed. */
export function placed(kept: Kept, order: Sent): Kept {
  const sent = [order, ...kept.sent.filter((other) => other.orderId !== order.orderId)].slice(0, 20);
  return { ...kept, lines: [], note: '', orderId: null, pending: null, sent };
}

/** A fresh order id: `ord_` and 32 hex digits. `bytes` are 16 random ones. */
export function orderIdOf(bytes: Uint8Array): string {
  return `ord_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
