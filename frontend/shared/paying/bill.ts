// What a party owes, line by line: `GET /v1/seatings/current/bill`, and which of it one guest pays.
import { scaleRounded } from '../money';
import type { Order } from '../order';
import { flag, list, record, text, textOrNull, texts, whole } from '../shape';
import { tipBase } from './tip';

export interface Bill {
  lines: BillLine[];
  totalMinor: number;
  paidMinor: number;
  /** Being paid: nobody else can meanwhile. */
  reservedMinor: number;
  openMinor: number;
  reservations: Reservation[];
  /** The even split that somebody of the party has begun. */
  equalShares: EqualShares | null;
}

export interface EqualShares {
  guests: number;
  /** So many shares are neither paid nor being paid. */
  left: number;
  nextMinor: number;
}

/** A payment that is under way. */
export interface Reservation {
  paymentId: string;
  amountMinor: number;
  /** Its lines are free again by then; null while a bank decides. */
  until: string | null;
  /** It stands for so long that anybody of the party may end it. */
  mayEnd: boolean;
}

export interface BillLine {
  id: string;
  orderId: string;
  number: string;
  name: string;
  quantity: number;
  choices: string[];
  guest: string;
  /** With its share of service and taxes. */
  dueMinor: number;
  /** What of it is neither paid nor being paid: less than all of it where guests share it. */
  openMinor: number;
  state: string;
  paymentId: string | null;
}

export function readBill(body: unknown): Bill {
  const bill = record(body, 'bill');
  return {
    lines: list(bill, 'lines', readLine),
    totalMinor: whole(bill, 'total_minor'),
    paidMinor: whole(bill, 'paid_minor'),
    reservedMinor: bill['reserved_minor'] === undefined ? 0 : whole(bill, 'reserved_minor'),
    openMinor: whole(bill, 'open_minor'),
    reservations: bill['reservations'] === undefined ? [] : list(bill, 'reservations', readReservation),
    equalShares: bill['equal_shares'] == null ? null : readEqualShares(bill['equal_shares']),
  };
}

function readEqualShares(value: unknown): EqualShares {
  const shares = record(value);
  return { guests: whole(shares, 'guests'), left: whole(shares, 'left'), nextMinor: whole(shares, 'next_minor') };
}

function readReservation(value: unknown): Reservation {
  const reservation = record(value, 'reservation');
  return {
    paymentId: text(reservation, 'payment_id'),
    amountMinor: whole(reservation, 'amount_minor'),
    until: textOrNull(reservation, 'until'),
    mayEnd: flag(reservation, 'may_end'),
  };
}

function readLine(value: unknown): BillLine {
  const line = record(value, 'line');
  const [dueMinor, state] = [whole(line, 'due_minor'), text(line, 'state')];
  return {
    id: text(line, 'line_id'),
    orderId: text(line, 'order_id'),
    number: text(line, 'number'),
    name: text(line, 'name'),
    quantity: whole(line, 'quantity'),
    choices: texts(line, 'choices'),
    guest: textOrNull(line, 'guest') ?? '',
    dueMinor,
    openMinor: line['open_minor'] === undefined ? (state === 'open' ? dueMinor : 0) : whole(line, 'open_minor'),
    state,
    paymentId: textOrNull(line, 'payment_id'),
  };
}

/** What a guest wants to pay: dishes, or a share of whatever is open. */
export type Part = 'mine' | 'all' | 'own' | 'even' | 'some';

/** Whether this phone may pay the line: what it began to pay itself, it may pay otherwise after all. */
export function canPay(line: BillLine, own: string | null): boolean {
  return line.state === 'open' || (line.state === 'reserved' && line.paymentId === own);
}

/** The lines of `part` that can be paid. `orders` are this phone's own, `ticked` what was chosen one by one, `own` the payment it began. */
export function linesToPay(bill: Bill, part: Part, orders: string[], ticked: string[], own: string | null): BillLine[] {
  const wanted: Partial<Record<Part, (line: BillLine) => boolean>> = { mine: ({ orderId }) => orders.includes(orderId), all: () => true, own: ({ id }) => ticked.includes(id) };
  return bill.lines.filter((line) => canPay(line, own) && wanted[part]?.(line));
}

/** The next of the equal shares between `guests`: rounded down to what payments carry, as the server does; the last takes the remainder. */
export function equalShare({ openMinor, equalShares }: Bill, guests: number, step: number): number {
  if (equalShares?.guests === guests) return equalShares.nextMinor;
  return guests <= 1 ? openMinor : Math.floor(openMinor / (step * guests)) * step;
}

/** Those of `lines` that others ordered: paying them keeps the others from it. `orders` are this phone's own. */
export function othersOf(lines: BillLine[], orders: string[]): BillLine[] {
  return lines.filter(({ orderId }) => !orders.includes(orderId));
}

export function dueOf(lines: BillLine[]): number {
  return lines.reduce((sum, line) => sum + payable(line), 0);
}

/** What this phone would pay of a line: what is open of it, or all that it reserved itself. */
export function payable({ state, openMinor, dueMinor }: BillLine): number {
  return state === 'open' ? openMinor : dueMinor;
}

/** What a tip on these lines is a percentage of: their price before tax. Null while an order of them is not known here. */
export function tipBaseOf(lines: BillLine[], orders: ReadonlyMap<string, Order>): number | null {
  let base = 0;
  for (const one of lines) {
    const { id, orderId, dueMinor } = one;
    const order = orders.get(orderId);
    const line = order?.lines[Number(id.split(':')[1])];
    if (!order || !line) return null;
    const whole = order.subtotalMinor === 0 ? 0 : scaleRounded(line.totalMinor, tipBase(order), order.subtotalMinor);
    base += payable(one) === dueMinor ? whole : scaleRounded(whole, payable(one), dueMinor);
  }
  return base;
}

/** The same on a share of `amountMinor`: in proportion to what is open. */
export function tipBaseOfShare(bill: Bill, amountMinor: number, orders: ReadonlyMap<string, Order>): number | null {
  const open = bill.lines.filter(({ state }) => state === 'open');
  const base = tipBaseOf(open, orders);
  return base === null || bill.openMinor === 0 ? null : scaleRounded(base, amountMinor, bill.openMinor);
}
