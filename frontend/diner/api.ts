// The HTTP calls. An answer is either what the server said, or none: no connection, a timeout, or a server in trouble. After none
// nobody knows whether the request arrived, so it is sent again as it was.
import { record, textOrNull, type Json } from '../shared/shape';

export type Answer = { is: 'answer'; status: number; body: Json } | { is: 'none' };

const TIMEOUT_MS = 12_000;

export async function call(method: 'GET' | 'POST', url: string, token?: string, sent?: unknown): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method,
      headers: {
        'accept-language': document.documentElement.lang, // refusals are said in it
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: JSON.stringify(sent), // none for none
      cache: 'no-cache',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status >= 500) return { is: 'none' };
    const body = record(await response.json());
    // The gateway's own "too many" says nothing of the request; ours names a limit, and the same again would be refused again.
    if (response.status === 429 && textOrNull(body, 'code') === null) return { is: 'none' };
    return { is: 'answer', status: response.status, body };
  } catch {
    return { is: 'none' };
  }
}

/** What an answer refused. Without a code it is the gateway's own ("Not Found"), and its words are not for guests. */
export function errorOf(body: Json): { code: string; field: string; message: string } {
  const part = (key: string): string => textOrNull(body, key) ?? '';
  const code = part('code');
  return { code, field: part('field'), message: code === '' ? '' : part('message') };
}

/** Waits before try `n` (from 0), with jitter; ends early when the connection comes back or `wake` is called. */
export function pause(n: number): { over: Promise<void>; wake: () => void } {
  let wake = (): void => {};
  const over = new Promise<void>((resolve) => {
    const seconds = Math.min(2 ** n, 15) * (0.75 + Math.random() / 2);
    const timer = setTimeout(() => wake(), seconds * 1000);
    wake = () => {
      clearTimeout(timer);
      removeEventListener('online', wake);
      resolve();
    };
    addEventListener('online', wake);
  });
  return { over, wake };
}
