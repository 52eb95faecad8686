// Who picks up, as this phone keeps it: asked once, like allergies.
import { addressOf, customerBody, nobody, readAddresses, withAddress, type Customer } from '../../shared/paying/customer';
import { record, textOrNull } from '../../shared/shape';
import { slug } from '../page';
import { signal } from '../store';

const KEY = `tabletap:${slug}:customer`;
const ADDRESSES_KEY = `tabletap:${slug}:receipts`;

export const customer = signal<Customer>(stored());

function stored(): Customer {
  try {
    const kept = record(JSON.parse(localStorage.getItem(KEY) ?? '{}'));
    const part = (key: string): string => textOrNull(kept, key) ?? '';
    return { name: part('name'), email: part('email'), phone: part('phone') };
  } catch {
    return nobody;
  }
}

/** Kept once it is sent, not while somebody types; its address beside the order it was sent with. */
export function keepCustomer(orderId: string): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(customerBody(customer.value)));
    const addresses = withAddress(readAddresses(localStorage.getItem(ADDRESSES_KEY)), orderId, customer.value);
    localStorage.setItem(ADDRESSES_KEY, JSON.stringify(Object.fromEntries(addresses)));
  } catch {
    // full or off: it is asked again the next time
  }
}

/** Where the receipt of an order goes, as far as this phone knows. */
export function receiptAddress(orderId: string): string {
  try {
    return addressOf(readAddresses(localStorage.getItem(ADDRESSES_KEY)), orderId);
  } catch {
    return '';
  }
}
