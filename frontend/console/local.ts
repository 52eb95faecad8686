// The local API: it answers only who shows the token of this run, which the program writes into the console's pages.

const meta = document.querySelector<HTMLMetaElement>('meta[name="tabletap-token"]');
const token = meta?.content ?? '';

/** Asks the local API. */
export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(path, { cache: 'no-store', ...init, headers: { ...init.headers, 'x-tabletap-token': token } });
  if (response.status === 403) location.reload(); // the program was started again: its page holds the new token
  return response;
}

/** An address of the local API for pictures, frames, links and event streams, which carry no header of ours. */
export const shown = (path: string): string => `${path}${path.includes('?') ? '&' : '?'}token=${encodeURIComponent(token)}`;
