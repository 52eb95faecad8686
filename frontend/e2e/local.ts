// The local API of the program under test, with the token that stands in the console's page.
import type { APIRequestContext } from '@playwright/test';

export async function tokenOf(request: APIRequestContext): Promise<string> {
  const page = await (await request.get('/')).text();
  return /name="tabletap-token" content="([^"]+)"/.exec(page)?.[1] ?? '';
}

/** Reads JSON from the local API. */
export async function local(request: APIRequestContext, path: string): Promise<unknown> {
  return (await request.get(path, { headers: { 'x-tabletap-token': await tokenOf(request) } })).json();
}
