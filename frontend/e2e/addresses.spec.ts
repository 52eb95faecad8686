// Addresses that people type, and what an order's page says: clocks, calls, what nobody can know.
import { expect, test } from '@playwright/test';
import { expectAccessible, expectNoSidewaysScroll } from './a11y';
import { Guest, tableOf } from './guest';
import { tokenOf } from './local';

test('an address without its last slash, or without a language, leads to the menu', async ({ page, request }) => {
  for (const address of ['/m/kumo-sushi', '/m/kumo-sushi/', '/m/kumo-sushi/en', '/m/kumo-sushi/xx/']) {
    await page.goto(address);
    await expect(page).toHaveURL(/\/m\/kumo-sushi\/en\/$/);
  }
  const { code, name } = await tableOf(request, 0);
  for (const address of [`/t/${code}/`, `/m/kumo-sushi/t/${code}`, `/m/kumo-sushi/t/${code}/en`]) {
    await page.goto(address);
    await expect(page).toHaveURL(new RegExp(`/m/kumo-sushi/t/${code}/en/$`));
    await expect(page.locator('#table')).toHaveText(name);
  }
});

test('an address that leads nowhere is a page for people, in their language', async ({ browser, baseURL }) => {
  for (const [locale, says, colorScheme] of [['en-US', 'There’s no page here', 'light'], ['ar', 'لا توجد صفحة هنا', 'dark'], ['ja', 'ページが見つかりません', 'light']] as const) {
    const context = await browser.newContext({ ...(baseURL === undefined ? {} : { baseURL }), locale, colorScheme });
    const page = await context.newPage();
    for (const address of ['/m/no-such-place/', '/m/kumo-sushi/en/no/such/page']) {
      const answer = await page.goto(address);
      expect(answer?.status()).toBe(404);
      await expect(page.getByRole('heading', { name: says })).toBeVisible();
      await expectAccessible(page, `nowhere in ${locale}`);
      await expectNoSidewaysScroll(page, `nowhere in ${locale}`);
    }
    await context.close();
  }
});

test.describe('on a phone that is set to another time zone', () => {
  test.use({ timezoneId: 'Asia/Tokyo' });

  test('an order claims only what is known, by the restaurant’s clock', async ({ page, request }) => {
    const guest = new Guest(page);
    await guest.scan(await tableOf(request, 10));
    await guest.add('Edamame');
    await guest.openCart();
    // Its ticket comes onto paper a moment later than this page may know.
    await page.route('**/v1/orders/ord_*', async (route) => {
      const response = await route.fetch();
      const order = (await response.json()) as { tickets: { state: string; printed_at: string | null }[] };
      for (const ticket of order.tickets) Object.assign(ticket, { state: 'queued', printed_at: null });
      await route.fulfill({ response, json: order });
    });
    await guest.send();
    await expect(page.locator('.way > li.now')).toContainText(guest.t.stepToKitchen);
    await expect(page.locator('.way > li')).toHaveCount(2); // nothing that nobody can say
    await expect(page.locator('.way')).not.toContainText(guest.t.stepPaper);
    await page.unrouteAll({ behavior: 'wait' });
    await guest.seesPaper();
    await expect(page.locator('.way > li')).toHaveCount(2);
    const clock = new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York', timeStyle: 'short' });
    const around = [0, 1, 2].map((minutes) => clock.format(Date.now() - minutes * 60_000));
    expect(around).toContain(await page.locator('.way > li .num').first().innerText());
    expect(guest.mistakes).toEqual([]);
  });
});

test('takeout says so under the restaurant’s name, with the address, and when it is ready once a dish is chosen', async ({ page }) => {
  const guest = new Guest(page);
  let asked = 0;
  await page.route('**/v1/stores/kumo-sushi/pickup', (route) => {
    asked += 1;
    const times = { asap: { available: true, ready_at: '2026-11-22T00:25:00Z' }, closes_at: '2026-11-22T03:00:00Z', opens_at: null };
    return route.fulfill({ json: { time_zone: 'America/New_York', state: 'open', kitchen_unreachable: false, slots: [], ...times } });
  });
  await page.goto('/m/kumo-sushi/en/');
  const line = page.locator('.mast #pickup');
  await expect(line).toHaveText('Order for pickup · 212 Spring Street · New York, NY 10013');
  expect(asked, 'looking at a menu asks nobody').toBe(0);
  await guest.add('Edamame');
  await expect(line).toContainText('Ready around 7:25 PM · Open until 10:00 PM.');
  await expectAccessible(page, 'takeout');
  await expectNoSidewaysScroll(page, 'takeout');
  expect(guest.mistakes).toEqual([]);
});

test('a tap on the footer asks before anybody is called, and says that somebody is', async ({ page, request }) => {
  const guest = new Guest(page);
  await guest.scan(await tableOf(request, 11));
  let calls = 0;
  page.on('request', (sent) => (calls += Number(sent.url().endsWith('/v1/calls'))));
  const help = page.locator('#help');
  await help.getByRole('button', { name: guest.t.callStaff }).click();
  await expect(help.getByText(guest.t.callAsk)).toBeVisible();
  await expectAccessible(page, 'call-asked');
  await help.getByRole('button', { name: guest.t.callNo }).click();
  expect(calls).toBe(0);
  await help.getByRole('button', { name: guest.t.callStaff }).click();
  await help.getByRole('button', { name: guest.t.callYes }).click();
  await expect(help.getByText(/^Called at /)).toBeVisible();
  expect(calls).toBe(1);
  await guest.open('Edamame'); // it runs in every view
  await expect(guest.sheet.getByText(/^Called at /)).toBeVisible();
  await expectAccessible(page, 'called');
  expect(guest.mistakes).toEqual([]);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`what a restaurant prints is chosen on a page that everybody can read, ${colorScheme}`, async ({ browser, request, baseURL }) => {
    const token = await tokenOf(request);
    const context = await browser.newContext({ ...(baseURL === undefined ? {} : { baseURL }), colorScheme });
    const page = await context.newPage();
    for (const width of [390, 768, 1280]) {
      await page.setViewportSize({ width, height: 844 });
      await page.goto(`/local/print?store=bait-sidra&size=a6&token=${token}`);
      await expect(page.getByRole('img', { name: /^First sheet/ })).toBeVisible();
      await expectAccessible(page, `print, ${colorScheme} at ${width}`);
      await expectNoSidewaysScroll(page, `print, ${colorScheme} at ${width}`);
    }
    await context.close();
  });
}
