import { describe, expect, it } from 'vitest';
import { ALLERGENS, alwaysIn, canBeHad, conflicts, containedIn, possiblyIn } from './allergies';
import { messages as en } from './messages/en';
import type { Group, Item, Option } from './menu';
import { sampleMenu } from './sample';

const ramen = sampleMenu('en').items.get('ramen')!;
const option = (id: string, rest: Partial<Option> = {}): Option => ({
  id, name: id, readsAs: id, nameLang: null, priceMinor: 0, points: 0, quantityMax: 1, available: true, preset: false, allergens: [], groups: [], ...rest,
});
const group = (id: string, min: number, options: Option[]): Group => ({ id, name: id, nameLang: null, min, max: 1, options });
const combo = (options: Option[], min = 1): Item => ({ ...ramen, id: 'combo', allergens: ['milk'], groups: [group('main', min, options)] });
const choice = (option_id: string) => ({ group_id: 'main', option_id, quantity: 1, choices: [] });

describe('a dish contains', () => {
  it('its own allergens and those of what was chosen', () => {
    const dish = combo([option('soup', { allergens: ['egg'] }), option('salad')]);
    expect(containedIn(dish, [choice('salad')])).toEqual(['milk']);
    expect(containedIn(dish, [choice('soup')])).toEqual(['milk', 'egg']);
  });
  it('what an inner choice of a combo brings, at any depth', () => {
    const inner = group('topping', 0, [option('nuts', { allergens: ['nuts'] })]);
    const dish = combo([option('soup', { groups: [inner] })]);
    const chosen = { ...choice('soup'), choices: [{ group_id: 'topping', option_id: 'nuts', quantity: 1, choices: [] }] };
    expect(containedIn(dish, [chosen])).toEqual(['milk', 'nuts']);
    expect(possiblyIn(dish)).toEqual(['milk', 'nuts']);
    expect(alwaysIn(dish)).toEqual(['milk']);
  });
  it('what it contains, whatever is left out', () => {
    const plain = { group_id: 'extras', option_id: 'plain', quantity: 1, choices: [] };
    expect(containedIn(ramen, [plain])).toEqual(['egg', 'soy']);
  });
});

describe('a dish can be had', () => {
  it('where some answer to a question that must be answered leaves the allergen out', () => {
    const both = [option('soup', { allergens: ['egg'] }), option('salad', { allergens: ['egg', 'nuts'] })];
    expect(canBeHad(combo(both), ['egg'])).toBe(false);
    expect(canBeHad(combo(both), ['nuts'])).toBe(true);
    expect(canBeHad(combo(both, 0), ['egg'])).toBe(true);
    expect(canBeHad(combo([...both, option('rice', { available: false })]), ['egg'])).toBe(false);
  });
});

describe('what was stated', () => {
  it('is found in the order stated', () => {
    expect(conflicts(['soy', 'egg'], ['egg', 'fish', 'soy'])).toEqual(['egg', 'soy']);
  });
  it('has a word for each allergen', () => {
    expect(ALLERGENS.filter((id) => !(id in en))).toEqual([]);
  });
});
