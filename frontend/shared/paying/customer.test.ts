import { describe, expect, it } from 'vitest';
import { customerBody, mistakesOf, nobody, refusedField } from './customer';

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
