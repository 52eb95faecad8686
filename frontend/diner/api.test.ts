import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { call, errorOf } from './api';

beforeEach(() => void vi.stubGlobal('document', { documentElement: { lang: 'ja' } }));
afterEach(() => vi.unstubAllGlobals());

const answered = (status: number, body: unknown): unknown =>
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify(body), { status })));

it('asks to be answered in the language of the page', async () => {
  const fetched = vi.fn((_url: string, _init: RequestInit) => Promise.resolve(new Response('{}')));
  vi.stubGlobal('fetch', fetched);
  await call('POST', '/v1/calls', undefined, { kind: 'staff' });
  expect(fetched.mock.calls[0]?.[1].headers).toMatchObject({ 'accept-language': 'ja' });
});

describe('what the gateway answers by itself, without a code', () => {
  it.each([404, 413])('is an answer at %i, whose words no guest reads', async (status) => {
    answered(status, { message: 'Not Found' });
    const answer = await call('POST', '/v1/orders');
    expect(answer).toMatchObject({ is: 'answer', status });
    if (answer.is === 'answer') expect(errorOf(answer.body)).toEqual({ code: '', field: '', message: '' });
  });
  it.each([429, 500, 503])('is no answer at %i: the same is sent again', async (status) => {
    answered(status, { message: 'Service Unavailable' });
    expect(await call('GET', '/v1/orders/1')).toEqual({ is: 'none' });
  });
});

describe('what a function refuses', () => {
  it('is told in its own words', async () => {
    answered(422, { code: 'unknown_item', field: 'lines[0]', message: 'No such dish.' });
    const answer = await call('POST', '/v1/orders');
    if (answer.is === 'answer') expect(errorOf(answer.body)).toEqual({ code: 'unknown_item', field: 'lines[0]', message: 'No such dish.' });
    expect(answer.is).toBe('answer');
  });
});
