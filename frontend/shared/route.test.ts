import { describe, expect, it } from 'vitest';
import { readFilter, readView, withFilter } from './route';

describe('an address', () => {
  it.each([
    ['', { is: 'menu' }],
    ['#c-rolls', { is: 'menu' }],
    ['#cart', { is: 'cart' }],
    ['#table', { is: 'table' }],
    ['#dish/miso%20soup', { is: 'dish', itemId: 'miso soup' }],
    ['#dish/%', { is: 'dish', itemId: '%' }],
    ['#dish/', { is: 'menu' }],
    ['#line/3', { is: 'line', key: 3 }],
    ['#order/ord_1', { is: 'order', orderId: 'ord_1' }],
  ])('%s shows %o', (fragment, view) => {
    expect(readView(fragment)).toEqual(view);
  });

  it('keeps what is searched for beside the table’s code, and loses it without a trace', () => {
    const searched = withFilter('?t=CODE', { words: ' spicy tuna ', diets: ['vegan', 'halal'] });
    expect(searched).toBe('?t=CODE&q=spicy+tuna&diet=vegan,halal');
    expect(readFilter(searched)).toEqual({ words: 'spicy tuna', diets: ['vegan', 'halal'] });
    expect(withFilter(searched, { words: '', diets: [] })).toBe('?t=CODE');
    expect(withFilter('?q=x', { words: '', diets: [] })).toBe('');
  });
});
