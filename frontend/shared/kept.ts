// The cart and what this phone sent, as kept in localStorage under one key per store and table; how many dishes, what they come to.
import { stillOffered, unit, unitMinor, type Choice } from './price';
import type { Item, Menu } from './menu';
import { stepOf, total, type Totals } from './money';
import { flag, list, record, text, textOrNull, texts, whole } from './shape';

export interface Line {
  key: number;
  itemId: string;
  quantity: number;
  choices: Choice[];
  note: string;
  /** What one cost when it was put in; null where that was not kept. */
  unitMinor: number | null;
  /** Stated allergens that it contains and the guest takes nevertheless. */
  acknowledged: string[];
}

/** The body of `POST /v1/orders`. Once sent it does not change until an answer has come. */
export interface OrderBody {
  order_id: string;
  menu_version: string;
  lang: string;
  lines: LineBody[];
  note: string;
  guest: string;
  expected_total_minor: number;
  /** Absent where none were stated. */
  allergies?: string[];
}

/** What an order that is picked up says besides. */
export interface TakeoutBody {
  customer: Record<string, string>;
  pickup: { when: 'asap' } | { at: string };
}

export interface LineBody {
  item_id: string;
  quantity: number;
  choices: Choice[];
  note: string;
  /** The guest knows that it contains what was stated. */
  acknowledged?: true;
}

export interface Sent {
  orderId: string;
  number: string;
  /** Reads this one order, and pays for it: from the link back from the payment page; null without one. */
  token: string | null;
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
  /** What was ordered, whichever party this phone was with then, so that it can be ordered again; the last first. */
  recent: Line[];
  session: Session | null;
  /** Ids of what the guest is allergic to, stated once. */
  allergies: string[];
  /** Dishes with these are hidden. */
  hidesThem: boolean;
}

export const nothing: Kept = {
  lines: [], note: '', guest: '', orderId: null, pending: null, sent: [], recent: [], session: null, allergies: [], hidesThem: false,
};

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
      sent: list(kept, 'sent', readSent),
      recent: list(kept, 'recent', readLine),
      session: kept['session'] === null ? null : readSession(kept['session']),
      allergies: texts(kept, 'allergies'),
      hidesThem: flag(kept, 'hidesThem'),
    };
  } catch {
    return nothing;
  }
}

function readSession(value: unknown): Session {
  const session = record(value);
  return { token: text(session, 'token'), seating: whole(session, 'seating'), table: text(session, 'table') };
}

function readSent(value: unknown): Sent {
  const sent = record(value);
  return { orderId: text(sent, 'orderId'), number: text(sent, 'number'), token: textOrNull(sent, 'token') };
}

function readLine(value: unknown): Line {
  const line = record(value);
  return {
    key: whole(line, 'key'),
    itemId: text(line, 'itemId'),
    quantity: whole(line, 'quantity'),
    choices: list(line, 'choices', readChoice),
    note: text(line, 'note'),
    unitMinor: line['unitMinor'] == null ? null : whole(line, 'unitMinor'),
    acknowledged: texts(line, 'acknowledged'),
  };
}

export function readChoice(value: unknown): Choice {
  const choice = record(value);
  return {
    group_id: text(choice, 'group_id'),
    option_id: text(choice, 'option_id'),
    quantity: whole(choice, 'quantity'),
    choices: list(choice, 'choices', readChoice),
  };
}

/** As it was sent, to the letter: the server takes nothing else under its id. */
function readBody(value: unknown): OrderBody {
  const body = record(value);
  text(body, 'order_id');
  whole(body, 'expected_total_minor');
  return body as unknown as OrderBody;
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

/** What the cart comes to. Dishes that are sold out or gone from the menu count nothing: they cannot be sent. */
export function totalOf(menu: Menu, kept: Kept): Totals {
  const priced = kept.lines.flatMap((line) => {
    const item = offered(menu, line);
    return item ? [{ taxCategory: item.taxCategory, totalMinor: unitMinor(item, line.choices) * line.quantity }] : [];
  });
  return total(priced, menu.pricing, stepOf(menu.digits));
}

/** What takeout that comes to so little still lacks, as the least it may come to; null where it can be paid. */
export function leastOf({ leastPaymentMinor }: Menu, totalMinor: number): number | null {
  return totalMinor < leastPaymentMinor ? leastPaymentMinor : null;
}

/** The loyalty points that the cart earns. */
export function pointsOf(menu: Menu, kept: Kept): number {
  return kept.lines.reduce((sum, line) => {
    const item = offered(menu, line);
    return item ? sum + unit(item, line.choices, 'points') * line.quantity : sum;
  }, 0);
}
