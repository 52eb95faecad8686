// The right to order: a short-lived session for the table's code, renewed by sending the code again; on the page without a table, for
// an order to be picked up.
import type { Session } from '../shared/kept';
import { readKitchen } from '../shared/kitchen';
import { record, text, whole, type Json } from '../shared/shape';
import { call, pause, type Answer } from './api';
import { slug, tableCode } from './page';
import { kept, kitchen, place } from './state';

/** Joins the table, however long the connection takes. Orders of an earlier party are forgotten, except those that have a token of their own; the cart is kept. */
export async function join(): Promise<void> {
  if (tableCode === null) return;
  for (let n = 0; (await renew()) === 'none'; n += 1) await pause(n).over;
}

/** Asks once for a session. `moved` says that the table is at another seating than this phone was. */
export async function renew(): Promise<'joined' | 'moved' | 'refused' | 'none'> {
  const wanted = tableCode === null ? { store: slug, mode: 'takeout' } : { table_code: tableCode };
  // The session that this phone has, though it may have run out, keeps it with its party and its own orders readable.
  const answer = await call('POST', '/v1/sessions', kept.value.session?.token, wanted);
  if (answer.is === 'none') return 'none';
  const session = answer.status < 300 ? readSession(answer.body) : null;
  if (session === null) {
    if (tableCode !== null) place.value = answer.status === 410 ? 'replaced' : 'unknown';
    return 'refused';
  }
  const before = kept.value.session;
  const moved = before !== null && before.seating !== session.seating;
  kitchen.value = readKitchen(answer.body['kitchen']);
  kept.value = { ...kept.value, session, sent: kept.value.sent.filter(({ token }) => !moved || token) };
  if (tableCode !== null) place.value = 'joined'; // without a table the menu says where one stands
  return moved ? 'moved' : 'joined';
}

/** The session for a table of this restaurant, or for none of them; null for any other restaurant. */
function readSession(body: Json): Session | null {
  if (text(record(body['store']), 'slug') !== slug) return null;
  const token = text(body, 'session');
  if (tableCode === null) return { token, seating: 0, table: '' };
  const [seating, table] = [record(body['seating']), record(body['table'])];
  return { token, seating: whole(seating, 'number'), table: text(table, 'name') };
}

/** A call with the session; an expired one is renewed once. `moved` and `refused` are what the renewal found. */
export async function callWithSession(method: 'GET' | 'POST', url: string, body?: unknown): Promise<Answer | 'moved' | 'refused'> {
  const token = kept.value.session?.token;
  const first = token === undefined ? null : await call(method, url, token, body);
  if (first && !isExpired(first)) return first;
  const renewed = await renew();
  if (renewed === 'moved' && first) return 'moved';
  if (renewed === 'refused') return 'refused';
  if (renewed === 'none') return { is: 'none' };
  return call(method, url, kept.value.session?.token, body);
}

/** A call about one order: with its read token where this phone has one that still counts, else with the session. */
export async function callFor(orderId: string, method: 'GET' | 'POST', url: string, body?: unknown): Promise<Answer | 'moved' | 'refused'> {
  const token = kept.value.sent.find((order) => order.orderId === orderId)?.token;
  const answer = token ? await call(method, url, token, body) : null;
  return answer && !isExpired(answer) ? answer : callWithSession(method, url, body);
}

function isExpired(answer: Answer): boolean {
  return answer.is === 'answer' && answer.status === 401;
}
