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
    ['#order/ord_1', { is: 'order', orderId: 'ord_1', token: null }],
    ['#checkout', { is: 'checkout' }],
    ['#bill', { is: 'bill' }],
    ['#/paid/ord_1/tok.en', { is: 'paid', orderId: 'ord_1', token: 'tok.en' }],
    ['#paid/ord_1', { is: 'paid', orderId: 'ord_1', token: null }],
    ['#/pay/ord_1/tok.en', { is: 'pay', orderId: 'ord_1', token: 'tok.en' }],
    ['#pay', { is: 'menu' }],
  ])('%s shows %o', (fragment, view) => {
    expect(readView(fragment)).toEqual(view);
  });

  it('keeps what is searched for beside what else is asked, and loses it without a trace', () => {
    const searched = withFilter('?x=1', { words: ' spicy tuna ', diets: ['vegan', 'halal'] });
    expect(searched).toBe('?x=1&q=spicy+tuna&diet=vegan,halal');
    expect(readFilter(searched)).toEqual({ words: 'spicy tuna', diets: ['vegan', 'halal'] });
    expect(withFilter(searched, { words: '', diets: [] })).toBe('?x=1');
    expect(withFilter('?q=x', { words: '', diets: [] })).toBe('');
  });
});
