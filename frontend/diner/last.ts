// This phone's orders as they last stood, so that an order's page loaded again without a connection still shows it.
import { readOrder, type Order } from '../shared/order';
import { record, whole } from '../shared/shape';
import { storageKey } from './state';

const KEY = `${storageKey}:orders`;
const KEPT_MAX = 12;

type Stored = [orderId: string, last: unknown][];

/** Keeps an order as it stood `at`; null forgets it. */
export function keepOrder(orderId: string, order: Order | null, at = 0): void {
  const others = stored().filter(([id]) => id !== orderId);
  try {
    localStorage.setItem(KEY, JSON.stringify(order ? [[orderId, { at, body: order.body }], ...others].slice(0, KEPT_MAX) : others));
  } catch {
    // full or off: then it can be read with a connection only
  }
}

export function lastOrder(orderId: string): { order: Order; at: number } | null {
  try {
    const last = record(stored().find(([id]) => id === orderId)?.[1]);
    return { order: readOrder(last['body']), at: whole(last, 'at') };
  } catch {
    return null;
  }
}

function stored(): Stored {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '[]') as Stored;
  } catch {
    return [];
  }
}
