// Finding and ordering with few taps: a search that forgives, what has run out, "+", ordering again, what goes with a dish.
import { expect, test, type Page } from '@playwright/test';
import { list, record, type Json } from '../shared/shape';
import { expectAccessible, expectNoSidewaysScroll, expectThumbSized } from './a11y';
import { Guest, staff, tableOf } from './guest';

const SHOTS = `${process.env.CARGO_TARGET_DIR ?? '../target'}/screenshots`;
const shown = (page: Page) => page.locator('.dish:visible h3');
const rowOf = (page: Page, dish: string) => page.locator('.dish', { has: page.getByRole('link', { name: dish, exact: true }) });

/** Changes the published menu on its way to the page. */
async function withMenu(page: Page, path: string, change: (item: Json) => void): Promise<void> {
  await page.route(`**${path}`, async (route) => {
    const response = await route.fetch();
    const menu = record(await response.json());
    for (const item of list(menu, 'categories', record).flatMap((category) => list(category, 'items', record))) change(item);
    await route.fulfill({ response, json: menu });
  });
}

for (const [slug, lang, typed, dish] of [
  ['kumo-sushi', 'en', 'beer', 'Asahi draft'],
  ['kumo-sushi', 'en', 'ebi', 'Cooked shrimp'],
  ['kumo-sushi', 'en', 'ramn', 'Shoyu ramen'],
  ['kumo-sushi', 'en', 'vegan', 'Edamame'],
  ['kumo-sushi', 'en', '海老', 'Cooked shrimp'],
  ['kumo-sushi', 'ja', 'ramen', '醤油ラーメン'],
  ['kumo-sushi', 'ja', 'ヴィーガン', '枝豆'],
  ['brasa-miraflores', 'es', 'wings', 'Alitas a la brasa'],
  ['diwan', 'ar', 'baklava', 'بقلاوة'],
  ['diwan', 'ar', 'حلال', 'فول مدمس'],
] as const) {
  test(`a search for “${typed}” finds ${dish} in ${lang}`, async ({ page }) => {
    await page.goto(`/m/${slug}/${lang}/`);
    const all = await shown(page).count();
    await page.getByRole('searchbox').fill(typed);
    await expect(shown(page).filter({ hasText: dish }).first()).toBeVisible();
    await expect.poll(() => shown(page).count()).toBeLessThan(all);
  });
}

test('a search that only comes near says so', async ({ page }) => {
  await page.goto('/m/kumo-sushi/en/');
  await page.getByRole('searchbox').fill('ramn');
  await expect(page.getByText('No dishes match “ramn”. Similar dishes:').first()).toBeVisible();
  await expectAccessible(page, 'near hits');
  await page.screenshot({ path: `${SHOTS}/near-hits.png` });
});

test('a dish that has run out is marked on an open page within 30 s, at its title too, and counts nothing in the cart', async ({ page, request }) => {
  const guest = new Guest(page);
  await guest.scan(await tableOf(request, 11));
  await guest.add('Agedashi tofu');
  await guest.add('Edamame');
  const row = rowOf(page, 'Agedashi tofu');
  try {
    await staff('item', 'off', 'agedashi-tofu', '--store', 'kumo-sushi');
    await expect(row.getByText('Sold out')).toBeVisible({ timeout: 30_000 });
    await expect(row.getByRole('button')).toHaveCount(0);
    await page.getByRole('link', { name: 'Agedashi tofu', exact: true }).click();
    await expect(guest.sheet.getByRole('status').filter({ hasText: 'Sold out' })).toBeVisible();
    await expectAccessible(page, 'sold out');
    await page.screenshot({ path: `${SHOTS}/sold-out.png` });
    await page.keyboard.press('Escape');
    await guest.openCart();
    const gone = guest.sheet.getByRole('listitem').filter({ hasText: 'Agedashi tofu' });
    await expect(gone).toContainText('No longer available.');
    await expect(gone).not.toContainText('$');
    await expect(guest.sheet.locator('.sums')).toContainText('Subtotal$6.00');
    await expect(gone.getByRole('button')).toHaveCount(1);
    await expectAccessible(page, 'sold-out row');
    await page.screenshot({ path: `${SHOTS}/sold-out-cart.png` });
    await gone.getByRole('button', { name: 'Remove from order: Agedashi tofu' }).click();
    await expect(gone).toHaveCount(0);
  } finally {
    await staff('item', 'on', 'agedashi-tofu', '--store', 'kumo-sushi');
  }
  expect(guest.mistakes).toEqual([]);
});

