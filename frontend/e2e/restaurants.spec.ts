// Every restaurant of the demo, each in another language and currency: from the sticker to the paper, with its plurals, money and points.
import { expect, test } from '@playwright/test';
import { expectAccessible, expectNoSidewaysScroll } from './a11y';
import { Guest, papersOf, staff, tableOf } from './guest';

const SHOTS = `${process.env.CARGO_TARGET_DIR ?? '../target'}/screenshots`;

interface Visit {
  slug: string;
  lang: string;
  table: number;
  dish: string;
  many: number;
  /** What the page writes: one, all of them as counted, the sum, the points. */
  price: string;
  counted: string;
  sum: string;
  points?: string;
  /** Where the staff look at a table before its first order goes to the kitchen. */
  isHeld?: true;
}

const visits: Visit[] = [
  { slug: 'kumo-sushi', lang: 'ja', table: 11, dish: 'ししとう焼き', many: 2, price: '$8.00', counted: '2品', sum: '$17.42' },
  { slug: 'brasa-miraflores', lang: 'es', table: 0, dish: 'Yuquitas a la huancaína', many: 2, price: 'S/ 14.90', counted: '2 platos', sum: 'S/ 29.80', points: 'Puntos30' },
  { slug: 'brasa-barranco', lang: 'en', table: 0, dish: 'Cassava with huancaína', many: 1, price: 'S/ 14.90', counted: '1 dish', sum: 'S/ 14.90', points: 'Points15', isHeld: true },
  { slug: 'bait-sidra', lang: 'ar', table: 0, dish: 'فلافل', many: 3, price: '١٫١٠٠', counted: '٣ أصناف', sum: '٣٫٣٠٠', points: 'النقاط٣٣' },
  { slug: 'corner-bakery', lang: 'de', table: 0, dish: 'Brezel', many: 2, price: '1,90 €', counted: '2 Gerichte', sum: '3,80 €', isHeld: true },
];

for (const { slug, lang, table: index, dish, many, price, counted, sum, points, isHeld } of visits) {
  test(`a guest of ${slug} orders in ${lang}`, async ({ page, request }) => {
    const guest = new Guest(page);
    const table = await tableOf(request, index, slug);
    await guest.scan(table, lang);
    await expect(page.locator('html')).toHaveAttribute('lang', lang);
    const row = page.locator('.dish', { has: page.getByRole('heading', { name: dish, exact: true }) });
    await expect(row.locator('.p')).toContainText(price);
    await page.screenshot({ path: `${SHOTS}/${slug}-menu.png` });
    await guest.open(dish);
    for (let n = 1; n < many; n += 1) await guest.sheet.getByRole('button', { name: guest.t.moreOf.replace('{name}', dish) }).click();
    await page.screenshot({ path: `${SHOTS}/${slug}-dish.png` });
    await guest.sheet.getByRole('button', { name: guest.t.add }).click();
    await guest.openCart();
    await expect(guest.sheet.getByText(counted, { exact: true })).toBeVisible();
    await expect(guest.sheet.locator('.sums .all')).toContainText(sum);
    if (points) await expect(guest.sheet.locator('.sums > div').last()).toHaveText(points);
    await expectAccessible(page, `cart of ${slug}`);
    await expectNoSidewaysScroll(page, `cart of ${slug}`);
    await page.screenshot({ path: `${SHOTS}/${slug}-cart.png` });
    await guest.send();
    if (isHeld) {
      await expect(page.getByText(guest.t.held)).toBeVisible();
      expect(await papersOf(request, guest.sentIds[0] ?? '')).toEqual([]);
      await staff('seating', 'confirm', table.id, '--store', slug);
    }
    await guest.seesPaper();
    await page.screenshot({ path: `${SHOTS}/${slug}-journey.png` });
    expect(await papersOf(request, guest.sentIds[0] ?? '')).not.toEqual([]);
    if (isHeld) await staff('seating', 'close', table.id, '--store', slug, '--unpaid'); // the next party is looked at again
    expect(guest.mistakes).toEqual([]);
  });
}
