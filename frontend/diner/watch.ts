// Following one order: asks often while something is about to happen, seldom after, never while nobody looks, and stops at its end.
import { hasEnded, pollDelayMs, readOrder } from '../shared/order';
import { keepOrder, lastOrder } from './last';
import { callFor } from './session';
import { orders } from './state';
import { signal } from './store';

/** What the journey view knows besides the order: since when it has had no answer, or that the order is not this phone's. */
export const watching = signal<{ is: 'fresh' | 'gone' } | { is: 'stale'; since: number }>({ is: 'fresh' });

export type Ask = () => ReturnType<typeof callFor>;

/** Follows `orderId` until the returned function is called. */
export function watch(orderId: string, how: Ask = () => callFor(orderId, 'GET', `/v1/orders/${orderId}`)): () => void {
  let isOver = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let changedAt = Date.now();
  let lastGoodAt = Date.now();
  const last = orders.value.has(orderId) ? null : lastOrder(orderId);
  if (last) {
    lastGoodAt = last.at;
    orders.value = new Map(orders.value).set(orderId, last.order);
  }
  let before = JSON.stringify(orders.value.get(orderId));

  const ask = async (): Promise<void> => {
    clearTimeout(timer);
    if (isOver || document.hidden) return;
    const answer = await how();
    if (isOver) return;
    if (answer === 'moved' || answer === 'refused' || (answer.is === 'answer' && answer.status >= 400)) {
      watching.value = { is: 'gone' };
      keepOrder(orderId, null);
      return;
    }
    if (answer.is === 'none') watching.value = { is: 'stale', since: lastGoodAt };
    else {
      const order = readOrder(answer.body);
      const now = JSON.stringify(order);
      if (now !== before) [before, changedAt] = [now, Date.now()];
      lastGoodAt = Date.now();
      keepOrder(orderId, order, lastGoodAt);
      watching.value = { is: 'fresh' };
      orders.value = new Map(orders.value).set(orderId, order);
      if (hasEnded(order)) return;
    }
    timer = setTimeout(() => void ask(), pollDelayMs(Date.now() - changedAt));
  };
  const look = (): void => void ask();
  document.addEventListener('visibilitychange', look);
  addEventListener('online', look);
  watching.value = { is: 'fresh' };
  void ask();
  return () => {
    isOver = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', look);
    removeEventListener('online', look);
  };
}
