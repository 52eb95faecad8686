import { describe, expect, it } from 'vitest';
import { newUnitMinor, obstacles, orderBody, orderIdOf, placed, put, setAcknowledged, setQuantity } from './cart';
import { leastOf, nothing, pointsOf, readKept, totalOf, type Kept } from './kept';
import type { Menu } from './menu';
import { sampleMenu } from './sample';

const menu: Menu = {
  name: 'Kumo', lang: 'en', version: 'm1', currency: 'USD', digits: 2, stations: new Map(),
  takeout: false, payments: false, leastPaymentMinor: 0, address: [], phone: null, names: {},
  pricing: { taxInclusive: false, taxes: [{ category: 'food', name: 'Tax', ratePpm: 100_000 }], service: null },
  items: new Map([['edamame', { id: 'edamame', name: 'Edamame', nameLang: null, description: '', descriptionLang: null, alsoFound: ['Plates'], diets: [], tags: [], priceMinor: 600, points: 6, available: true, image: null, allergens: [], taxCategory: 'food', nutrition: {}, goesWith: [], groups: [] }]]),
};
const dish = { itemId: 'edamame', quantity: 1, choices: [], note: '', unitMinor: 600, acknowledged: [] };

describe('a cart', () => {
  it('is too little for takeout below the least that can be paid, and at no table', () => {
    const house = { ...menu, leastPaymentMinor: 50 };
    expect([0, 49, 50].map((minor) => leastOf(house, minor))).toEqual([50, 50, null]);
    expect(leastOf(menu, 0)).toBeNull();
  });
  it('makes one line of the same dish made the same way', () => {
    const kept = put(put(nothing, dish, null), { ...dish, quantity: 2 }, null);
    expect(kept.lines.map(({ quantity }) => quantity)).toEqual([3]);
  });
  it('keeps dishes apart that differ in a note', () => {
    expect(put(put(nothing, dish, null), { ...dish, note: 'no salt' }, null).lines).toHaveLength(2);
  });
  it('changes a line in its place', () => {
    const two = put(put(nothing, dish, null), { ...dish, note: 'no salt' }, null);
    expect(put(two, { ...dish, quantity: 4, note: 'warm' }, 1).lines.map(({ note }) => note)).toEqual(['warm', 'no salt']);
  });
  it('keeps what was ordered, each dish once as it was made, to be ordered again', () => {
    const order = (kept: Kept, number: string): Kept => placed(kept, { orderId: `ord_${number}`, number, token: null });
    const once = order(put(put(nothing, dish, null), { ...dish, note: 'no salt' }, null), 'K1');
    const twice = order(put(once, { ...dish, quantity: 2 }, null), 'K2');
    expect([twice.lines, twice.recent.map(({ note }) => note)]).toEqual([[], ['', 'no salt']]);
    const many = Array.from({ length: 9 }, (_, n) => `${n}`).reduce((kept, note) => order(put(kept, { ...dish, note }, null), note), nothing);
    expect(many.recent.map(({ note }) => note)).toEqual(['8', '7', '6', '5', '4', '3']);
    const { recent: _, ...older } = nothing; // as this phone kept it before
    expect(readKept(JSON.stringify(older)).recent).toEqual([]);
  });
  it('loses a line whose quantity is 0', () => {
    expect(setQuantity(put(nothing, dish, null), 1, 0).lines).toEqual([]);
  });
  it('counts nothing for a dish that is sold out, its points neither', () => {
    const out = { ...menu, items: new Map([...menu.items].map(([id, item]) => [id, { ...item, available: false }])) };
    const kept = put(nothing, dish, null);
    expect([totalOf(out, kept).totalMinor, pointsOf(out, kept)]).toEqual([0, 0]);
    expect(obstacles(out, kept)).toHaveLength(1);
  });
  it('earns the points of its dishes', () => {
    expect(pointsOf(menu, put(nothing, { ...dish, quantity: 3 }, null))).toBe(18);
  });
  it('is sent with ids, quantities and the total that was shown', () => {
    const kept = put(nothing, { ...dish, quantity: 2 }, null);
    expect(totalOf(menu, kept).totalMinor).toBe(1320);
    expect(orderBody(menu, kept, 'ord_1')).toEqual({
      order_id: 'ord_1', menu_version: 'm1', lang: 'en', note: '', guest: '', expected_total_minor: 1320,
      lines: [{ item_id: 'edamame', quantity: 2, choices: [], note: '' }],
    });
  });
  it('is empty once its order is placed, and the next one gets an id of its own', () => {
    const kept = { ...put(nothing, dish, null), orderId: 'ord_1', guest: 'Ada' };
    const after = placed(kept, { orderId: 'ord_1', number: 'K27', token: null });
    expect(after).toMatchObject({ lines: [], orderId: null, pending: null, guest: 'Ada', sent: [{ orderId: 'ord_1', number: 'K27', token: null }] });
  });
});

