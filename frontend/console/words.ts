// How orders stand, in words. Pure, so that tests can read them.
import type { Order } from './state';

/** What there is to say of an order besides its steps; of one on its usual way, nothing. */
export function standing({ status, held, readyAt, standing }: Pick<Order, 'status' | 'held' | 'readyAt' | 'standing'>): string {
  if (status !== 'placed' || held) return standing;
  return readyAt === null ? '' : `for ${clock(readyAt)}`;
}

export function duration(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  return ms < 90_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;
}

export function clock(at: string, withSeconds = false): string {
  return new Date(at).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', ...(withSeconds ? { second: '2-digit' } : {}) });
}

/** From the tap to the paper; nothing where that is not known. */
export function measured({ steps }: Pick<Order, 'steps'>): string {
  const printed = steps.find(({ name }) => name === 'printed');
  return printed?.ms == null ? '' : `${duration(printed.ms)} after the tap`;
}

/** Why the latest order has no paper. */
export function waiting(order: Order | undefined): string {
  if (order === undefined) return 'The ticket comes out here, as soon as the order is sent.';
  const problem = order.steps.find((step) => step.problem !== null)?.problem;
  if (problem) return `The printer cannot print: ${problem}. The ticket waits, and is printed once.`;
  if (order.status === 'awaiting_payment') return 'The kitchen gets this order when it is paid.';
  if (order.held) return 'The kitchen gets this order when a waiter confirms the table.';
  if (order.status === 'placed' && order.readyAt !== null) return `The kitchen gets this order in time for ${clock(order.readyAt)}.`;
  return order.status === 'placed' ? 'On its way to the printer …' : `This order is ${order.standing}.`;
}
