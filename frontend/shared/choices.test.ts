import { describe, expect, it } from 'vitest';
import { describe as words, missing, presets, withInner, withQuantity, type Choice } from './choices';
import type { Group, Option } from './menu';
import { stillOffered, unit } from './price';

const read = (groups: Group[], choices: Choice[]): string[] => words(groups, choices, String);
const option = (id: string, rest: Partial<Option> = {}): Option => ({
  id, name: id, readsAs: id, nameLang: null, priceMinor: 0, points: 0, quantityMax: 1, available: true, preset: false, allergens: [], groups: [], ...rest,
});
const group = (id: string, min: number, max: number, options: Option[]): Group => ({ id, name: id, nameLang: null, min, max, options });

const sizes = group('size', 1, 1, [option('regular', { preset: true }), option('large', { priceMinor: 300 })]);
const extras = group('extras', 0, 3, [option('egg', { priceMinor: 200, quantityMax: 2 }), option('corn', { priceMinor: 150 })]);
const toppings = group('topping', 1, 1, [option('leek'), option('nori')]);
const combo = group('main', 1, 1, [option('ramen', { groups: [toppings, extras] }), option('udon')]);

describe('what is chosen at first', () => {
  it('is the presets', () => {
    expect(read([sizes], presets([sizes]))).toEqual(['regular']);
  });
  it('is the only answer left of a question that must be answered', () => {
    const left = group('size', 1, 1, [option('regular', { available: false }), option('large')]);
    expect(read([left], presets([left]))).toEqual(['large']);
    expect(presets([group('extras', 0, 1, [option('egg')])])).toEqual([]);
  });
});

describe('a tap', () => {
  const [regular, large] = sizes.options as [Option, Option];
  it('on another answer of a single question replaces the first', () => {
    const chosen = withQuantity(withQuantity([], sizes, regular, 1), sizes, large, 1);
    expect(read([sizes], chosen)).toEqual(['large']);
  });
  it('on a quantity keeps the answers to the option’s own questions', () => {
    const ramen = combo.options[0] as Option;
    const nori = toppings.options[1] as Option;
    const chosen = withInner(withQuantity([], combo, ramen, 1), combo, ramen, withQuantity([], toppings, nori, 1));
    expect(read([combo], withQuantity(chosen, combo, ramen, 1))).toEqual(['ramen (nori)']);
  });
});

describe('what is missing', () => {
  it('is found at any depth, and only under what is chosen', () => {
    const ramen = combo.options[0] as Option;
    const udon = combo.options[1] as Option;
    expect(missing([combo], []).map(({ path }) => path)).toEqual(['g-main']);
    expect(missing([combo], withQuantity([], combo, ramen, 1)).map(({ path }) => path)).toEqual(['g-main-ramen-topping']);
    expect(missing([combo], withQuantity([], combo, udon, 1))).toEqual([]);
  });
});

describe('a removal', () => {
  it('reads as one beside what was added', () => {
    const without = group('without', 0, 2, [option('egg', { name: 'Egg', readsAs: 'No Egg' }), option('leek', { name: 'No leek', readsAs: 'No leek' })]);
    const [egg, leek] = without.options as [Option, Option];
    const chosen = withQuantity(withQuantity([], without, egg, 1), without, leek, 1);
    expect(read([sizes, without], [...presets([sizes]), ...chosen])).toEqual(['regular', 'No Egg', 'No leek']);
  });
});

describe('prices', () => {
  it('count an option’s own options once for each of it', () => {
    const set = group('set', 0, 3, [option('bowl', { priceMinor: 500, points: 5, quantityMax: 3, groups: [extras] })]);
    const bowl = set.options[0] as Option;
    const corn = extras.options[1] as Option;
    const chosen = withInner(withQuantity([], set, bowl, 2), set, bowl, withQuantity([], extras, corn, 1));
    const dish = option('dish', { priceMinor: 100, points: 1, groups: [set] });
    expect(unit(dish, chosen, 'priceMinor')).toBe(100 + 2 * (500 + 150));
    expect(unit(dish, chosen, 'points')).toBe(1 + 2 * 5);
  });
});

describe('a choice from an older menu', () => {
  it('is not offered any more once its option is gone or sold out', () => {
    const chosen = presets([sizes]);
    expect(stillOffered([sizes], chosen)).toBe(true);
    expect(stillOffered([group('size', 1, 1, [option('regular', { available: false })])], chosen)).toBe(false);
    expect(stillOffered([], chosen)).toBe(false);
  });
});
