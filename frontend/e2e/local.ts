// The local API of the program under test, with the token that stands in the console's page.
import type { APIRequestContext } from '@playwright/test';

/** Reads JSON from the local API. */
export async function local(request: APIRequestContext, path: string): Promise<unknown> {
  const page = await (await request.get('/')).text();
  const token = /name="tabletap-token" content="([^"]+)"/.exec(page)?.[1] ?? '';
  return (await request.get(path, { headers: { 'x-tabletap-token': token } })).json();
}
