// 44 deliveries to `POST /v1/stripe/{account}/webhook`, signed by the official SDK, each with the status it is to be answered with.
//
//   node tests/stripe/webhook-cases.mjs URL SECRET SECOND_SECRET ['{"session": "cs_…", "payment_intent": "pi_…", "charge": "ch_…"}']
//       posts all of them and compares; without ids they tell of objects that nobody knows
//   node tests/stripe/webhook-cases.mjs --judge SECRET SECOND_SECRET
//       lets the SDK itself judge them, and prints them as JSON for another judge
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(new URL('../../frontend/package.json', import.meta.url));
const Stripe = require('stripe');
const stripe = new Stripe('sk_test_unused');

const UNKNOWN = { session: 'cs_test_unknown', payment_intent: 'pi_unknown', charge: 'ch_unknown' };
const PINNED = '2026-09-30.endive';

let count = 0;

/** An event as the pinned API version sends it. */
function event(type, object, more = {}) {
  count += 1;
  return {
    id: `evt_case_${process.pid}_${Date.now()}_${count}`,
    object: 'event',
    api_version: PINNED,
    created: Math.floor(Date.now() / 1000),
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
    ...more,
  };
}

function session(ids, more = {}) {
  return {
    id: ids.session,
    object: 'checkout.session',
    amount_subtotal: 2500,
    amount_total: 2500,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    client_reference_id: 'ord_unknown',
    created: 1_700_000_000,
    currency: 'usd',
    custom_fields: [],
    custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
    customer_details: { address: null, email: 'ana@example.com', name: 'Ana Núñez 山田', phone: null, tax_exempt: 'none', tax_ids: [] },
    expires_at: 1_700_003_600,
    livemode: false,
    metadata: {},
    mode: 'payment',
    payment_intent: ids.payment_intent,
    payment_method_types: ['card'],
    payment_status: 'paid',
    shipping_options: [],
    status: 'complete',
    success_url: 'http://localhost/back',
    ui_mode: 'hosted_page',
    url: null,
    ...more,
  };
}

function charge(ids, more = {}) {
  return {
    id: ids.charge,
    object: 'charge',
    amount: 2500,
    amount_captured: 2500,
    amount_refunded: 500,
    billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
    captured: true,
    created: 1_700_000_000,
    currency: 'usd',
    disputed: false,
    livemode: false,
    metadata: {},
    paid: true,
    payment_intent: ids.payment_intent,
    payment_method_details: { type: 'card', card: { brand: 'visa', exp_month: 12, exp_year: 2034, last4: '4242' } },
    refunded: false,
    status: 'succeeded',
    ...more,
  };
}

function refund(ids, status) {
  return { id: 're_unknown', object: 'refund', amount: 500, charge: ids.charge, created: 1_700_000_000, currency: 'usd', metadata: {}, payment_intent: ids.payment_intent, status };
}

function dispute(ids) {
  return {
    id: 'dp_unknown', object: 'dispute', amount: 2500, balance_transactions: [], charge: ids.charge, created: 1_700_000_000, currency: 'usd', enhanced_eligibility_types: [],
    evidence: { enhanced_evidence: {} }, evidence_details: { due_by: null, enhanced_eligibility: {}, has_evidence: false, past_due: false, submission_count: 0 },
    is_charge_refundable: false, livemode: false, metadata: {}, payment_intent: ids.payment_intent, reason: 'fraudulent', status: 'needs_response',
  };
}

function intent(ids) {
  return {
    id: ids.payment_intent, object: 'payment_intent', amount: 2500, amount_capturable: 0, amount_received: 0, capture_method: 'automatic_async', confirmation_method: 'automatic',
    created: 1_700_000_000, currency: 'usd', livemode: false, metadata: {}, payment_method_types: ['card'], status: 'requires_payment_method',
  };
}

function without(object, ...keys) {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

function sign(payload, secret, timestamp, scheme = 'v1') {
  return stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp, scheme });
}

const v1Of = (header) => header.split('v1=')[1];

/**
 * The cases: `name`, `body`, `headers`, `status`. `sdk` says what the official SDK makes of it where it differs from us.
 * An endpoint that is asked must know both secrets, `secret` and `second`.
 */
