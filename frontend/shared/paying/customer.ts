// Who picks up: a name, and an e-mail address or a telephone number. Checked here only as far as nobody can mean it otherwise; the server
// has the last word, and names the field.

import { record } from '../shape';

export interface Customer {
  name: string;
  email: string;
  phone: string;
}

export const nobody: Customer = { name: '', email: '', phone: '' };

/** What can be wrong in the form, by its field. */
export type Field = 'name' | 'email' | 'phone' | 'pickup' | 'tip';
export type Mistake = 'name' | 'reach' | 'email' | 'phone' | 'pickup' | 'taken' | 'tip';
export type Mistakes = Partial<Record<Field, Mistake>>;

export function mistakesOf({ name, email, phone }: Customer): Mistakes {
  return {
    ...(name.trim() === '' ? { name: 'name' } : {}),
    ...(email.trim() === '' && phone.trim() === '' ? { email: 'reach' } : {}),
    ...(email.trim() !== '' && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email.trim()) ? { email: 'email' } : {}),
    ...(phone.trim() !== '' && phone.replace(/[^\p{Nd}]/gu, '').length < 6 ? { phone: 'phone' } : {}),
  };
}

/** As it is sent: what was not given is left out. */
export function customerBody({ name, email, phone }: Customer): Record<string, string> {
  const given = Object.entries({ name, email, phone }).map(([key, value]) => [key, value.trim()] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== ''));
}

/** Where the receipt of each order goes, newest first, by the order's id: the address typed last may belong to another order. */
export type Addresses = (readonly [orderId: string, email: string])[];

const ADDRESSES_MAX = 20;

export function withAddress(known: Addresses, orderId: string, { email }: Customer): Addresses {
  const others = known.filter(([id]) => id !== orderId);
  return [[orderId, email.trim()] as const, ...others].slice(0, ADDRESSES_MAX);
}

/** Empty where this phone did not send the order, or sent it without an address. */
export function addressOf(known: Addresses, orderId: string): string {
  return new Map(known).get(orderId) ?? '';
}

/** What localStorage held; anything unreadable is nothing. */
export function readAddresses(stored: string | null): Addresses {
  try {
    return Object.entries(record(JSON.parse(stored ?? '{}'))).map(([id, email]) => [id, String(email)]);
  } catch {
    return [];
  }
}

/** The field of this form that a refusal names; null where it names none. */
export function refusedField(field: string, code: string): Mistakes | null {
  const [part, name] = field.split('.');
  if (part === 'pickup') return { pickup: 'taken' };
  if (part === 'tip_minor') return { tip: 'tip' };
  if (part !== 'customer') return null;
  if (name === 'name') return { name: 'name' };
  if (name === 'phone') return { phone: 'phone' };
  return { email: code === 'contact_missing' ? 'reach' : 'email' };
}
