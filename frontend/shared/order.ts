// A placed order as `POST /v1/orders` and `GET /v1/orders/{order_id}` answer it, and what its journey may claim.
import { flag, list, record, text, textOrNull, whole, type Json } from './shape';
import type { TaxAmount } from './money';

export interface Order {
  id: string;
  number: string;
  /** Whose it is; may be empty. */
  guest: string;
  status: string;
  held: boolean;
  placedAt: string;
  lines: OrderLine[];
  subtotalMinor: number;
  serviceMinor: number;
  taxes: TaxAmount[];
  taxInclusive: boolean;
  totalMinor: number;
  tickets: Ticket[];
  /** Where its money stands. */
  payment: string;
  /** The answer as it came: `shared/paying` reads what only it needs. */
  body: Json;
}

export interface OrderLine {
  name: string;
  quantity: number;
  choices: string[];
  note: string;
  totalMinor: number;
}

export interface Ticket {
  id: string;
  station: string;
  state: string;
  printedAt: string | null;
}

export type StepName = 'sent' | 'paper' | 'making' | 'ready' | 'served' | 'cancelled';
export interface Step<Name = StepName> {
  name: Name;
  state: 'done' | 'now' | 'later';
  at: string | null;
}

export function readOrder(body: unknown): Order {
  const order = record(body, 'order');
  return {
    id: text(order, 'order_id'),
    number: text(order, 'number'),
    guest: textOrNull(order, 'guest') ?? '',
    status: text(order, 'status'),
    held: flag(order, 'held'),
    placedAt: text(order, 'placed_at'),
    lines: list(order, 'lines', readLine),
    subtotalMinor: whole(order, 'subtotal_minor'),
    serviceMinor: whole(order, 'service_charge_minor'),
    taxes: list(order, 'taxes', (value) => {
      const tax = record(value);
      return { name: text(tax, 'name'), ratePpm: whole(tax, 'rate_ppm'), taxMinor: whole(tax, 'tax_minor') };
    }),
    taxInclusive: flag(order, 'tax_inclusive'),
    totalMinor: whole(order, 'total_minor'),
    tickets: list(order, 'tickets', (value) => {
      const ticket = record(value);
      const printedAt = textOrNull(ticket, 'printed_at');
      return { id: text(ticket, 'ticket_id'), station: text(ticket, 'station'), state: text(ticket, 'state'), printedAt };
    }),
    payment: text(record(order['payment'], 'payment'), 'status'),
    body: order,
  };
}

function readLine(value: unknown): OrderLine {
  const line = record(value);
  return {
    name: text(line, 'name'),
    quantity: whole(line, 'quantity'),
    choices: list(line, 'choices', readChoice),
    note: textOrNull(line, 'note') ?? '',
    totalMinor: whole(line, 'total_minor'),
  };
}

function readChoice(value: unknown): string {
  const choice = record(value);
  const quantity = whole(choice, 'quantity');
  const inner = list(choice, 'choices', readChoice);
  const name = `${quantity > 1 ? `${quantity}× ` : ''}${textOrNull(choice, 'reads_as') ?? text(choice, 'name')}`;
  return inner.length > 0 ? `${name} (${inner.join(', ')})` : name;
}

const ENDED = ['delivered', 'served', 'collected', 'cancelled'];

export function hasEnded(order: Order): boolean {
  return ENDED.includes(order.status);
}

/** The journey: a fact that we know is `done`, the one in hand is `now`, and what we do not know is `later`. Cooking and what is ready are
 * shown once somebody says so: until then nobody may ever say it. */
export function journey(order: Order): Step[] {
  const { status, tickets } = order;
  if (status === 'cancelled') {
    return [{ name: 'sent', state: 'done', at: order.placedAt }, { name: 'cancelled', state: 'now', at: null }];
  }
  const printed = tickets.length > 0 && tickets.every((ticket) => ticket.printedAt !== null);
  const printedAt = printed ? tickets.map((ticket) => ticket.printedAt ?? '').sort().at(-1) ?? null : null;
  const reached = status === 'preparing' ? 2 : status === 'ready' || status === 'packed' ? 3 : hasEnded(order) ? 4 : 1;
  const told: Step[] = [
    { name: 'making', state: reached === 2 ? 'now' : 'done', at: null },
    { name: 'ready', state: 'now', at: null },
  ];
  return [
    { name: 'sent', state: 'done', at: order.placedAt },
    { name: 'paper', state: printed ? 'done' : order.held ? 'later' : 'now', at: printedAt },
    ...(reached === 4 ? [{ name: 'served', state: 'done', at: null } as const] : told.slice(0, reached - 1)),
  ];
}

/** How long to wait before asking again: often while something is about to happen, seldom after. */
export function pollDelayMs(sinceChangeMs: number): number {
  if (sinceChangeMs < 20_000) return 1_000;
  if (sinceChangeMs < 60_000) return 3_000;
  return sinceChangeMs < 600_000 ? 10_000 : 30_000;
}
