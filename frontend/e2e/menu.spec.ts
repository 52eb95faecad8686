// Reading the menu: searching, diets, allergies, what changed meanwhile, asking for a person.
import { brotliCompressSync } from 'node:zlib';
import { expect, test, type APIRequestContext, type Page } from '@playwright/test';
import { list, record, text, type Json } from '../shared/shape';
import { expectAccessible, expectNoSidewaysScroll, expectThumbSized } from './a11y';
import { allPapers, Guest, tableOf, type Table } from './guest';

const SHOTS = `${process.env.CARGO_TARGET_DIR ?? '../target'}/screenshots`;
const shown = (page: Page) => page.locator('.dish:visible');

test('a search hides all else, says how many there are, and the back button ends it', async ({ page, request }) => {
  const guest = new Guest(page);
  await guest.scan(await tableOf(request, 8));
  const all = await shown(page).count();
  await page.getByRole('searchbox').fill('tuna');
  await expect(page.getByRole('heading', { name: 'Edamame' })).toBeHidden();
  const hits = await shown(page).count();
  expect(hits).toBeGreaterThan(1);
  expect(hits).toBeLessThan(all);
  await expect(page.getByRole('status').filter({ hasText: new RegExp(`^${hits} dishes$`) })).toBeAttached();
  await expect(page).toHaveURL(/[?&]q=tuna/);
  await expect(page.locator('.bar a', { hasText: 'Drinks' })).toBeHidden();

  await guest.open('Tuna tataki');
  await page.goBack();
  await expect(page.getByRole('searchbox')).toHaveValue('tuna');
  await page.reload();
  await expect(shown(page)).toHaveCount(hits);
  await page.goBack();
  await expect(shown(page)).toHaveCount(all);
  await expect(page.getByRole('searchbox')).toHaveValue('');

  await page.getByRole('searchbox').fill('pizza');
  await expect(page.getByText('No dishes match “pizza”.').first()).toBeVisible();
  await expectAccessible(page, 'no hits');
  await page.getByRole('button', { name: 'Show the whole menu' }).click();
  await expect(shown(page)).toHaveCount(all);
  expect(guest.mistakes).toEqual([]);
});

test('a diet narrows the list, and the sheet says to how many', async ({ page, request }) => {
  const guest = new Guest(page);
  await guest.scan(await tableOf(request, 8));
  const all = await shown(page).count();
  await page.getByRole('button', { name: 'Diet & allergies' }).click();
  await guest.sheet.getByRole('checkbox', { name: 'Vegan' }).check();
  const words = await guest.sheet.getByRole('button', { name: /^Show \d+ dish/ }).innerText();
  await guest.sheet.getByRole('button', { name: words }).click();
  await expect(guest.sheet).toBeHidden();
  await expect(shown(page)).toHaveCount(Number(/\d+/.exec(words)?.[0]));
  await expect(page.getByRole('button', { name: 'Diet & allergies · 1' })).toBeVisible();
  await expect(page).toHaveURL(/diet=vegan/);
  await page.goBack();
  await expect(shown(page)).toHaveCount(all);
});

test('an allergy is stated once, marked in words, and a dish with it is ordered only by a tick', async ({ page, request }) => {
  const guest = new Guest(page);
  await guest.scan(await tableOf(request, 9));
  await page.getByRole('button', { name: 'Diet & allergies' }).click();
  await guest.sheet.getByRole('checkbox', { name: 'sesame' }).check();
  await expectAccessible(page, 'diet');
  await expectThumbSized(page, 'diet');
  await page.screenshot({ path: `${SHOTS}/diet.png` });
  await page.keyboard.press('Escape');
  const tataki = page.locator('.dish', { has: page.getByRole('heading', { name: 'Tuna tataki' }) });
  await expect(tataki).toContainText('Contains sesame');
  await page.screenshot({ path: `${SHOTS}/allergy-menu.png` });
  await page.reload();
  await expect(tataki).toContainText('Contains sesame');

  await guest.open('Tuna tataki');
  await guest.sheet.getByRole('button', { name: /^Add to order/ }).click();
  await expect(guest.sheet.getByRole('alert')).toContainText('Tuna tataki contains sesame.');
  await expectAccessible(page, 'unconfirmed allergen');
  await page.screenshot({ path: `${SHOTS}/allergy-dish.png` });
  await guest.sheet.getByRole('link', { name: /Tuna tataki contains sesame/ }).click();
  await page.keyboard.press('Space');
  await guest.sheet.getByRole('button', { name: /^Add to order/ }).click();
  await expect(guest.sheet).toBeHidden();

  // Another allergy, stated later, asks again; the server may know more than the page and ask for itself.
  await page.getByRole('button', { name: /^Diet & allergies/ }).click();
  await guest.sheet.getByRole('checkbox', { name: 'fish', exact: true }).check();
  await page.keyboard.press('Escape');
  await guest.openCart();
  await guest.send();
  await expect(guest.sheet.getByRole('alert')).toContainText('Tuna tataki contains fish');
  expect(guest.sentIds).toEqual([]);
  await expectAccessible(page, 'cart with an unconfirmed allergen');
  await page.screenshot({ path: `${SHOTS}/allergy-cart.png` });
  await guest.sheet.getByRole('checkbox', { name: 'I understand and want it anyway' }).check();
  let sent: Json = {};
  await page.route('**/v1/orders', (route) => {
    sent = record(route.request().postDataJSON());
    const conflict = { code: 'allergen_conflict', field: 'lines[0].acknowledged', message: 'Tuna tataki contains sesame.' };
    return route.fulfill({ status: 422, json: conflict });
  }, { times: 1 });
  await guest.send();
  await expect(guest.sheet.getByRole('link', { name: /^Tuna tataki contains/ })).toBeVisible();
  expect(sent['allergies']).toEqual(['sesame', 'fish']);
  expect(list(sent, 'lines', (line) => record(line)['acknowledged'])).toEqual([true]);

  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Diet & allergies/ }).click();
  await guest.sheet.getByRole('checkbox', { name: 'Hide dishes that contain these' }).check();
  await page.keyboard.press('Escape');
  await expect(tataki).toBeHidden();
  expect(guest.mistakes).toEqual([]);
});

