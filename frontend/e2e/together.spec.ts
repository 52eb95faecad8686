// Several tabs, several phones, and staff who change the menu meanwhile.
import { expect, test } from '@playwright/test';
import { Guest, papersOf, staff, tableOf } from './guest';

const SLUG = 'brasa-miraflores';

test('two tabs of one phone share the cart, and one order goes out', async ({ context, request }) => {
  const table = await tableOf(request, 1, SLUG);
  const [first, second] = [new Guest(await context.newPage()), new Guest(await context.newPage())];
  await first.scan(table);
  await second.scan(table);
  await first.add('Cassava with huancaína');
  await second.add('Charcoal wings');
  for (const guest of [first, second]) await guest.openCart();
  for (const guest of [first, second]) await expect(guest.sheet.getByText('2 dishes')).toBeVisible();
  await Promise.all([first.send(), second.send()]);
  const sender = first.sentIds.length > 0 ? first : second;
  await sender.seesPaper();
  expect(new Set([...first.sentIds, ...second.sentIds]).size).toBe(1);
  const papers = await papersOf(request, sender.sentIds[0] ?? '');
  expect(new Set(papers).size, 'one paper per ticket').toBe(papers.length);
  const other = sender === first ? second : first;
  // It stood by, it sent the same order again under the same id, or its cart closed under its press: either way nothing is left to send.
  await expect(other.sheet.locator('.lines').getByText('Charcoal wings')).toHaveCount(0);
  await other.page.reload();
  await expect(other.page.getByText('2 dishes')).toHaveCount(0);
});

test('a tab takes over what another was sending when it was closed', async ({ context, request }) => {
  const table = await tableOf(request, 2, SLUG);
  const [first, second] = [new Guest(await context.newPage()), new Guest(await context.newPage())];
  await first.scan(table);
  await second.scan(table);
  await first.page.route('**/v1/orders', (route) => route.abort());
  await first.add('Cassava with huancaína');
  await first.openCart();
  await first.send();
  await expect(first.sheet.getByText('No answer yet.')).toBeVisible();
  await first.page.close();
  await second.seesPaper();
  expect(new Set([...first.sentIds, ...second.sentIds]).size).toBe(1);
});

test('two phones at one table order at once, and each follows its own', async ({ browser, request }) => {
  const table = await tableOf(request, 3, SLUG);
  const phones = await Promise.all([0, 1].map(async () => new Guest(await (await browser.newContext()).newPage())));
  for (const [index, guest] of phones.entries()) {
    await guest.scan(table);
    await guest.add(index === 0 ? 'Cassava with huancaína' : 'Charcoal wings');
    await guest.openCart();
    await expect(guest.sheet.getByText('1 dish')).toBeVisible();
  }
  await Promise.all(phones.map((guest) => guest.send()));
  for (const guest of phones) await guest.seesPaper();
  const [one, two] = phones.map(({ sentIds }) => sentIds[0]);
  expect(one).not.toBe(two);
  for (const [index, { page }] of phones.entries()) {
    await expect(page.locator('.lines')).toContainText(index === 0 ? 'Cassava with huancaína' : 'Charcoal wings');
    await page.getByRole('button', { name: 'Order something else' }).click();
    await expect(page.locator('.go').getByRole('button', { name: /^Order / })).toHaveCount(1);
    await page.context().close();
  }
});

test('a dish that sells out between cart and send is said, taken off, and the rest goes out', async ({ page, request }) => {
  const guest = new Guest(page);
  await guest.scan(await tableOf(request, 4, SLUG));
  await guest.add('Little combo');
  await guest.add('Cassava with huancaína');
  await guest.openCart();
  try {
    await staff('item', 'off', 'combo-chiquito', '--store', SLUG);
    // The page reads the menu once when it is refused: it must be written by then.
    await expect.poll(async () => (await request.get(`/menus/${SLUG}/en.json`)).text()).toMatch(/"id":"combo-chiquito"[^{}]*"available":false/);
    await guest.send();
    // The server says it; or the page does, where it has looked at the menu meanwhile.
    await expect(guest.sheet.getByRole('alert').getByRole('link')).toContainText(/sold out|No longer available/);
    await expect(guest.sheet.getByText('No longer available.').first()).toBeVisible();
    await guest.sheet.getByRole('button', { name: 'Remove from order: Little combo' }).click();
    await guest.send();
    await guest.seesPaper();
    await expect(page.locator('.lines')).not.toContainText('Little combo');
  } finally {
    await staff('item', 'on', 'combo-chiquito', '--store', SLUG);
  }
  expect(guest.mistakes).toEqual([]);
});

test('the back button leads from the order to the list and never away from the table', async ({ page, request }) => {
  const guest = new Guest(page);
  await guest.scan(await tableOf(request, 5, SLUG));
  const table = page.url();
  const here = async (): Promise<void> => expect(page.url().replace(/#.*/, '')).toBe(table);
  await guest.open('Cassava with huancaína');
  await page.goBack();
  await expect(guest.sheet).toBeHidden();
  await here();
  await guest.add('Cassava with huancaína');
  await guest.openCart();
  await guest.sheet.getByRole('button', { name: 'Change: Cassava with huancaína' }).click();
  await expect(guest.sheet.getByRole('button', { name: 'Save changes' })).toBeVisible();
  await page.goBack();
  await expect(guest.sheet.getByRole('heading', { name: 'Your order' })).toBeVisible();
  await guest.send();
  await guest.seesPaper();
  await here();
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'Cassava with huancaína' })).toBeVisible();
  await here();
  await page.goForward();
  await expect(page.getByRole('heading', { name: /^Order [A-Z]\d/ })).toBeVisible();
  await page.getByRole('button', { name: 'Order something else' }).click();
  await guest.open('Charcoal wings');
  await page.goBack();
  await page.goBack();
  await expect(page.getByRole('heading', { name: /^Order [A-Z]\d/ })).toBeVisible();
  await here();
  expect(guest.mistakes).toEqual([]);
});
