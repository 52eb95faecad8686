// Who picks up, as this phone keeps it: asked once, like allergies.
import { customerBody, nobody, type Customer } from '../../shared/paying/customer';
import { record, textOrNull } from '../../shared/shape';
import { slug } from '../page';
import { signal } from '../store';

const KEY = `tabletap:${slug}:customer`;

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

/** Kept once it is sent, not while somebody types. */
export function keepCustomer(): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(customerBody(customer.value)));
  } catch {
    // full or off: it is asked again the next time
  }
}
