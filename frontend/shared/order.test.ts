import { describe, expect, it } from 'vitest';
import { hasEnded, journey, pollDelayMs, type Order, type Ticket } from './order';

const ticket = (printedAt: string | null): Ticket => ({ id: 't', station: 'bar', state: printedAt ? 'printed' : 'queued', printedAt });
const order = (rest: Partial<Order>): Order => ({
  id: 'ord_1', number: 'K27', guest: '', status: 'placed', held: false, placedAt: '2026-11-21T19:04:00Z', lines: [], subtotalMinor: 0,
  serviceMinor: 0, taxes: [], taxInclusive: false, totalMinor: 0, tickets: [], payment: 'unpaid', body: {}, ...rest,
});
const states = (rest: Partial<Order>): string[] => journey(order(rest)).map(({ name, state }) => `${name} ${state}`);

describe('the journey claims', () => {
  it.each([
    ['nothing printed before there are tickets', {}, ['sent done', 'paper now']],
    ['nothing printed while one station lacks proof', { tickets: [ticket('19:04:01'), ticket(null)] }, ['sent done', 'paper now']],
    ['paper once every station has proved it, and not that anybody cooks', { tickets: [ticket('19:04:01')] }, ['sent done', 'paper done']],
    ['nothing of the kitchen while the table waits for a waiter', { held: true }, ['sent done', 'paper later']],
    ['cooking when the kitchen says so', { status: 'preparing', tickets: [ticket('19:04:01')] }, ['sent done', 'paper done', 'making now']],
    ['ready', { status: 'ready', tickets: [ticket('19:04:01')] }, ['sent done', 'paper done', 'making done', 'ready now']],
    ['served', { status: 'served', tickets: [ticket('19:04:01')] }, ['sent done', 'paper done', 'served done']],
    ['only that it was sent, where it was cancelled', { status: 'cancelled' }, ['sent done', 'cancelled now']],
  ])('%s', (_, rest, expected) => {
    expect(states(rest)).toEqual(expected);
  });
  it('the time of the last paper', () => {
    expect(journey(order({ tickets: [ticket('19:04:09'), ticket('19:04:01')] }))[1]?.at).toBe('19:04:09');
  });
});

describe('asking again', () => {
  it('slows down as nothing changes, and stops at an end', () => {
    expect([0, 30_000, 120_000, 3_600_000].map(pollDelayMs)).toEqual([1_000, 3_000, 10_000, 30_000]);
    expect(['placed', 'ready', 'served', 'cancelled'].map((status) => hasEnded(order({ status })))).toEqual([false, false, true, true]);
  });
});
