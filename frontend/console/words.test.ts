import { expect, test } from 'vitest';
import { tries } from './tries';
import { duration, measured, standing, waiting } from './words';
import type { Order, Printer, Store } from './state';

const step = (name: string, ms: number | null, problem: string | null = null) => ({ name, ms, at: ms === null ? null : '2026-11-21T19:04:00Z', problem });

const ORDER: Order = {
  id: 'ord_1',
  store: 'kumo-sushi',
  number: 'K27',
  place: 'Table 7',
  lines: ['1 × Edamame'],
  dishes: '1 dish',
  standing: 'ordered',
  payment: 'unpaid',
  total: '6.00 USD',
  held: false,
  status: 'placed',
  readyAt: null,
  placedAt: '2026-11-21T19:04:00Z',
  steps: [step('placed', 0), step('printed', null)],
};

test('an order on its usual way needs no words, any other has its own', () => {
  expect(standing(ORDER)).toBe('');
  expect(standing({ ...ORDER, status: 'awaiting_payment', standing: 'waiting for payment' })).toBe('waiting for payment');
  expect(standing({ ...ORDER, held: true, standing: 'waiting for staff' })).toBe('waiting for staff');
  expect(standing({ ...ORDER, readyAt: '2026-11-21T19:45:00Z' })).toMatch(/^for \d/);
});

test('where there is no paper yet, the reason stands in its place', () => {
  const cases: [string, Order | undefined, RegExp][] = [
    ['nothing ordered', undefined, /as soon as the order is sent/],
    ['on its way', ORDER, /On its way to the printer/],
    ['no paper', { ...ORDER, steps: [step('printed', null, 'paper out')] }, /cannot print: paper out\. .* printed once/],
    ['unpaid', { ...ORDER, status: 'awaiting_payment' }, /when it is paid/],
    ['held', { ...ORDER, held: true }, /waiter confirms/],
    ['later', { ...ORDER, readyAt: '2026-11-21T19:45:00Z' }, /in time for/],
    ['ended', { ...ORDER, status: 'cancelled', standing: 'cancelled' }, /This order is cancelled/],
  ];
  for (const [why, order, words] of cases) expect(waiting(order), why).toMatch(words);
});

test('the time to the paper is measured or not told', () => {
  expect(measured(ORDER)).toBe('');
  expect(measured({ steps: [step('placed', 0), step('printed', 34)] })).toBe('34 ms after the tap');
  expect([duration(999), duration(1_000), duration(90_000)]).toEqual(['999 ms', '1.0 s', '2 min']);
});

test('only what the restaurants have is offered to try', () => {
  const kumo: Store = { slug: 'kumo-sushi', name: 'Kumo Sushi', languages: ['en', 'ja'], takeout: true, tables: [{ id: 't1', name: 'Table 1', link: 'http://localhost:8080/t/abc', qrSvg: null }] };
  const sidra: Store = { slug: 'bait-sidra', name: 'Bait Sidra', languages: ['en', 'ar'], takeout: false, tables: [] };
  const hot: Printer = { id: 'kumo-sushi-hot-1', stationName: 'Hot Kitchen', store: 'kumo-sushi', state: 'ready' };
  const all = tries({ stores: [kumo, sidra], printers: [hot] }, 'kumo-sushi');
  expect(all.map(({ key }) => key)).toEqual(['paper', 'takeout', 'second', 'mirror', 'off', 'print']);
  expect(all.find(({ key }) => key === 'second')).toMatchObject({ link: '/t/abc' });
  expect(all.find(({ key }) => key === 'mirror')).toMatchObject({ link: '/m/bait-sidra/ar/' });
  expect(tries({ stores: [sidra], printers: [] }, '').map(({ key }) => key)).toEqual(['mirror', 'off', 'print']);
  const [out] = tries({ stores: [kumo], printers: [{ ...hot, state: 'paper_out' }] }, 'kumo-sushi');
  expect(out).toMatchObject({ words: 'Put the paper back', isOut: true });
  expect(tries({ stores: [], printers: [] }, '')).toEqual([]);
});
