// Takeout, from the restaurant's link to the paper and the mail: in two languages, with a card that is declined, back, for later, with the
// store closed, in another browser, with a bank that takes its time, and on a line that drops answers.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { papersOf, staff } from './guest';
import { ownAddress, Payer, seesReceiptInMail } from './payer';

const SLUG = 'kumo-sushi';

test('as soon as possible, with a tip: declined, then paid; the kitchen prints, and one receipt comes', async ({ page, request }) => {
  const guest = new Payer(page);
  const email = ownAddress();
  await guest.visit(SLUG, 'en');
  await guest.add('Tuna tataki');
  await guest.openCart();
  await guest.check('takeout-cart');
  await page.keyboard.press('Escape');
  await guest.openCheckout();
  await guest.check('takeout-checkout');

  // Nothing is chosen for the guest, and the first mistake has the focus.
  await expect(guest.sheet.getByRole('radio', { name: /tip|%|amount/i }).and(page.locator(':checked'))).toHaveCount(0);
  await guest.send();
  await expect(guest.sheet.getByLabel('Name', { exact: true })).toBeFocused();
  await guest.sayWho({ name: 'Ada', email: 'ada@example' });
  await guest.send();
  await expect(guest.sheet.getByLabel('Email', { exact: true })).toBeFocused();
  await expect(guest.sheet.getByLabel('Email', { exact: true })).toHaveAccessibleDescription(/look like name@example\.com/);
  await guest.check('takeout-mistake');
  await guest.sayWho({ email });
  await guest.sheet.getByRole('radio', { name: /^15%/ }).check();
  await expect(guest.sheet.locator('.sums')).toContainText('Tip$2.18');
  expect(guest.sentIds).toEqual([]);

  await guest.sheet.getByLabel('Email', { exact: true }).press('Enter'); // as a phone's keyboard sends a form
  await guest.isAtPayment();
  await expect(page.getByRole('heading', { name: 'Pay Kumo Sushi USD 17.96' })).toBeVisible();
  await guest.choose('The card is declined');
  await expect(page.getByRole('alert')).toContainText('Nothing was charged');
  const [orderId = ''] = guest.sentIds;
  expect(await papersOf(request, orderId)).toEqual([]);

  await guest.payByCard();
  await guest.sees(guest.p.paidTitle);
  await guest.seesPaper();
  await expect(page.getByText('Visa ending in 4242')).toBeVisible();
  await expect(page.getByText('$17.96')).toBeVisible();
  await guest.check('takeout-paid');
  expect(new Set(await papersOf(request, orderId)).size).toBe((await papersOf(request, orderId)).length);
  await seesReceiptInMail(request, email, orderId);
  expect(guest.sentIds).toEqual([orderId]);
  expect(guest.mistakes).toEqual([]);
});

test('for a chosen time, in Arabic, by telephone: paid now, and not in the kitchen yet', async ({ page, request }) => {
  const guest = new Payer(page);
  await guest.visit('bait-sidra', 'ar');
  await guest.add('فلافل');
  await guest.openCheckout();
  const later = guest.sheet.getByLabel(guest.p.later);
  if (await later.isVisible()) await later.check();
  const slots = guest.sheet.getByLabel(guest.p.chooseTime);
  await guest.send();
  await expect(slots).toBeFocused();
  const last = (await slots.locator('option').count()) - 1;
  await slots.selectOption({ index: last });
  await guest.sayWho({ name: 'سارة', phone: '+965 5555 1234' });
  await guest.sheet.getByLabel(guest.p.ownTip).check();
  const amount = guest.sheet.getByLabel(guest.p.amount);
  await amount.fill('٩٩٩');
  await guest.send();
  await expect(amount).toBeFocused();
  await amount.fill('٠٫٢٥٠');
  await expect(guest.sheet.locator('.sums')).toContainText('٠٫٢٥٠');
  await guest.check('takeout-ar-checkout');
  await guest.goToPay();
  await guest.payByCard();
  await guest.sees(guest.p.paidTitle);
  await expect(page.getByRole('heading', { name: guest.p.pickup })).toBeVisible();
  await expect(page.locator('.way > li.later', { hasText: guest.t.stepToKitchen })).toBeVisible();
  await guest.check('takeout-ar-paid');
  expect(await papersOf(request, guest.sentIds[0] ?? '')).toEqual([]);
  expect(guest.mistakes).toEqual([]);
});

