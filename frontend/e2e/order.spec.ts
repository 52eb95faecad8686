// From the sticker to the paper, in a browser, against the running program at BASE_URL.
import { expect, test } from '@playwright/test';
import { record } from '../shared/shape';
import { expectAccessible, expectNoSidewaysScroll, expectThumbSized } from './a11y';
import { Guest, papersOf, tableOf } from './guest';

const SHOTS = `${process.env.CARGO_TARGET_DIR ?? '../target'}/screenshots`;

test('a guest scans, chooses, sends, and sees the ticket come onto paper', async ({ page, request }) => {
  const guest = new Guest(page);
  await guest.scan(await tableOf(request, 0));
  await page.screenshot({ path: `${SHOTS}/menu.png` });

  await guest.open('Shoyu ramen');
  await guest.sheet.getByRole('radio', { name: /Large/ }).check();
  await guest.sheet.getByRole('checkbox', { name: /Corn/ }).check();
  await guest.sheet.getByRole('checkbox', { name: 'Egg', exact: true }).check();
  await guest.sheet.getByLabel('Special requests').fill('not too hot, please');
  await page.screenshot({ path: `${SHOTS}/dish.png` });
  await expect(guest.sheet.getByRole('button', { name: 'Add to order $19.50' })).toBeVisible();
  await guest.sheet.getByRole('button', { name: /^Add to order/ }).click();
  await guest.add('Tuna tataki');

  await guest.openCart();
  await expect(guest.sheet.getByText('Large · Corn · No Egg · “not too hot, please”')).toBeVisible();
  await page.screenshot({ path: `${SHOTS}/cart.png` });
  await guest.send();
  await guest.seesPaper();
  await expect(page.locator('.lines').getByText('Large · Corn · No Egg · “not too hot, please”')).toBeVisible();
  await page.screenshot({ path: `${SHOTS}/journey.png`, fullPage: true });

  const [orderId = ''] = guest.sentIds;
  expect(guest.sentIds).toEqual([orderId]);
  expect(await papersOf(request, orderId)).toHaveLength(2);
  expect(guest.mistakes).toEqual([]);

  await page.goBack();
  await expect(page.getByRole('heading', { name: 'Small plates' })).toBeVisible();
});

test('the cart survives a reload, and the back button closes a dish', async ({ page, request }) => {
  const guest = new Guest(page);
  await guest.scan(await tableOf(request, 1));
  await guest.add('Edamame');
  await guest.open('Tuna tataki');
  await page.goBack();
  await expect(guest.sheet).toBeHidden();
  await page.reload();
  await guest.openCart();
  await expect(guest.sheet.getByText('1 dish')).toBeVisible();
  await guest.sheet.getByRole('button', { name: 'One more: Edamame' }).click();
  await page.reload();
  await expect(guest.sheet.getByText('2 dishes')).toBeVisible();
});

test('an order without an answer says so and goes out again under the same id', async ({ page, request }) => {
  const guest = new Guest(page);
  await guest.scan(await tableOf(request, 2));
  await guest.add('Tuna tataki');
  await guest.openCart();

  // The order arrives and its answer is lost; then the connection is gone for a while.
  await page.route('**/v1/orders', async (route) => {
    await route.fetch();
    await page.context().setOffline(true);
    await route.abort();
  }, { times: 1 });
  await guest.send();
  await expect(guest.sheet.getByText('No answer yet.')).toBeVisible();
  await page.screenshot({ path: `${SHOTS}/no-answer.png` });
  await page.context().setOffline(false);

  await guest.seesPaper();
  expect(guest.sentIds.length).toBeGreaterThan(1);
  expect(new Set(guest.sentIds).size).toBe(1);
  const papers = await papersOf(request, guest.sentIds[0] ?? '');
  expect(papers.length).toBeGreaterThan(0);
  expect(new Set(papers).size, 'one paper per ticket').toBe(papers.length);
});

test('a changed price is shown and asked about before anything is sent again', async ({ page, request }) => {
  const guest = new Guest(page);
  await guest.scan(await tableOf(request, 3));
  await guest.add('Tuna tataki');
  await guest.openCart();

  // The guest saw another total than the server now computes.
  await page.route('**/v1/orders', async (route) => {
    const body = record(route.request().postDataJSON());
    await route.continue({ postData: { ...body, expected_total_minor: 1 } });
  }, { times: 1 });
  await guest.send();
  await expect(guest.sheet.getByRole('alert')).toContainText('The price has changed');
  await guest.send();
  await guest.seesPaper();
  expect(new Set(guest.sentIds).size).toBe(1);
});