test('the cart says what changed before anything is sent', async ({ page, request }) => {
  const guest = new Guest(page);
  await guest.scan(await tableOf(request, 8));
  await guest.add('Edamame');
  await guest.add('Tuna tataki');
  await page.route('**/menus/kumo-sushi/en.json', async (route) => {
    const response = await route.fetch();
    const menu = record(await response.json());
    for (const item of list(menu, 'categories', record).flatMap((category) => list(category, 'items', record))) {
      if (item['id'] === 'edamame') item['price_minor'] = 650;
      if (item['id'] === 'tuna-tataki') item['available'] = false;
    }
    await route.fulfill({ response, json: menu });
  });
  await guest.openCart();
  await expect(guest.sheet.getByText('The price has changed from $6.00 to $6.50.')).toBeVisible();
  await expect(guest.sheet.getByText('No longer available.')).toBeVisible();
  await expectAccessible(page, 'changed cart');
  await page.screenshot({ path: `${SHOTS}/changed-cart.png` });
  await guest.sheet.getByRole('button', { name: /^Send at the new price/ }).click();
  await expect(guest.sheet.getByRole('alert').getByRole('link')).toContainText('Tuna tataki: No longer available');
  expect(guest.sentIds).toEqual([]);
});

test('the bill is asked for with one tap, seen by the whole table, and comes out as one slip', async ({ page, request, browser }) => {
  const guest = new Guest(page);
  const table = await tableOf(request, 10);
  await guest.scan(table);
  await guest.add('Edamame');
  await guest.openCart();
  await guest.sheet.getByLabel('Your name').fill('Ada');
  await guest.send();
  await guest.seesPaper();

  const second = await browser.newPage();
  const other = new Guest(second);
  await other.scan(table);
  await second.locator('#table').click();
  await expect(other.sheet.getByText('Edamame').first()).toBeVisible();
  await expect(other.sheet.getByText('Ada'), 'a name stays on the phone that gave it').toHaveCount(0);
  await second.close();

  await page.getByRole('button', { name: 'Call staff or pay', exact: true }).click();
  await expect(guest.sheet.getByRole('heading', { name: table.name })).toBeVisible();
  await expect(guest.sheet.getByText('Ada')).toBeVisible();
  await guest.sheet.getByRole('button', { name: 'Ask for the bill' }).click();
  await expect(guest.sheet.getByRole('status')).toContainText('Called at');
  await guest.sheet.getByRole('button', { name: 'Ask for the bill' }).click();
  await expect(guest.sheet.getByRole('status')).toContainText('You’ve already called.');
  await expect.poll(() => slipsOf(request, table)).toBe(1);
  await expectAccessible(page, 'at the table');
  await expectThumbSized(page, 'at the table');
  await expectNoSidewaysScroll(page, 'at the table');
  await page.screenshot({ path: `${SHOTS}/at-table.png` });
});

/** How many slips for the bill of this table came out. */
async function slipsOf(request: APIRequestContext, table: Table): Promise<number> {
  const texts = (await allPapers(request)).map((paper) => text(paper, 'text'));
  return texts.filter((paper) => paper.includes('THE BILL, PLEASE') && paper.includes(table.name.toUpperCase())).length;
}

