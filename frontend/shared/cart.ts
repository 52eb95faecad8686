// The cart and what this phone sent, as kept in localStorage under one key per store and table. Pure functions on plain values.
import type { Choice } from './choices';
import { stillOffered, unitMinor } from './choices';
import type { Item, Menu } from './menu';
import { total, type Totals } from './money';
import { list, record, text, textOrNull, whole } from './shape';

export interface Line {
  key: number;
  itemId: string;
  quantity: number;
  choices: Choice[];
  note: string;
}

/** The body of `POST /v1/orders`. Once sent it does not change until an answer has come. */
export interface OrderBody {
  order_id: string;
  menu_version: string;
  lang: string;
  lines: { item_id: string; quantity: number; choices: Choice[]; note: string }[];
  note: string;
  guest: string;
  expected_total_minor: number;
}

export interface Sent {
  orderId: string;
  number: string;
}

export interface Session {
  token: string;
  seating: number;
  /** The table's name. */
  table: string;
}

/** Everything this phone keeps for one table. */
export interface Kept {
  lines: Line[];
  note: string;
  guest: string;
  /** Made once per cart, before the first send. */
  orderId: string | null;
  /** Sent, and no answer yet: goes out again under the same id until one comes. */
  pending: OrderBody | null;
  sent: Sent[];
  session: Session | null;
}

export const LINE_QUANTITY_MAX = 50;
export const NOTE_CHARS_MAX = 280;
export const GUEST_CHARS_MAX = 60;

export const nothing: Kept = { lines: [], note: '', guest: '', orderId: null, pending: null, sent: [], session: null };

export function storageKey(slug: string, tableCode: string | null): string {
  return `tabletap:${slug}:${tableCode ?? ''}`;
}

/** What localStorage held; anything unreadable is an empty cart. */
export function readKept(stored: string | null): Kept {
  if (stored === null) return nothing;
  try {
    const kept = record(JSON.parse(stored));
    return {
      lines: list(kept, 'lines', readLine),
      note: text(kept, 'note'),
      guest: text(kept, 'guest'),
      orderId: textOrNull(kept, 'orderId'),
      pending: kept['pending'] === null ? null : readBody(kept['pending']),
      sent: list(kept, 'sent', (value) => ({ orderId: text(record(value), 'orderId'), number: text(record(value), 'number') })),
      session: kept['session'] === null ? null : readSession(kept['session']),
    };
  } catch {
    return nothing;
  }
}

function readSession(value: unknown): Session {
  const session = record(value);
  return { token: text(session, 'token'), seating: whole(session, 'seating'), table: text(session, 'table') };
}

function readLine(value: unknown): Line {
  const line = record(value);
  return {
    key: whole(line, 'key'),
    itemId: text(line, 'itemId'),
    quantity: whole(line, 'quantity'),
    choices: list(line, 'choices', readChoice),
    note: text(line, 'note'),
  };
}

function readChoice(value: unknown): Choice {
  const choice = record(value);
  return {
    group_id: text(choice, 'group_id'),
    option_id: text(choice, 'option_id'),
    quantity: whole(choice, 'quantity'),
    choices: list(choice, 'choices', readChoice),
  };
}

function readBody(value: unknown): OrderBody {
  const body = record(value);
  return {
    order_id: text(body, 'order_id'),
    menu_version: text(body, 'menu_version'),
    lang: text(body, 'lang'),
    lines: list(body, 'lines', (entry) => {
      const line = record(entry);
      const choices = list(line, 'choices', readChoice);
      return { item_id: text(line, 'item_id'), quantity: whole(line, 'quantity'), choices, note: text(line, 'note') };
    }),
    note: text(body, 'note'),
    guest: text(body, 'guest'),
    expected_total_minor: whole(body, 'expected_total_minor'),
  };
}

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

export function dishCount(kept: Kept): number {
  return kept.lines.reduce((sum, line) => sum + line.quantity, 0);
}

export function countOf(kept: Kept, itemId: string): number {
  return kept.lines.reduce((sum, line) => sum + (line.itemId === itemId ? line.quantity : 0), 0);
}

/** The line's dish where it can still be had as chosen. */
export function offered(menu: Menu, line: Line): Item | null {
  const item = menu.items.get(line.itemId);
  return item?.available && stillOffered(item.groups, line.choices) ? item : null;
}

/** What the cart comes to. Dishes that are gone from the menu count nothing: they cannot be sent. */
export function totalOf(menu: Menu, kept: Kept): Totals {
  const priced = kept.lines.flatMap((line) => {
    const item = menu.items.get(line.itemId);
    return item ? [{ taxCategory: item.taxCategory, totalMinor: unitMinor(item, line.choices) * line.quantity }] : [];
  });
  return total(priced, menu.pricing);
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
