// Changes of the cart, as pure functions on what is kept.
import { conflicts, containedIn } from './allergies';
import type { Choice } from './choices';
import { offered, totalOf, type Kept, type Line, type OrderBody, type Sent } from './kept';
import type { Menu } from './menu';
import { unitMinor } from './price';

// The server's limits, so that nothing is typed in vain: `tabletap-domain::limits`.
export const LINE_QUANTITY_MAX = 50;
export const NOTE_CHARS_MAX = 280;
export const GUEST_CHARS_MAX = 60;

/** The cart with `line` in it; the same dish made the same way becomes one line. `key` replaces that line. */
export function put(kept: Kept, line: Omit<Line, 'key'>, key: number | null): Kept {
  const others = kept.lines.filter((other) => other.key !== key);
  const same = others.find((other) => sameDish(other, line));
  if (same) {
    const merged = { ...line, key: same.key, quantity: Math.min(same.quantity + line.quantity, LINE_QUANTITY_MAX) };
    return { ...kept, lines: others.map((other) => (other === same ? merged : other)) };
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

/** The line with `acknowledged` as what the guest takes although it contains it. */
export function setAcknowledged(kept: Kept, key: number, acknowledged: string[]): Kept {
  return { ...kept, lines: kept.lines.map((line) => (line.key === key ? { ...line, acknowledged } : line)) };
}

/** The stated allergens that the line contains and that were not acknowledged on it. */
export function unacknowledged(menu: Menu, { allergies }: Kept, line: Line): string[] {
  const item = menu.items.get(line.itemId);
  return item ? conflicts(containedIn(item, line.choices), allergies).filter((allergen) => !line.acknowledged.includes(allergen)) : [];
}

/** What one of the line's dishes costs now, where that is not what it cost when it was put in. */
export function newUnitMinor(menu: Menu, line: Line): number | null {
  const item = menu.items.get(line.itemId);
  const now = item ? unitMinor(item, line.choices) : null;
  return line.unitMinor === null || now === line.unitMinor ? null : now;
}

/** Why a line cannot be sent as it stands. */
export interface Obstacle {
  line: Line;
  /** Stated allergens to acknowledge; none where the dish cannot be had any more. */
  allergens: string[];
}

export function obstacles(menu: Menu, kept: Kept): Obstacle[] {
  return kept.lines.flatMap((line) => {
    if (offered(menu, line) === null) return [{ line, allergens: [] }];
    const allergens = unacknowledged(menu, kept, line);
    return allergens.length > 0 ? [{ line, allergens }] : [];
  });
}

export function orderBody(menu: Menu, kept: Kept, orderId: string): OrderBody {
  return {
    order_id: orderId,
    menu_version: menu.version,
    lang: menu.lang,
    lines: kept.lines.map(({ itemId, quantity, choices, note, acknowledged }) => ({
      item_id: itemId,
      quantity,
      choices,
      note,
      ...(conflicts(acknowledged, kept.allergies).length > 0 ? { acknowledged: true as const } : {}),
    })),
    note: kept.note,
    guest: kept.guest,
    expected_total_minor: totalOf(menu, kept).totalMinor,
    ...(kept.allergies.length > 0 ? { allergies: kept.allergies } : {}),
  };
}

const RECENT_MAX = 6;

/** The cart after its order was placed: empty, with the order listed, and its dishes to be ordered again. */
export function placed(kept: Kept, order: Sent): Kept {
  const sent = [order, ...kept.sent.filter((other) => other.orderId !== order.orderId)].slice(0, 20);
  const all = [...kept.lines, ...kept.recent];
  const recent = all.filter((line, at) => all.findIndex((other) => sameDish(other, line)) === at).slice(0, RECENT_MAX);
  return { ...kept, lines: [], note: '', orderId: null, pending: null, sent, recent };
}

/** A fresh order id: `ord_` and 32 hex digits. `bytes` are 16 random ones. */
export function orderIdOf(bytes: Uint8Array): string {
  return `ord_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
