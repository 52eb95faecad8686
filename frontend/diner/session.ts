// The right to order: a short-lived session for the table's code, renewed by sending the code again.
import type { Session } from '../shared/kept';
import { record, text, whole, type Json } from '../shared/shape';
import { call, pause, type Answer } from './api';
import { slug, tableCode } from './page';
import { kept, place } from './state';

/** Joins the table, however long the connection takes. Orders of an earlier party are forgotten, the cart is kept. */
export async function join(): Promise<void> {
  if (tableCode === null) return;
  for (let n = 0; (await renew()) === 'none'; n += 1) await pause(n).over;
}

/** Asks once for a session. `moved` says that the table is at another seating than this phone was. */
export async function renew(): Promise<'joined' | 'moved' | 'refused' | 'none'> {
  const answer = await call('POST', '/v1/sessions', undefined, { table_code: tableCode });
  if (answer.is === 'none') return 'none';
  const session = answer.status < 300 ? readSession(answer.body) : null;
  if (session === null) {
    place.value = 'unknown';
    return 'refused';
  }
  const before = kept.value.session;
  const moved = before !== null && before.seating !== session.seating;
  kept.value = { ...kept.value, session, sent: moved ? [] : kept.value.sent };
  place.value = 'joined';
  return moved ? 'moved' : 'joined';
}

/** The session for a table of this restaurant; null for any other. */
function readSession(body: Json): Session | null {
  if (text(record(body['store']), 'slug') !== slug) return null;
  const [seating, table] = [record(body['seating']), record(body['table'])];
  return { token: text(body, 'session'), seating: whole(seating, 'number'), table: text(table, 'name') };
}

/** A call with the session; an expired one is renewed once. `moved` and `refused` are what the renewal found. */
export async function callWithSession(method: 'GET' | 'POST', url: string, body?: unknown): Promise<Answer | 'moved' | 'refused'> {
  const token = kept.value.session?.token;
  const first = token === undefined ? null : await call(method, url, token, body);
  if (first && !(first.is === 'answer' && first.status === 401)) return first;
  const renewed = await renew();
  if (renewed === 'moved' && first) return 'moved';
  if (renewed === 'refused') return 'refused';
  if (renewed === 'none') return { is: 'none' };
  return call(method, url, kept.value.session?.token, body);
}