test('from the right: digits, prices and texts are as an Arabic reader writes them', async ({ page, request }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const guest = new Guest(page);
  const check = async (state: string): Promise<void> => {
    await expectAccessible(page, state);
    await expectNoSidewaysScroll(page, state);
    await expectThumbSized(page, state);
    await page.screenshot({ path: `${SHOTS}/ar-${state}.png` });
  };
  await guest.scan(await tableOf(request, 0, 'diwan'), 'ar');
  await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
  const coffee = page.locator('.dish', { has: page.getByRole('heading', { name: 'قهوة عربية' }) });
  const printed = (await coffee.locator('.p span').first().textContent())?.split(' أو')[0]?.trim() ?? '';
  expect(printed).toContain('١٫٢٥٠');
  await expect(page.locator('bdi[lang=en]', { hasText: 'Flat white' })).toBeVisible();
  await check('menu');

  await coffee.getByRole('link').click();
  await expect(guest.sheet.getByRole('button', { name: 'أضف إلى الطلب' })).toContainText(printed);
  await check('dish');
  await guest.sheet.getByRole('button', { name: 'أضف إلى الطلب' }).click();
  await page.getByRole('button', { name: /عرض الطلب/ }).click();
  await guest.sheet.getByRole('button', { name: /أرسل إلى المطبخ/ }).click();
  await expect(page.getByRole('heading', { name: /^الطلب/ })).toBeVisible();
  await check('journey');
  await page.getByRole('button', { name: 'اطلب شيئًا آخر' }).click();
  await page.locator('#find button').click();
  await guest.sheet.getByRole('checkbox', { name: 'البيض' }).check();
  await guest.sheet.getByRole('checkbox', { name: 'الحليب' }).check();
  await check('diet');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'فطور الديوان' }).click();
  await guest.sheet.getByRole('radio', { name: /شكشوكة/ }).check();
  await guest.sheet.locator('#acknowledge').check();
  await check('allergy');
  await guest.sheet.getByRole('button', { name: 'أضف إلى الطلب' }).click();
  await page.getByRole('button', { name: /عرض الطلب/ }).click();
  await check('cart');
  await page.keyboard.press('Escape');
  await page.locator('#table').click();
  await check('table');
  await page.keyboard.press('Escape');
  await page.getByRole('searchbox').fill('قهوه'); // typed with another last letter than printed
  await expect(shown(page)).toHaveCount(3);
  await check('search');
  expect(guest.mistakes).toEqual([]);
});

test('nothing that has focus lies under a bar', async ({ page, request }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const guest = new Guest(page);
  await guest.scan(await tableOf(request, 8));
  await guest.add('Edamame');
  for (let n = 0; n < 60; n += 1) {
    if (n === 35) await guest.open('Shoyu ramen');
    const place = n < 35 ? 'list' : 'sheet';
    await page.keyboard.press('Tab');
    const covered = await page.evaluate(() => {
      const focused = document.activeElement;
      if (!focused || focused === document.body || focused.closest('.bar, .go')) return '';
      const { top, bottom } = (focused.closest('.dish') ?? focused).getBoundingClientRect();
      const sheet = document.querySelector('dialog[open]');
      const above = sheet ? 0 : document.querySelector('.bar')?.getBoundingClientRect().bottom ?? 0;
      const below = (sheet ?? document).querySelector('.go')?.getBoundingClientRect().top ?? innerHeight;
      return bottom <= above || top >= below ? focused.outerHTML.slice(0, 80) : '';
    });
    expect(covered, place).toBe('');
  }
});

test('a photograph is shown as AVIF, small in the list and wide in its dish', async ({ page, request }) => {
  await page.goto('/m/diwan/en/');
  const small = page.locator('[data-item=breakfast] img');
  await small.scrollIntoViewIfNeeded();
  await expect.poll(() => small.evaluate((image: HTMLImageElement) => [image.currentSrc.split('.').slice(-2), image.naturalWidth])).toEqual([['list', 'avif'], 192]);
  const list = await request.get(await small.evaluate((image: HTMLImageElement) => image.currentSrc));
  expect(list.headers()['content-type']).toBe('image/avif');
  expect((await list.body()).length).toBeLessThanOrEqual(8 * 1024);
  await page.getByRole('link', { name: 'Diwan breakfast', exact: true }).click();
  const wide = page.getByRole('dialog').locator('img');
  await expect.poll(() => wide.evaluate((image: HTMLImageElement) => [image.currentSrc.split('.').slice(-2), image.naturalWidth])).toEqual([['wide', 'avif'], 320]);
  await page.screenshot({ path: `${SHOTS}/photograph.png` });
});

test('a menu of sixty dishes fits the first flight of packets', async ({ request }) => {
  const html = await (await request.get('/m/kumo-sushi/en/')).body();
  expect(String(html).match(/data-item=/g)?.length).toBeGreaterThan(45);
  expect(brotliCompressSync(html).length).toBeLessThanOrEqual(10 * 1024);
});