test('an order that is refused says why, leads to its line, and keeps the cart', async ({ page, request }) => {
  const guest = new Guest(page);
  await guest.scan(await tableOf(request, 3));
  await guest.add('Tuna tataki');
  await guest.openCart();

  const soldOut = { code: 'item_unavailable', field: 'lines[0].item_id', message: 'Tuna tataki is sold out.' };
  await page.route('**/v1/orders', (route) => route.fulfill({ status: 422, json: soldOut }), { times: 1 });
  await guest.send();
  await expect(guest.sheet.getByRole('alert')).toContainText('There is a problem');
  await expectAccessible(page, 'refused');
  await guest.sheet.getByRole('link', { name: 'Tuna tataki is sold out.' }).click();
  await expect(guest.sheet.getByRole('button', { name: 'Change: Tuna tataki' })).toBeFocused();

  const ended = { code: 'seating_ended', field: null, message: 'This table has been closed.' };
  await page.route('**/v1/orders', (route) => route.fulfill({ status: 410, json: ended }), { times: 1 });
  await guest.send();
  await expect(guest.sheet.getByRole('alert')).toContainText('This table has been closed');
  await page.reload();
  await expect(guest.sheet.getByText('1 dish')).toBeVisible();
});

test('a code that no table has shows the menu and says so', async ({ page, request }) => {
  const { slug } = await tableOf(request, 0);
  await page.goto(`/m/${slug}/t/no-such-code-0000000000/en/`);
  await expect(page.getByText('We don’t recognize this code.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Tuna tataki' })).toBeVisible();
});

test('an order can be made with the keyboard alone', async ({ page, request }) => {
  const guest = new Guest(page);
  await guest.scan(await tableOf(request, 4));
  const reach = async (name: RegExp): Promise<void> => {
    for (let n = 0; n < 120; n += 1) {
      await page.keyboard.press('Tab');
      const label = await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '');
      if (name.test(label.trim())) return;
    }
    throw new Error(`Tab never reached ${name}`);
  };
  await reach(/^Tuna tataki$/);
  await page.keyboard.press('Enter');
  await expect(guest.sheet).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(guest.sheet).toBeHidden();
  await expect(page.getByRole('link', { name: 'Tuna tataki', exact: true })).toBeFocused();
  await page.keyboard.press('Enter');
  await reach(/^Add to order/);
  await page.keyboard.press('Enter');
  await expect(guest.sheet).toBeHidden();
  await reach(/^View order/);
  await page.keyboard.press('Enter');
  await expect(guest.sheet).toBeVisible();
  await reach(/^Send to the kitchen/);
  await page.keyboard.press('Enter');
  await guest.seesPaper();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every state is accessible and never scrolls sideways, ${colorScheme}`, async ({ page, request }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const guest = new Guest(page);
    const check = async (state: string): Promise<void> => {
      await expectAccessible(page, state);
      await expectNoSidewaysScroll(page, state);
      if (state !== 'console') await expectThumbSized(page, state);
      await page.screenshot({ path: `${SHOTS}/${colorScheme}-${state}.png` });
    };
    await guest.scan(await tableOf(request, colorScheme === 'light' ? 5 : 6));
    await check('menu');
    await guest.open('Ramen and gyoza');
    await check('dish');
    await page.keyboard.press('Escape');
    await guest.add('Edamame');
    await check('menu-with-order');
    await guest.openCart();
    await check('cart');
    await guest.send();
    await guest.seesPaper();
    await check('journey');
    await page.goto('/');
    await expect(page.locator('#health')).toHaveText('all parts up');
    await expect(page.locator('.sheet img').first()).toBeVisible();
    await check('console');
    expect(guest.mistakes).toEqual([]);
  });
}

test('text at twice its size breaks nothing', async ({ page, request }) => {
  const guest = new Guest(page);
  await guest.scan(await tableOf(request, 7));
  await page.evaluate(() => {
    document.documentElement.style.fontSize = '200%';
  });
  await expectNoSidewaysScroll(page, 'menu at 200 %');
  await guest.open('Ramen and gyoza');
  await expectNoSidewaysScroll(page, 'dish at 200 %');
});

test('the menu reads without a script', async ({ browser, request }) => {
  const { slug, code } = await tableOf(request, 0);
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`/t/${code}`);
  await expect(page).toHaveURL(new RegExp(`/m/${slug}/`));
  await expect(page.getByRole('heading', { name: 'Tuna tataki' })).toBeVisible();
  await expect(page.locator('noscript p')).toBeVisible();
  await context.close();
});
