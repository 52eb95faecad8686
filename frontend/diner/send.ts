// Sending the cart. The id is made once per cart and stored before the first send; until an answer has come, the same body goes
// out again under the same id, and the page says so.
import { obstacles, orderBody, orderIdOf, placed } from '../shared/cart';
import { totalOf, type Line, type TakeoutBody } from '../shared/kept';
import { closedKitchen } from '../shared/kitchen';
import { readOrder } from '../shared/order';
import { record, whole, type Json } from '../shared/shape';
import { errorOf, pause } from './api';
import { refreshMenu } from './list';
import { go } from './router';
import { callWithSession, join } from './session';
import { kept, kitchen, menu, orders, place, sending, storageKey, type Sending } from './state';
import { t } from './words';

let running: Promise<void> | null = null;
let wake: () => void = () => {};

/** The press on the button. `takeout` is what an order that is picked up says besides. */
export function send(takeout?: TakeoutBody): void {
  const current = menu.value;
  if (current === null || kept.value.lines.length === 0 || kept.value.pending) return;
  if (obstacles(current, kept.value).length > 0) {
    sending.value = { is: 'blocked', at: performance.now() };
    return;
  }
  const orderId = kept.value.orderId ?? orderIdOf(crypto.getRandomValues(new Uint8Array(16)));
  const body = { ...orderBody(current, kept.value, orderId), ...takeout };
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
  kept.value = { ...kept.value, session: null, sent: [] };
  sending.value = { is: 'idle' };
  await join();
}

/** A change of the cart makes what was said about the last send untrue. */
export function forgetOutcome(...which: Sending['is'][]): void {
  const untrue = which.length > 0 ? which : ['blocked', 'changed', 'ended', 'refused'];
  if (untrue.includes(sending.value.is)) sending.value = { is: 'idle' };
}

/** Sends what is pending until the server has answered. One tab of a phone sends; another takes over when it is closed. */
export function resume(): Promise<void> {
  if (running) return running;
  sending.value = { is: 'sending' };
  // Locks are there where service workers are: over https, and on this machine.
  running = (navigator.locks ? navigator.locks.request(storageKey, untilAnswered) : untilAnswered()).then(() => {
    running = null;
    forgetOutcome('sending', 'waiting'); // another tab may have had the answer
  });
  return running;
}

async function untilAnswered(): Promise<void> {
  for (let n = 0; kept.value.pending; n += 1) {
    const isSettled = await attempt().catch(() => false); // an answer that cannot be read is no answer
    if (isSettled || !kept.value.pending) continue;
    sending.value = { is: 'waiting' };
    const rest = pause(n);
    wake = rest.wake;
    await rest.over;
  }
}

/** One send. True when the server has answered. */
async function attempt(): Promise<boolean> {
  const answer = await callWithSession('POST', '/v1/orders', kept.value.pending);
  if (answer === 'moved') end();
  else if (answer === 'refused') refuse({ code: 'unknown_table', field: '', message: t.unknownTable });
  else if (answer.is === 'none') return false;
  else settle(answer.status, answer.body);
  return true;
}

function settle(status: number, body: Json): void {
  if (status === 200 || status === 201) return accept(body);
  const error = errorOf(body);
  if (status === 410 || status === 403) return end();
  if (error.code === 'store_closed' && place.value === 'joined') return close(body);
  if (error.code !== 'quote_changed') return refuse(error);
  const afterMinor = whole(record(body['quote']), 'total_minor');
  sending.value = { is: 'changed', beforeMinor: kept.value.pending?.expected_total_minor ?? 0, afterMinor };
  kept.value = { ...kept.value, pending: null };
  void refreshMenu();
}

/** Nothing was stored. The id is free again, unless another order has it. */
function refuse(error: { code: string; field: string; message: string }): void {
  sending.value = { is: 'refused', ...error };
  kept.value = { ...kept.value, pending: null, orderId: error.code === 'order_id_taken' ? null : kept.value.orderId };
  void refreshMenu();
}

/** The kitchen takes no orders now: the page says so beside the button, and the cart stays. */
function close(body: Json): void {
  kitchen.value = closedKitchen(body, kitchen.value);
  kept.value = { ...kept.value, pending: null };
  sending.value = { is: 'idle' };
}

function accept(body: Json): void {
  const order = readOrder(body);
  orders.value = new Map(orders.value).set(order.id, order);
  kept.value = placed(kept.value, { orderId: order.id, number: order.number, token: null });
  sending.value = { is: 'idle' };
  go(`order/${order.id}`, 'replace');
}

function end(): void {
  kept.value = { ...kept.value, pending: null, orderId: null };
  sending.value = { is: 'ended' };
}

/** The line that an answer with `code` refused: `lines[2].quantity` is the third of the cart. */
export function refusedLine(code: string | null): Line | undefined {
  const now = sending.value;
  if (now.is !== 'refused' || (code !== null && now.code !== code)) return undefined;
  const index = /^lines\[(\d+)\]/.exec(now.field)?.[1];
  return index === undefined ? undefined : kept.value.lines[Number(index)];
}

/** The total the button shows. */
export function shownTotalMinor(): number {
  if (sending.value.is === 'changed') return sending.value.afterMinor;
  return kept.value.pending?.expected_total_minor ?? totalOf(menu.value!, kept.value).totalMinor;
}
