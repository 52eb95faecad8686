import { describe, expect, it } from 'vitest';
import { readOrder, type Order } from '../order';
import type { Json } from '../shape';
import { isUnsettled, linesOf, readMoney, stageOf, takeoutSteps } from './money';

const line = {
  item_id: 'ramen', name: 'Ramen', quantity: 2, unit_minor: 1_500, total_minor: 3_000, note: 'hot',
  choices: [{ group_id: 'size', option_id: 'large', name: 'Large', quantity: 1, price_minor: 300, choices: [] }],
};
const receipt = {
  payment_id: 'pay_1', amount_minor: 3_600, tip_minor: 300, refunded_minor: 0, paid_at: '2026-11-21T19:04:00Z', method: { brand: 'visa', last4: '4242' },
};
const order = (rest: Json, payment: Json = {}): Order =>
  readOrder({
    order_id: 'ord_1', number: 'K27', status: 'awaiting_payment', held: false, placed_at: '2026-11-21T19:00:00Z', lines: [line], subtotal_minor: 3_000,
    service_charge_minor: 0, taxes: [], tax_inclusive: false, total_minor: 3_300, tickets: [], pickup: { when: 'asap', ready_at: null },
    payment: { status: 'pending', ...payment }, ...rest,
  });
const stage = (of: Order, isBack = false): string => stageOf(of, readMoney(of), isBack);

describe('the money of an order', () => {
  it('is read where nothing was begun, and where it is paid', () => {
    expect(readMoney(order({}))).toMatchObject({ status: 'pending', refundedMinor: 0, receipts: [], refundReason: null });
    const paid = readMoney(order({ status: 'placed' }, { status: 'paid', receipts: [receipt] }));
    expect(paid.receipts).toEqual([
      { paymentId: 'pay_1', amountMinor: 3_600, tipMinor: 300, refundedMinor: 0, paidAt: '2026-11-21T19:04:00Z', method: { brand: 'visa', last4: '4242' } },
    ]);
  });
  it.each([
    ['unpaid', order({}), false],
    ['processing', order({}), true],
    ['failed', order({}, { status: 'failed' }), true],
    ['processing', order({}, { status: 'pending', processing: true }), false],
    ['paid', order({ status: 'placed' }, { status: 'paid' }), true],
    ['paid', order({ status: 'preparing' }, { status: 'paid' }), false],
    ['paid', order({ status: 'placed' }, { status: 'unpaid', receipts: [receipt] }), true],
    ['unpaid', order({ status: 'placed' }, { status: 'unpaid', receipts: [receipt] }), false], // somebody else paid a part of it
    ['processing', order({ status: 'placed' }, { status: 'unpaid', processing: true, receipts: [receipt] }), true],
    ['refund_due', order({ status: 'refund_due', refund_reason: 'slot_passed' }, { status: 'paid' }), true],
    ['refund_due', order({ status: 'cancelled', refund_reason: 'order_ended' }, { status: 'paid' }), true],
    ['refunded', order({ status: 'cancelled' }, { status: 'refunded' }), false],
    ['refunded', order({ status: 'placed' }, { status: 'part_refunded' }), false],
    ['lapsed', order({ status: 'cancelled' }, { status: 'failed' }), false],
  ] as const)('stands at %s', (expected, of, isBack) => {
    expect(stage(of, isBack)).toBe(expected);
  });
  it('is asked of the provider until it is settled', () => {
    expect((['unpaid', 'processing', 'failed'] as const).every(isUnsettled)).toBe(true);
    expect((['paid', 'refund_due', 'refunded', 'lapsed'] as const).some(isUnsettled)).toBe(false);
  });
});

describe('the way of an order that is picked up', () => {
  const steps = (of: Order): string[] => takeoutSteps(of, readMoney(of), stageOf(of, readMoney(of), false)).map(({ name, state }) => `${name} ${state}`);
  const ticket = { ticket_id: 't', station: 'bar', state: 'printed', printed_at: '2026-11-21T19:05:00Z' };
  it.each([
    ['claims nothing of the kitchen before it is paid', order({}), ['sent done', 'paid later', 'paper later']],
    ['goes to the kitchen once it is paid', order({ status: 'placed' }, { status: 'paid' }), ['sent done', 'paid done', 'paper now']],
    ['waits for its time', order({ status: 'placed', pickup: { when: 'at', at: '2026-11-22T19:00:00Z', ready_at: '2026-11-22T19:00:00Z' } }, { status: 'paid' }), ['sent done', 'paid done', 'paper later']],
    ['is on paper when the printer has proved it', order({ status: 'placed', tickets: [ticket] }, { status: 'paid' }), ['sent done', 'paid done', 'paper done']],
    ['ends at the money where it cannot be made', order({ status: 'refund_due' }, { status: 'paid' }), ['sent done', 'paid done']],
    ['says when it was called off', order({ status: 'cancelled' }, { status: 'refunded' }), ['sent done', 'cancelled now']],
  ])('%s', (_, of, expected) => {
    expect(steps(of)).toEqual(expected);
  });
});

describe('changing an order', () => {
  it('puts its dishes back as they were chosen', () => {
    expect(linesOf(order({}))).toEqual([
      { itemId: 'ramen', quantity: 2, choices: [{ group_id: 'size', option_id: 'large', quantity: 1, choices: [] }], note: 'hot', unitMinor: 1_500, acknowledged: [] },
    ]);
  });
});
