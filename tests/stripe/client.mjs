// The official Node SDK as a client of the local Stripe, and as the judge of its signatures.
//
//   node tests/stripe/client.mjs API_BASE API_KEY TOKEN
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../frontend/package.json', import.meta.url));
const Stripe = require('stripe');
const [base, key, token] = process.argv.slice(2);
const { hostname, port } = new URL(base);
const client = (apiKey) => new Stripe(apiKey, { host: hostname, port, protocol: 'http', maxNetworkRetries: 0, timeout: 10_000 });
const stripe = client(key);

// An endpoint of our own, which the SDK creates.
const arrived = [];
const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  arrived.push({ body: Buffer.concat(chunks), signature: request.headers['stripe-signature'] });
  response.end();
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const endpoint = await stripe.webhookEndpoints.create({ url: `http://127.0.0.1:${server.address().port}/hook`, enabled_events: ['*'], api_version: '2026-09-30.endive' });
assert.match(endpoint.secret, /^whsec_/);
assert.equal((await stripe.webhookEndpoints.retrieve(endpoint.id)).url, endpoint.url);

const order = {
  mode: 'payment',
  client_reference_id: 'ord_node',
  customer_email: 'ana@example.com',
  success_url: 'http://shop.example/back?s={CHECKOUT_SESSION_ID}',
  cancel_url: 'http://shop.example/cart',
  metadata: { order_id: 'ord_node', tenant: 'kumo' },
  payment_intent_data: { metadata: { order_id: 'ord_node' } },
  line_items: [
    { quantity: 2, price_data: { currency: 'usd', unit_amount: 1450, tax_behavior: 'exclusive', product_data: { name: 'Salmon & “avocado” ロール', tax_code: 'txcd_40060003' } } },
    { quantity: 1, price_data: { currency: 'usd', unit_amount: 435, product_data: { name: 'Tip', tax_code: 'txcd_90020001' } } },
  ],
};
const pay = async (session, outcome) => {
  const answer = await fetch(`${base}/local/stripe/pay`, { method: 'POST', headers: { 'x-tabletap-token': token }, body: JSON.stringify({ session, outcome }) });
  assert.equal(answer.status, 200);
  return answer.json();
};

// Made, read, listed by lines, expired.
const session = await stripe.checkout.sessions.create(order, { idempotencyKey: `pay-${process.pid}-1` });
assert.equal(session.amount_total, 3335);
assert.match(session.lastResponse.requestId, /^req_/);
const read = await stripe.checkout.sessions.retrieve(session.id, { expand: ['line_items', 'payment_intent'] });
assert.equal(read.line_items.data[0].description, 'Salmon & “avocado” ロール');
const lines = [];
for await (const line of stripe.checkout.sessions.listLineItems(session.id, { limit: 1 })) lines.push(line.amount_total);
assert.deepEqual(lines, [2900, 435]);
const gone = await stripe.checkout.sessions.create(order);
assert.equal((await stripe.checkout.sessions.expire(gone.id)).status, 'expired');
await assert.rejects(stripe.checkout.sessions.expire(gone.id), { type: 'StripeInvalidRequestError' });

// The same key: the same answer; other words under it: a conflict.
const again = await stripe.checkout.sessions.create(order, { idempotencyKey: `pay-${process.pid}-1` });
assert.equal(again.id, session.id);
assert.equal(again.lastResponse.headers['idempotent-replayed'], 'true');
await assert.rejects(stripe.checkout.sessions.create({ ...order, client_reference_id: 'other' }, { idempotencyKey: `pay-${process.pid}-1` }), { type: 'StripeIdempotencyError' });

// The envelope of errors.
await assert.rejects(stripe.checkout.sessions.retrieve('cs_test_none'), { type: 'StripeInvalidRequestError', code: 'resource_missing', statusCode: 404 });
await assert.rejects(stripe.checkout.sessions.create({ ...order, line_items: [] }), { code: 'parameter_missing', param: 'line_items' });
await assert.rejects(client('sk_test_nobody').events.list(), { type: 'StripeAuthenticationError' });

// Paid, and refunded in two parts, never more.
const { redirect } = await pay(session.id, 'paid');
assert.equal(redirect, `http://shop.example/back?s=${session.id}`);
const paid = await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent.latest_charge'] });
assert.equal(paid.payment_status, 'paid');
assert.equal(paid.payment_intent.latest_charge.payment_method_details.card.last4, '4242');
assert.equal((await stripe.checkout.sessions.list({ payment_intent: paid.payment_intent.id })).data[0].id, session.id);
const refund = await stripe.refunds.create({ payment_intent: paid.payment_intent.id, amount: 500, reason: 'requested_by_customer', metadata: { n: 1 } }, { idempotencyKey: `refund-${process.pid}` });
assert.equal(refund.status, 'succeeded');
await assert.rejects(stripe.refunds.create({ payment_intent: paid.payment_intent.id, amount: 3000 }), { param: 'amount' });
await stripe.refunds.create({ charge: paid.payment_intent.latest_charge.id });
await assert.rejects(stripe.refunds.create({ payment_intent: paid.payment_intent.id }), { code: 'charge_already_refunded' });
assert.equal((await stripe.refunds.list({ payment_intent: paid.payment_intent.id })).data.length, 2);
assert.equal((await stripe.charges.retrieve(paid.payment_intent.latest_charge.id)).amount_refunded, 3335);

// What was sent, judged by the SDK.
const wanted = ['checkout.session.completed', 'checkout.session.expired', 'payment_intent.succeeded', 'charge.succeeded', 'refund.created', 'charge.refunded'];
const verified = () => arrived.map(({ body, signature }) => stripe.webhooks.constructEvent(body, signature, endpoint.secret));
const until = Date.now() + 20_000;
while (!wanted.every((type) => verified().some((event) => event.type === type))) {
  assert.ok(Date.now() < until, `not all events came: ${verified().map(({ type }) => type)}`);
  await new Promise((looked) => setTimeout(looked, 20));
}
const { body, signature } = arrived[0];
assert.throws(() => stripe.webhooks.constructEvent(`${body} `, signature, endpoint.secret));
assert.throws(() => stripe.webhooks.constructEvent(body, signature, 'whsec_other'));
const event = verified().find(({ type }) => type === 'checkout.session.completed');
assert.equal(event.data.object.id, session.id);
assert.equal((await stripe.events.retrieve(event.id)).type, event.type);
assert.ok((await stripe.events.list({ type: 'charge.refunded' })).data.every(({ type }) => type === 'charge.refunded'));

assert.equal((await stripe.webhookEndpoints.del(endpoint.id)).deleted, true);
server.close();
server.closeAllConnections();
console.log(`${arrived.length} deliveries verified`);
