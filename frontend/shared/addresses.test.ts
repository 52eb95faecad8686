import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import samples from './addresses.samples.json';

interface Request {
  uri: string;
  querystring: Record<string, { value: string }>;
}
type Handler = (event: { request: Request }) => Request | { statusCode: number; headers: { location: { value: string } } };

// The distribution's function, as the template has it. The local program has the same rule in Rust and reads the same samples.
const template = readFileSync(new URL('../../infra/frontend.yaml', import.meta.url), 'utf8');
const [, code = ''] = /FunctionCode: \|\n([^]*?)\n\n/.exec(template) ?? [];
const handler = new Function(`${code}; return handler;`)() as Handler;

function ask(address: string): ReturnType<Handler> {
  const { pathname, searchParams } = new URL(address, 'https://order.example');
  return handler({ request: { uri: pathname, querystring: Object.fromEntries([...searchParams].map(([name, value]) => [name, { value }])) } });
}

describe('an address that a person typed', () => {
  it.each(samples as [string, string | null][])('%s leads to %s', (address, expected) => {
    const answer = ask(address);
    expect('headers' in answer ? answer.headers.location.value : null).toBe(expected);
  });
  it('of a table is the page of the store', () => {
    expect(ask('/m/kumo/t/CODE/en/')).toMatchObject({ uri: '/m/kumo/en/index.html' });
  });
});