export function cases(secret, second, now, ids = UNKNOWN) {
  const all = [];
  const add = (name, status, body, header, more = {}) => {
    const signature = header === undefined ? {} : { 'stripe-signature': header };
    all.push({ name, status, body, headers: { 'content-type': 'application/json; charset=utf-8', ...signature, ...more.headers }, sdk: more.sdk ?? status === 200 });
  };
  const text = (value) => JSON.stringify(value, null, 2);
  const good = (name, value) => {
    const body = text(value);
    add(name, 200, body, sign(body, secret, now));
  };
  const completed = () => event('checkout.session.completed', session(ids));

  // What we listen to.
  good('a completed session', completed());
  good('a completed session that is not paid yet', event('checkout.session.completed', session(ids, { payment_status: 'unpaid' })));
  good('a delayed payment succeeded', event('checkout.session.async_payment_succeeded', session(ids)));
  good('a delayed payment failed', event('checkout.session.async_payment_failed', session(ids, { payment_status: 'unpaid' })));
  good('a session expired', event('checkout.session.expired', session(ids, { status: 'expired', payment_status: 'unpaid', payment_intent: null })));
  good('a payment failed', event('payment_intent.payment_failed', intent(ids)));
  good('a charge was refunded', event('charge.refunded', charge(ids), { data: { object: charge(ids), previous_attributes: { amount_refunded: 0 } } }));
  good('a refund changed', event('refund.updated', refund(ids, 'succeeded')));
  good('a refund failed', event('refund.failed', refund(ids, 'failed')));
  good('a dispute began', event('charge.dispute.created', dispute(ids)));
  // What we do not know, or knew otherwise.
  good('a type that does not exist yet', event('kitchen.robot.started', { id: 'rob_1', object: 'kitchen.robot' }));
  good('a type that is nothing to us', event('invoice.paid', { id: 'in_1', object: 'invoice', amount_paid: 1 }));
  good('an API version of 2019', event('checkout.session.completed', session(ids), { api_version: '2019-01-01' }));
  good('an API version of 2031', event('checkout.session.completed', session(ids), { api_version: '2031-03-31.quince' }));
  good('no API version', event('checkout.session.completed', session(ids), { api_version: null }));
  good('a new status', event('checkout.session.completed', session(ids, { status: 'half_complete', payment_status: 'nearly_paid' })));
  good('fields that are new', event('checkout.session.completed', session(ids, { gratitude: { level: 11 } }), { mood: 'good' }));
  good('an unknown way to pay', event('charge.refunded', charge(ids, { payment_method_details: { type: 'shells', shells: { count: 4 } } })));
  good('a session without custom_text', event('checkout.session.completed', without(session(ids), 'custom_text')));
  good('a session without automatic_tax', event('checkout.session.completed', without(session(ids), 'automatic_tax')));
  good('a charge without billing_details', event('charge.refunded', without(charge(ids), 'billing_details')));
  good('an envelope without pending_webhooks', without(completed(), 'pending_webhooks'));
  good('a request that is a text', event('checkout.session.completed', session(ids), { request: 'req_1' }));
  good('an object of an old account: all of these at once', { ...without(event('charge.refunded', without(charge(ids), 'billing_details')), 'pending_webhooks'), request: null, api_version: '2016-07-06' });

  // Signatures that are right.
  const body = text(completed());
  const header = sign(body, secret, now);
  add('the same event a first time', 200, body, header);
  add('the same event a second time', 200, body, header);
  for (const [name, seconds] of [['almost five minutes old', -270], ['almost five minutes ahead', 270]]) {
    const value = text(completed());
    add(name, 200, value, sign(value, secret, now + seconds));
  }
  add('signed with the second secret, in a rotation', 200, body, sign(body, second, now));
  add('signed with both, the one that nobody knows first', 200, body, `t=${now},v1=${v1Of(sign(body, 'whsec_old', now))},v1=${v1Of(header)}`);
  add('a v0 signature beside the v1', 200, body, `${header},v0=${'0'.repeat(64)}`);
  add('the name of the header in capitals', 200, body, undefined, { headers: { 'STRIPE-SIGNATURE': header } });
  add('hexadecimal digits in capitals', 200, body, `t=${now},v1=${v1Of(header).toUpperCase()}`, { sdk: false });
  add('a body that the gateway encodes as base64', 200, body, header, { headers: { 'content-type': 'application/octet-stream' } });

  // Signatures that are not.
  add('more than five minutes old', 400, body, sign(body, secret, now - 301));
  add('more than five minutes ahead', 400, body, sign(body, secret, now + 400), { sdk: true });
  add('signed with a wrong secret', 400, body, sign(body, 'whsec_wrong', now));
  add('a body that was changed', 400, body.replace('"amount_total": 2500', '"amount_total": 1'), header);
  add('a body that was parsed and written anew', 400, JSON.stringify(JSON.parse(body)), header);
  add('a v0 signature only', 400, body, sign(body, secret, now, 'v0'));
  add('no header at all', 400, body, undefined);
  add('an empty header', 400, body, '');
  add('a header of nonsense', 400, body, 'v1;t=soon,v1=zz,,=');
  add('two times in one header', 400, body, `t=${now - 10},${header}`, { sdk: true });
  return all;
}

/** What the SDK makes of a case. */
function judged({ body, headers }, secrets) {
  const header = headers['stripe-signature'] ?? headers['STRIPE-SIGNATURE'];
  return secrets.some((secret) => {
    try {
      return Boolean(stripe.webhooks.constructEvent(body, header, secret, 300));
    } catch {
      return false;
    }
  });
}

/** Sends it with the header's name as it is written, which `fetch` would not. */
async function post(url, { body, headers }) {
  const bytes = Buffer.from(body);
  const sent = request(url, { method: 'POST', headers: { ...headers, 'content-length': bytes.length } });
  sent.end(bytes);
  const [answer] = await once(sent, 'response');
  const chunks = await answer.toArray();
  return { status: answer.statusCode, text: Buffer.concat(chunks).toString() };
}

const now = () => Math.floor(Date.now() / 1000);

async function main([first, secret, second, ids]) {
  if (first === '--judge') {
    const all = cases(secret, second, now());
    assert.equal(all.length, 44);
    for (const one of all) assert.equal(judged(one, [secret, second]), one.sdk, one.name);
    console.log(JSON.stringify(all));
    return;
  }
  const made = cases(secret, second, now(), ids && { ...UNKNOWN, ...JSON.parse(ids) });
  const wrong = [];
  for (const one of made) {
    const { status, text } = await post(first, one);
    if (status !== one.status) wrong.push(`${one.name}: ${status} where ${one.status} was expected (${text})`);
    // A refusal must not say what exactly was wrong with the signature.
    if (one.status === 400 && /secret|timestamp|tolerance|v0|hmac/i.test(text)) wrong.push(`${one.name}: the refusal says why: ${text}`);
  }
  console.log(`${made.length - wrong.length} of ${made.length} as expected`);
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