describe('a guest with allergies', () => {
  const sample = sampleMenu('en');
  const ramen = { itemId: 'ramen', quantity: 1, choices: [], note: '', unitMinor: 1500, acknowledged: [] };
  const stated = { ...put(nothing, ramen, null), allergies: ['egg', 'fish'] };

  it('sends nothing that contains one before saying so', () => {
    expect(obstacles(sample, put(nothing, ramen, null))).toEqual([]);
    expect(obstacles(sample, stated)).toEqual([{ line: stated.lines[0], allergens: ['egg'] }]);
    const known = setAcknowledged(stated, 1, ['egg']);
    expect(obstacles(sample, known)).toEqual([]);
    expect(obstacles(sample, { ...known, allergies: ['egg', 'soy'] })).toEqual([{ line: known.lines[0], allergens: ['soy'] }]);
  });
  it('sends what was stated and what was acknowledged, and no such field without', () => {
    expect(orderBody(sample, setAcknowledged(stated, 1, ['egg']), 'ord_1')).toMatchObject({
      allergies: ['egg', 'fish'],
      lines: [{ item_id: 'ramen', acknowledged: true }],
    });
    const plain = orderBody(sample, { ...setAcknowledged(stated, 1, ['egg']), allergies: [] }, 'ord_1');
    expect('allergies' in plain || plain.lines.some((line) => 'acknowledged' in line)).toBe(false);
  });
  it('finds the pending order as it was sent after a reload', () => {
    const kept = setAcknowledged(stated, 1, ['egg']);
    const pending = { ...kept, pending: orderBody(sample, kept, 'ord_1') };
    expect(readKept(JSON.stringify(pending))).toEqual(pending);
  });
});

describe('since a dish was put in', () => {
  const [line] = put(nothing, dish, null).lines;
  const at = (change: object): Menu => ({ ...menu, items: new Map([['edamame', { ...menu.items.get('edamame')!, ...change }]]) });

  it('its price may have changed', () => {
    expect(newUnitMinor(menu, line!)).toBe(null);
    expect(newUnitMinor(at({ priceMinor: 650 }), line!)).toBe(650);
    expect(newUnitMinor(at({ priceMinor: 650 }), { ...line!, unitMinor: null })).toBe(null);
  });
  it('it may have run out, which keeps the order back', () => {
    expect(obstacles(at({ available: false }), put(nothing, dish, null))).toEqual([{ line, allergens: [] }]);
  });
});

describe('what localStorage held', () => {
  it('comes back as it was', () => {
    const kept = { ...put(nothing, dish, null), orderId: 'ord_1', pending: orderBody(menu, put(nothing, dish, null), 'ord_1'), session: { token: 't', seating: 3, table: 'Table 7' } };
    expect(readKept(JSON.stringify(kept))).toEqual(kept);
  });
  it('is an empty cart where it cannot be read', () => {
    for (const broken of [null, '', '{', '[]', '{"lines":[{"key":"x"}]}', '{"lines":3}']) expect(readKept(broken)).toEqual(nothing);
  });
});

describe('an order id', () => {
  it('is ord_ and 32 hex digits', () => {
    expect(orderIdOf(new Uint8Array(16).fill(10))).toBe('ord_0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a');
  });
});
