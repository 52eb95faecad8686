// Sending the cart. The id is made once per cart and stored before the first send; until an answer has come, the same body goes
// out again under the same id, and the page says so.
import { orderBody, orderIdOf, placed, totalOf } from '../shared/cart';
import { readOrder } from '../shared/order';
import { record, whole, type Json } from '../shared/shape';
import { errorOf, pause } from './api';
import { refreshMenu } from './list';
import { go } from './router';
import { callWithSession, join } from './session';
import { kept, menu, orders, sending } from './state';

let running = false;
let wake: () => void = () => {};

/** The press on the button. */
export function send(): void {
  const current = menu.value;
  if (current === null || kept.value.lines.length === 0 || kept.value.pending) return;
  const orderId = kept.value.orderId ?? orderIdOf(crypto.getRandomValues(new Uint8Array(16)));
  const body = orderBody(current, kept.value, orderId);
  if (sending.value.is === 'changed') body.expected_total_minor = sending.value.afterMinor;
  kept.value = { ...kept.value, orderId, pending: body };
  void resume();
}

/** The press on "try again now". */
export function sendNow(): void {
  wake();
}

/** Starts again at a table whose seating has ended; the cart stays. */
export async function startAgain(): Promise<void> {
  kept.value = { ...kept.value, session: null };
  sending.value = { is: 'idle' };
  await join();
}

/** Any change of the cart makes what was said about the last send untrue. */
export function forgetOutcome(): void {
  if (sending.value.is !== 'waiting' && sending.value.is !== 'sending') sending.value = { is: 'idle' };
}

/** Sends what is pending until the server has answered. */
export async function resume(): Promise<void> {
  if (running) return;
  running = true;
  for (let n = 0; kept.value.pending; n += 1) {
    if (n === 0) sending.value = { is: 'sending' };
    const answer = await callWithSession('POST', '/v1/orders', kept.value.pending);
    if (answer === 'moved') end();
    else if (answer.is === 'none') {
      sending.value = { is: 'waiting' };
      const rest = pause(n);
      wake = rest.wake;
      await rest.over;
    } else settle(answer.status, answer.body);
  }
  running = false;
}

function settle(status: number, body: Json): void {
  if (status === 200 || status === 201) return accept(body);
  const error = errorOf(body);
  if (status === 410 || status === 403) return end();
  const before = kept.value.pending?.expected_total_minor ?? 0;
  const isTaken = error.code === 'order_id_taken';
  kept.value = { ...kept.value, pending: null, orderId: isTaken ? null : kept.value.orderId };
  sending.value =
    error.code === 'quote_changed'
      ? { is: 'changed', beforeMinor: before, afterMinor: whole(record(body['quote']), 'total_minor') }
      : { is: 'refused', ...error };
  void refreshMenu();
}

function accept(body: Json): void {
  const order = readOrder(body);
  orders.value = new Map(orders.value).set(order.id, order);
  kept.value = placed(kept.value, { orderId: order.id, number: order.number });
  sending.value = { is: 'idle' };
  go(`order/${order.id}`, 'replace');
}

function end(): void {
  kept.value = { ...kept.value, pending: null, orderId: null };
  sending.value = { is: 'ended' };
}

/** The total the button shows. */
export function shownTotalMinor(): number {
  if (sending.value.is === 'changed') return sending.value.afterMinor;
  return kept.value.pending?.expected_total_minor ?? totalOf(menu.value!, kept.value).totalMinor;
}
