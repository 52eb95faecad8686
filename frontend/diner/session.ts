// The right to order: a short-lived session for the table's code, renewed by sending the code again.
import { record, text, whole } from '../shared/shape';
import { call, pause } from './api';
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
  if (answer.status >= 300) {
    place.value = 'unknown';
    return 'refused';
  }
  const { body } = answer;
  if (text(record(body['store']), 'slug') !== slug) {
    place.value = 'unknown';
    return 'refused';
  }
  const session = {
    token: text(body, 'session'),
    seating: whole(record(body['seating']), 'number'),
    table: text(record(body['table']), 'name'),
  };
  const before = kept.value.session;
  const moved = before !== null && before.seating !== session.seating;
  kept.value = { ...kept.value, session, sent: moved ? [] : kept.value.sent };
  place.value = 'joined';
  return moved ? 'moved' : 'joined';
}

/** A call with the session; an expired one is renewed once. */
export async function callWithSession(method: 'GET' | 'POST', url: string, body?: unknown): Promise<Awaited<ReturnType<typeof call>> | 'moved'> {
  const token = kept.value.session?.token;
  const first = token === undefined ? null : await call(method, url, token, body);
  if (first && !(first.is === 'answer' && first.status === 401)) return first;
  const renewed = await renew();
  if (renewed === 'moved' && first) return 'moved';
  const fresh = kept.value.session?.token;
  if (renewed === 'none' || renewed === 'refused' || fresh === undefined) return { is: 'none' };
  return call(method, url, fresh, body);
}
