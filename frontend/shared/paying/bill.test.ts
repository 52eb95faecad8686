import { describe, expect, it } from 'vitest';
import { readOrder } from '../order';
import type { Json } from '../shape';
import { dueOf, equalShare, linesToPay, othersOf, readBill, tipBaseOf, tipBaseOfShare } from './bill';

const line = (id: string, rest: Json = {}): Json => ({
  line_id: id, order_id: id.split(':')[0], number: 'K27', name: 'Edamame', quantity: 1, choices: [], guest: '', due_minor: 660, state: 'open', payment_id: null, ...rest,
});
const bill = readBill({
  currency: 'USD', total_minor: 2_640, paid_minor: 660, reserved_minor: 660, open_minor: 1_320,
  reservations: [{ payment_id: 'pay_2', amount_minor: 660, until: '2026-11-21T19:42:00Z', may_end: false }],
  lines: [line('ord_a:0'), line('ord_a:1', { state: 'paid', payment_id: 'pay_1' }), line('ord_b:0', { guest: 'Ben' }), line('ord_b:1', { state: 'reserved', payment_id: 'pay_2' })],
});
const order = (id: string, rest: Json): ReturnType<typeof readOrder> =>
  readOrder({
    order_id: id, number: 'K27', status: 'placed', held: false, placed_at: '2026-11-21T19:00:00Z', service_charge_minor: 0, tax_inclusive: false, total_minor: 1_320,
    subtotal_minor: 1_200, taxes: [{ name: 'Tax', rate_ppm: 100_000, tax_minor: 120 }], tickets: [], payment: { status: 'unpaid' },
    lines: [600, 600].map((total) => ({ item_id: 'e', name: 'Edamame', quantity: 1, unit_minor: 600, total_minor: total, choices: [], note: '' })), ...rest,
  });

describe('what one guest pays', () => {
  const ids = (part: 'mine' | 'all' | 'own', ticked: string[] = [], own: string | null = null): string[] =>
    linesToPay(bill, part, ['ord_a'], ticked, own).map(({ id }) => id);
  it('is what is open of their own, of everything, or of what they ticked', () => {
    expect(ids('mine')).toEqual(['ord_a:0']);
    expect(ids('all')).toEqual(['ord_a:0', 'ord_b:0']);
    expect(ids('own', ['ord_b:0', 'ord_a:1'])).toEqual(['ord_b:0']);
  });
  it('may be what this phone began to pay, and nobody else’s', () => {
    expect(ids('all', [], 'pay_2')).toEqual(['ord_a:0', 'ord_b:0', 'ord_b:1']);
    expect(ids('all', [], 'pay_1')).toEqual(['ord_a:0', 'ord_b:0']);
  });
  it('sums to what its lines owe', () => {
    expect(dueOf(linesToPay(bill, 'all', [], [], null))).toBe(1_320);
  });
});

describe('a bill', () => {
  it('tells what is being paid from what is paid', () => {
    expect([bill.paidMinor, bill.reservedMinor, bill.openMinor]).toEqual([660, 660, 1_320]);
    expect(bill.reservations).toEqual([{ paymentId: 'pay_2', amountMinor: 660, until: '2026-11-21T19:42:00Z', mayEnd: false }]);
  });
  it('of a server that does not say who is paying is read all the same', () => {
    const before = readBill({ currency: 'USD', total_minor: 660, paid_minor: 0, open_minor: 660, lines: [line('ord_a:0')] });
    expect([before.reservedMinor, before.reservations]).toEqual([0, []]);
  });
  it('knows which of its lines others ordered', () => {
    expect(othersOf(linesToPay(bill, 'all', ['ord_a'], [], null), ['ord_a']).map(({ id }) => id)).toEqual(['ord_b:0']);
    expect(othersOf(linesToPay(bill, 'mine', ['ord_a'], [], null), ['ord_a'])).toEqual([]);
  });
});

describe('a share of the bill', () => {
  const shared = readBill({
    currency: 'USD', total_minor: 1_320, paid_minor: 440, reserved_minor: 0, open_minor: 880, reservations: [], equal_shares: { guests: 3, left: 2, next_minor: 440 },
    lines: [line('ord_a:0', { open_minor: 220 }), line('ord_a:1', { open_minor: 660 })],
  });
  it('is the next of the equal shares that somebody has begun, or an equal part of what is open', () => {
    expect(equalShare(shared, 3, 1)).toBe(440);
    expect(equalShare(shared, 4, 1)).toBe(220);
    expect([equalShare(bill, 7, 1), equalShare(bill, 7, 10)]).toEqual([188, 180]); // rounded down, to what payments carry
  });
  it('leaves others the rest of a dish', () => {
    expect(dueOf(linesToPay(shared, 'all', [], [], null))).toBe(880);
    expect(linesToPay(shared, 'even', ['ord_a'], ['ord_a:0'], null)).toEqual([]);
  });
  it('is tipped before tax, in proportion', () => {
    const orders = new Map([['ord_a', order('ord_a', {})]]);
    expect(tipBaseOf(shared.lines, orders)).toBe(800);
    expect(tipBaseOfShare(shared, 440, orders)).toBe(400);
    expect(tipBaseOfShare(shared, 440, new Map())).toBeNull();
  });
});

describe('a tip on a part of the bill', () => {
  const lines = linesToPay(bill, 'all', [], [], null);
  it('is counted before tax', () => {
    expect(tipBaseOf(lines, new Map([['ord_a', order('ord_a', {})], ['ord_b', order('ord_b', {})]]))).toBe(1_200);
    const inclusive = { tax_inclusive: true, total_minor: 1_200 };
    expect(tipBaseOf(lines, new Map([['ord_a', order('ord_a', inclusive)], ['ord_b', order('ord_b', inclusive)]]))).toBe(1_080);
  });
  it('is not offered in parts of what is not known', () => {
    expect(tipBaseOf(lines, new Map())).toBeNull();
  });
});
