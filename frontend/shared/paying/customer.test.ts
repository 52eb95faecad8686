import { describe, expect, it } from 'vitest';
import { addressOf, customerBody, mistakesOf, nobody, readAddresses, refusedField, withAddress } from './customer';

const ada = { name: 'Ada', email: 'ada@example.com', phone: '' };

describe('who picks up', () => {
  it.each([
    ['everything', nobody, { name: 'name', email: 'reach' }],
    ['a name', { ...ada, name: '  ' }, { name: 'name' }],
    ['nothing, with an e-mail address', ada, {}],
    ['nothing, with a telephone number', { ...ada, email: '', phone: '+1 212 555 0100' }, {}],
    ['nothing, with a number in other digits', { ...ada, email: '', phone: '٩٦٥٥٥٥١٢٣' }, {}],
    ['an address with a domain', { ...ada, email: 'ada@example' }, { email: 'email' }],
    ['a number long enough to be one', { ...ada, phone: '555' }, { phone: 'phone' }],
  ])('lacks %s', (_, customer, expected) => {
    expect(mistakesOf(customer)).toEqual(expected);
  });
  it('is sent without what was not given', () => {
    expect(customerBody({ ...ada, name: ' Ada ' })).toEqual({ name: 'Ada', email: 'ada@example.com' });
  });
  it.each([
    ['customer.name', 'name_missing', { name: 'name' }],
    ['customer.email', 'email_invalid', { email: 'email' }],
    ['customer.phone', 'phone_invalid', { phone: 'phone' }],
    ['customer.email', 'contact_missing', { email: 'reach' }],
    ['pickup.at', 'slot_full', { pickup: 'taken' }],
    ['pickup', 'store_closed', { pickup: 'taken' }],
    ['tip_minor', 'invalid_tip', { tip: 'tip' }],
    ['lines[0].item_id', 'item_unavailable', null],
    ['', 'seating_ended', null],
  ])('a refusal of %s belongs to its field', (field, code, expected) => {
    expect(refusedField(field, code)).toEqual(expected);
  });
});

describe('the address of a receipt', () => {
  const kept = (addresses: ReturnType<typeof withAddress>) => readAddresses(JSON.stringify(Object.fromEntries(addresses)));
  it('is the one the order was sent with, whatever was typed since', () => {
    const first = withAddress([], 'ord_1', { ...ada, email: ' ada@example.com ' });
    const both = kept(withAddress(kept(first), 'ord_2', { ...ada, email: 'grace@example.com' }));
    expect(addressOf(both, 'ord_1')).toBe('ada@example.com');
    expect(addressOf(both, 'ord_2')).toBe('grace@example.com');
    expect(addressOf(both, 'ord_3')).toBe('');
  });
  it('is kept for the last twenty orders', () => {
    const ids = Array.from({ length: 25 }, (_, n) => `ord_${n}`);
    const all = ids.reduce((known, id) => kept(withAddress(known, id, ada)), readAddresses(null));
    expect(all.map(([id]) => id)).toEqual(ids.slice(5).reverse());
  });
  it('is nothing where what was kept cannot be read', () => {
    expect(readAddresses('nonsense')).toEqual([]);
    expect(readAddresses('[1]')).toEqual([]);
  });
});