test('back without paying: nothing is charged, the order can be changed, and is paid then', async ({ page, request }) => {
  const guest = new Payer(page);
  await guest.visit(SLUG, 'en');
  await guest.add('Tuna tataki');
  await guest.openCheckout();
  await guest.sayWho({ name: 'Ada', email: ownAddress() });
  await guest.goToPay();
  await page.getByRole('link', { name: 'Back without paying' }).click();
  await guest.sees(guest.p.unpaidTitle);
  await expect.poll(() => page.url()).toMatch(/#pay\/ord_[0-9a-f]{32}$/); // the token is gone from the address
  await guest.check('takeout-back');

  await guest.goToPay();
  await page.goBack(); // the browser's own way
  await guest.sees(guest.p.unpaidTitle);

  await page.getByRole('button', { name: guest.p.change }).click();
  await guest.sheet.locator('.lines').first().getByRole('button', { name: 'One more: Tuna tataki' }).click();
  await guest.sheet.getByRole('button', { name: guest.t.toCheckout }).click();
  await expect(guest.sheet.getByLabel('Name', { exact: true })).toHaveValue('Ada'); // asked once
  await guest.goToPay();
  await guest.payByCard();
  await guest.sees(guest.p.paidTitle);
  await guest.seesPaper();
  const [first = '', second = ''] = guest.sentIds;
  expect(second).not.toBe(first);
  expect(await papersOf(request, first)).toEqual([]);
  expect(await papersOf(request, second)).not.toEqual([]);
  expect(guest.mistakes).toEqual([]);
});

test('the way back works in another browser than the one that ordered', async ({ page, browser, baseURL }) => {
  const guest = new Payer(page);
  await guest.visit(SLUG, 'en');
  await guest.add('Tuna tataki');
  await guest.openCheckout();
  await guest.sayWho({ name: 'Ada', email: ownAddress() });
  await guest.goToPay();
  await guest.payByCard();
  await guest.sees(guest.p.paidTitle);
  const link = guest.back.at(-1) ?? '';
  expect(link).toContain('paid/');

  const context = await browser.newContext({ ...(baseURL === undefined ? {} : { baseURL }), serviceWorkers: 'block', timezoneId: 'Europe/Berlin' });
  const other = new Payer(await context.newPage());
  await other.page.goto(link);
  await other.sees(other.p.paidTitle);
  await expect(other.page.getByText('Visa ending in 4242')).toBeVisible();
  await expect(other.page.getByText(/Eastern Time/)).toBeVisible();
  await expect.poll(() => other.page.url()).not.toBe(link);
  await other.page.reload();
  await other.sees(other.p.paidTitle);
  await other.page.getByRole('button', { name: other.t.orderMore }).click();
  await expect(other.page.getByRole('heading', { name: 'Small plates' })).toBeVisible();
  expect(other.mistakes).toEqual([]);
  await context.close();
});

test('a bank that takes its time: the kitchen waits; a no is said and can be paid again', async ({ page, request }) => {
  const guest = new Payer(page);
  await guest.visit(SLUG, 'en');
  await guest.add('Tuna tataki');
  await guest.openCheckout();
  await guest.sayWho({ name: 'Ada', email: ownAddress() });
  await guest.goToPay();
  await guest.choose('A bank debit fails later');
  await expect(page.locator('.note h3', { hasText: guest.p.processingTitle }).or(page.locator('.note h3', { hasText: guest.p.failedTitle }))).toBeVisible();
  await guest.sees(guest.p.failedTitle);
  await guest.check('takeout-failed');
  const [orderId = ''] = guest.sentIds;
  expect(await papersOf(request, orderId)).toEqual([]);
  await guest.goToPay();
  await guest.choose('A bank debit succeeds later');
  await guest.sees(guest.p.paidTitle);
  await guest.seesPaper();
  expect(guest.mistakes).toEqual([]);
});

test('a closed store says when it opens and takes orders for later', async ({ page, request }) => {
  const today = new Date().toISOString().slice(0, 10);
  const file = join(mkdtempSync(join(tmpdir(), 'shut-')), 'shut.yaml');
  writeFileSync(file, closedOn(today));
  await staff('menu', 'publish', file);
  const guest = new Payer(page);
  await expect.poll(async () => (await request.get('/m/shut/en/')).status()).toBe(200);
  await guest.visit('shut', 'en');
  await guest.add('Soup');
  await guest.openCheckout();
  await expect(guest.sheet.getByText(/Next opening: .*12:00/)).toBeVisible();
  await expect(guest.sheet.getByLabel(guest.p.asap)).toHaveCount(0);
  await guest.check('takeout-closed');
  await guest.sheet.getByLabel(guest.p.chooseTime).selectOption({ index: 1 });
  await guest.sayWho({ name: 'Ada', email: ownAddress() });
  await guest.goToPay();
  await guest.payByCard();
  await guest.sees(guest.p.paidTitle);
  expect(guest.mistakes).toEqual([]);
});

test('answers that get lost on the way to the payment page charge nothing and make one order', async ({ page }) => {
  const guest = new Payer(page);
  await guest.visit(SLUG, 'en');
  await guest.add('Tuna tataki');
  await guest.openCheckout();
  await guest.sayWho({ name: 'Ada', email: ownAddress() });
  const urls: string[] = [];
  await page.route('**/v1/orders', async (route) => {
    await route.fetch();
    await route.abort();
  }, { times: 1 });
  await page.route('**/checkout', async (route) => {
    urls.push(await (await route.fetch()).text());
    await route.abort();
  }, { times: 1 });
  await guest.send();
  await expect(page.getByText(guest.p.waiting).or(page.getByText('TEST – no real money.'))).toBeVisible({ timeout: 30_000 });
  await guest.isAtPayment();
  expect(new Set(guest.sentIds).size).toBe(1);
  expect(urls[0]).toContain(page.url()); // the same session as in the answer that was lost
  await page.getByRole('link', { name: 'Back without paying' }).click();
  await guest.sees(guest.p.unpaidTitle);
  expect(guest.mistakes).toEqual([]);
});

test('a time that fills up before it is paid leads to the other times, with the cart and the name kept', async ({ page }) => {
  const guest = new Payer(page);
  await guest.visit(SLUG, 'en');
  await guest.add('Tuna tataki');
  await guest.openCheckout();
  await guest.sayWho({ name: 'Ada', email: ownAddress() });
  const full = { code: 'slot_taken', field: null, message: 'That pickup time has filled up.', slots: [] };
  await page.route('**/checkout', (route) => route.fulfill({ status: 409, json: full }), { times: 1 });
  await guest.send();
  await expect(page.getByRole('alert').filter({ hasText: guest.p.mTaken })).toBeVisible();
  await guest.check('takeout-time-filled');
  await page.getByRole('button', { name: guest.p.otherTime }).click();
  await expect(guest.sheet.getByLabel('Name', { exact: true })).toHaveValue('Ada');
  await guest.sheet.getByLabel(guest.p.chooseTime).selectOption({ index: 2 });
  await guest.goToPay();
  await guest.payByCard();
  await guest.sees(guest.p.paidTitle);
  const [first = '', second = ''] = guest.sentIds;
  expect(second).not.toBe(first);
  expect(guest.mistakes).toEqual([]);
});

test('a kitchen out of reach is said kindly, before and after the press', async ({ page }) => {
  const guest = new Payer(page);
  await guest.visit(SLUG, 'en');
  await guest.add('Tuna tataki');
  await guest.openCheckout();
  await guest.sayWho({ name: 'Ada', email: ownAddress() });
  const off = { code: 'kitchen_unreachable', field: null, message: 'The kitchen cannot be reached.' };
  await page.route('**/v1/orders', (route) => route.fulfill({ status: 409, json: off }), { times: 1 });
  await guest.send();
  await expect(guest.sheet.getByRole('alert')).toContainText(guest.p.kitchenOff);
  // Read once: the page asks again while it is shown, and a test that ends during a fetch of its own fails.
  const pickup = (await (await page.request.get(`/v1/stores/${SLUG}/pickup`)).json()) as Record<string, unknown>;
  const closed = { ...pickup, kitchen_unreachable: true, asap: { available: false, ready_at: null }, slots: [] };
  await page.route('**/pickup', (route) => route.fulfill({ json: closed }));
  await page.reload(); // its address is the checkout's, which opens again
  await expect(guest.sheet.getByText(guest.p.kitchenOff)).toBeVisible();
  await guest.check('takeout-kitchen-off');
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});

test('a dish that sells out meanwhile leads back to the cart, and nothing is charged', async ({ page }) => {
  const guest = new Payer(page);
  await guest.visit(SLUG, 'en');
  await guest.add('Tuna tataki');
  await guest.openCheckout();
  await guest.sayWho({ name: 'Ada', email: ownAddress() });
  const soldOut = { code: 'item_unavailable', field: 'lines[0].item_id', message: 'Tuna tataki is sold out.' };
  await page.route('**/v1/orders', (route) => route.fulfill({ status: 422, json: soldOut }), { times: 1 });
  await guest.send();
  await expect(guest.sheet.getByRole('heading', { name: guest.t.yourOrder, exact: true })).toBeVisible();
  await expect(guest.sheet.getByRole('alert')).toContainText('Tuna tataki is sold out.');
});

/** A store whose day off is today, and which opens at noon on every other. */
function closedOn(today: string): string {
  return `store:
  slug: shut
  tenant: tests
  name: Shut Today
  languages: [en]
  currency: USD
  time_zone: UTC
  accent: "#1d4e89"
  house_rule: open
  tax: {prices: exclusive, categories: {food: []}}
  stations:
    - {id: pass, name: Pass, printer: pass-1, agent: shut-pc}
  tables:
    - {id: t1, name: Table 1}
  contact:
    address: [1 Side Street]
    phone: +1 212 555 0199
  payments: {account: sushi}
  takeout:
    hours: {daily: [12:00-20:00]}
    holidays:
      ${today}: closed
    preparation_minutes: 20
    slot_minutes: 15
    capacity: 50
    days_ahead: 2
    late: refund
categories:
  - id: food
    name: Food
    station: pass
    tax: food
    items:
      - {id: soup, name: Soup, price: 8.00}
`;
}