for (const [lang, dish] of [['en', 'Agedashi tofu'], ['ja', '揚げ出し豆腐']] as const) {
  test(`what asks nothing is ordered by one tap, and again from this phone’s history, in ${lang}`, async ({ page, request }) => {
    const guest = new Guest(page);
    await guest.scan(await tableOf(request, lang === 'en' ? 2 : 4), lang);
    const more = guest.t.moreOf.replace('{name}', dish);
    await rowOf(page, dish).getByRole('button', { name: more }).click();
    await rowOf(page, dish).getByRole('button', { name: more }).click();
    await expect(rowOf(page, dish).locator('.qty')).toHaveText('2');
    await expectAccessible(page, 'quick plus');
    await expectThumbSized(page, 'quick plus');
    await expectNoSidewaysScroll(page, 'quick plus');
    await page.screenshot({ path: `${SHOTS}/quick-${lang}.png` });
    const choosy = lang === 'en' ? 'Shoyu ramen' : '醤油ラーメン';
    await expect(rowOf(page, choosy).getByRole('button'), 'it asks for a size').toHaveCount(0);
    await guest.openCart();
    await guest.sheet.getByLabel(guest.t.yourName).fill('Ada');
    await guest.send();
    await expect(page.locator('h2.no')).toBeVisible();
    await page.getByRole('button', { name: guest.t.callOrPay, exact: true }).click();
    await expect(guest.sheet.getByText(guest.t.you, { exact: true }).first()).toBeVisible();
    await page.keyboard.press('Escape');

    const again = page.locator('section', { has: page.getByRole('heading', { name: guest.t.orderAgain }) });
    await page.reload();
    await again.getByRole('button', { name: more }).click();
    await expectAccessible(page, 'ordered again');
    await page.screenshot({ path: `${SHOTS}/journey-again-${lang}.png` });
    await guest.openCart();
    await expect(guest.sheet.getByRole('listitem').filter({ hasText: dish }).first()).toContainText('1×');
    await expect(guest.sheet.getByLabel(guest.t.yourName), 'the name is asked once and stays to be changed').toHaveValue('Ada');
    await expectAccessible(page, 'order again');
    await page.screenshot({ path: `${SHOTS}/again-${lang}.png` });
    expect(guest.mistakes).toEqual([]);
  });
}

test('an allergy takes the one tap away', async ({ page, request }) => {
  const guest = new Guest(page);
  await guest.scan(await tableOf(request, 11));
  await expect(rowOf(page, 'Agedashi tofu').getByRole('button')).toHaveCount(1);
  await page.getByRole('button', { name: /^Diet & allergies/ }).click();
  await guest.sheet.getByRole('checkbox', { name: 'soy' }).check();
  await page.keyboard.press('Escape');
  await expect(rowOf(page, 'Agedashi tofu').getByRole('button')).toHaveCount(0);
});

test('the cart suggests one dish that goes with what is in it, and no more', async ({ page, request }) => {
  await withMenu(page, '/menus/kumo-sushi/en.json', (item) => {
    if (item['id'] === 'edamame') item['goes_with'] = ['unagi-nigiri', 'sencha', 'genmaicha'];
    if (item['id'] === 'unagi-nigiri') item['available'] = false;
  });
  const guest = new Guest(page);
  await guest.scan(await tableOf(request, 11));
  await guest.add('Edamame');
  await guest.openCart();
  const hint = guest.sheet.getByText('Goes well with your order');
  await expect(hint).toHaveCount(1);
  await expectAccessible(page, 'goes with');
  await page.screenshot({ path: `${SHOTS}/goes-with.png` });
  await guest.sheet.getByRole('button', { name: 'One more: Sencha' }).first().click();
  await expect(guest.sheet.locator('.lines b', { hasText: '1×' })).toHaveCount(2);
  await expect(guest.sheet.getByRole('button', { name: 'One more: Genmaicha' }), 'the next one').toHaveCount(1);
});

test('tables and taxes have the names that the menu gives them in the language of the page', async ({ page, request }) => {
  const table = await tableOf(request, 11);
  await page.route('**/menus/kumo-sushi/ja.json', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...record(await response.json()), names: { [table.name]: 'カウンター2', 'NYC sales tax': 'ニューヨーク市売上税' } } });
  });
  await page.goto(`/m/${table.slug}/t/${table.code}/ja/`);
  await expect(page.locator('#table')).toHaveText('カウンター2');
  await page.locator('#table').click();
  await expect(page.getByRole('dialog').getByRole('heading', { name: 'カウンター2' })).toBeVisible();
});

for (const [lang, heading, dish, serving] of [
  ['en', 'House favorite', 'Shoyu ramen', 'Per serving: energy 690 kcal · fat 24 g · saturated fat 7 g'],
  ['ja', '人気', '醤油ラーメン', '1食分： エネルギー 690 kcal · 脂質 24 g'],
] as const) {
  test(`favourites stand first, and a dish says what a serving holds and shows its whole picture, in ${lang}`, async ({ page, request }) => {
    const guest = new Guest(page);
    await guest.scan(await tableOf(request, 11), lang);
    const best = page.getByRole('region', { name: heading });
    await expect(page.locator('#menu section').first()).toContainText(heading);
    expect(await best.getByRole('link').count()).toBeGreaterThan(2);
    await expectAccessible(page, 'favourites');
    await expectThumbSized(page, 'favourites');
    await page.screenshot({ path: `${SHOTS}/favourites-${lang}.png` });
    await best.getByRole('link', { name: dish }).click();
    await expect(guest.sheet).toContainText(serving);
    const picture = guest.sheet.getByRole('button', { name: guest.t.wholePicture });
    const before = (await picture.boundingBox())?.height ?? 0;
    await picture.click();
    await expect(picture).toHaveAttribute('aria-pressed', 'true');
    await expect.poll(async () => (await picture.boundingBox())?.height ?? 0).toBeGreaterThan(before);
    await expectAccessible(page, 'whole picture');
    await expectNoSidewaysScroll(page, 'whole picture');
    await page.screenshot({ path: `${SHOTS}/whole-picture-${lang}.png` });
    await page.keyboard.press('Escape');
    await page.getByRole('searchbox').fill(dish);
    await expect(best, 'a search shows each dish once').toBeHidden();
  });
}

test('a question for several answers counts them and is quiet once it has enough; the × stays in reach', async ({ page }) => {
  const guest = new Guest(page);
  await page.goto('/m/kumo-sushi/en/');
  await guest.open('Your eight nigiri');
  const group = guest.sheet.getByRole('group', { name: /^Eight pieces/ });
  await expect(group.locator('.need')).toHaveText('Choose 8');
  const plus = group.getByRole('button', { name: /^One more/ }).first();
  await plus.click();
  await expect(group.locator('legend')).toContainText(/1 of \d/);
  const most = Number(/of (\d+)/.exec(await group.locator('legend').innerText())?.[1]);
  for (let n = 1; n < most; n += 1) await group.getByRole('button', { name: /^One more/ }).and(page.locator(':enabled')).first().click();
  await expect(group.locator('legend')).toContainText(`${most} of ${most}`);
  await expect(group.locator('.need')).toHaveCount(0);
  await group.scrollIntoViewIfNeeded();
  await guest.sheet.evaluate((sheet) => sheet.scrollTo(0, sheet.scrollHeight));
  await expect(guest.sheet.getByRole('button', { name: 'Close' })).toBeInViewport();
  await page.screenshot({ path: `${SHOTS}/choose-n.png` });
  await guest.sheet.getByRole('button', { name: 'Close' }).click();
  await expect(guest.sheet).toBeHidden();
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [slug, lang] of [['kumo-sushi', 'en'], ['bait-sidra', 'ar']] as const) {
    test(`the menu on paper reads on a ${colorScheme} screen too, in ${lang}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme });
      const folder = test.info().outputPath();
      await staff('menu', 'paper', slug, '--lang', lang, '--out', folder);
      await page.goto(`file://${folder}/${slug}-menu-${lang}.html`);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expectAccessible(page, `paper menu, ${colorScheme}`);
      await expectNoSidewaysScroll(page, 'paper menu');
      await page.screenshot({ path: `${SHOTS}/paper-menu-${lang}-${colorScheme}.png` });
      await page.emulateMedia({ colorScheme, media: 'print' });
      expect(await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--page').trim()), 'paper is white').toBe('#fff');
    });
  }
}
