// Ordering without a script: forms and links only, from the sticker to the paper.
import { expect, test, type APIRequestContext, type Page } from '@playwright/test';
import { record, text } from '../shared/shape';
import { expectAccessible, expectNoSidewaysScroll, expectThumbSized } from './a11y';
import { tableOf, type Table } from './guest';
import { local } from './local';

const SHOTS = `${process.env.CARGO_TARGET_DIR ?? '../target'}/screenshots`;

/** The papers that bear `orderId`, at any printer. */
async function papersOf(request: APIRequestContext, orderId: string): Promise<number> {
  const printers = (await local(request, '/local/printers')) as unknown[];
  let found = 0;
  for (const printer of printers) {
    const url = `/local/printers/${text(record(printer), 'id')}/papers`;
    const papers = (await local(request, url)) as unknown[];
    found += papers.filter((paper) => record(paper)['order_id'] === orderId).length;
  }
  return found;
}

/** Asks for the page again until the kitchen has its paper, as a guest would. */
async function seesPaper(page: Page, refresh: string): Promise<string> {
  await expect(async () => {
    await page.getByRole('link', { name: refresh }).click();
    await expect(page.locator('.way > li').nth(1)).toHaveClass('done', { timeout: 500 });
  }).toPass({ timeout: 30_000 });
  return page.url().split('/').at(-1) ?? '';
}

test.describe('without a script', () => {
  test.use({ javaScriptEnabled: false });

  test('a guest scans, chooses, looks at the price, sends, and orders once more', async ({ page, request }) => {
    const table = await tableOf(request, 5);
    await page.goto(`/t/${table.code}`);
    await expect(page).toHaveURL(new RegExp(`/m/kumo-sushi/t/${table.code}/en/$`));
    await page.getByRole('link', { name: '日本語' }).click();
    await expect(page).toHaveURL(new RegExp(`/t/${table.code}/ja/$`));
    await page.getByRole('link', { name: 'English' }).click();

    await page.getByRole('link', { name: 'Shoyu ramen', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Shoyu ramen', level: 1 })).toBeVisible();
    await page.getByRole('radio', { name: /^Large/ }).check();
    await page.getByRole('checkbox', { name: /Corn/ }).check();
    await page.getByRole('spinbutton', { name: /egg/i }).fill('2');
    await page.getByLabel('Special requests').fill('<b>not too hot</b>');
    await page.getByRole('spinbutton', { name: 'Quantity' }).fill('0');
    await page.getByRole('button', { name: 'Review order' }).click();
    await expect(page).toHaveTitle(/^There is a problem: Shoyu ramen/);
    await page.getByRole('alert').getByRole('link', { name: 'Please choose a quantity from 1 to 50.' }).click();
    await expect(page.getByRole('spinbutton', { name: 'Quantity' })).toBeFocused();
    await expect(page.getByRole('radio', { name: /^Large/ })).toBeChecked();
    await page.getByRole('spinbutton', { name: 'Quantity' }).fill('1');
    await page.getByRole('button', { name: 'Review order' }).click();

    await expect(page.getByRole('heading', { name: 'Your order', level: 1 })).toBeVisible();
    await expect(page.getByText(/Large · .*2× .*egg · Corn · “<b>not too hot<\/b>”/i)).toBeVisible();
    await page.getByRole('button', { name: 'Change' }).click();
    await expect(page.getByRole('checkbox', { name: /Corn/ })).toBeChecked();
    await page.getByRole('checkbox', { name: /Corn/ }).uncheck();
    await page.getByRole('button', { name: 'Review order' }).click();
    await page.getByRole('button', { name: /^Send to the kitchen/ }).dblclick(); // sent twice, ordered once

    await expect(page).toHaveURL(/\/order\/ord_[0-9a-f]{32}$/);
    await expect(page.getByRole('heading', { name: /^Order [A-Z]\d/ })).toBeVisible();
    const first = await seesPaper(page, 'Refresh');
    expect(await papersOf(request, first)).toBe(1);
    expect(await page.context().cookies()).toEqual([]);

    await page.getByRole('link', { name: 'Order something else' }).click();
    await page.getByRole('link', { name: 'Tuna tataki', exact: true }).click();
    await page.getByRole('button', { name: 'Review order' }).click();
    await page.getByRole('button', { name: /^Send to the kitchen/ }).click();
    const second = await seesPaper(page, 'Refresh');
    expect(second).not.toBe(first);
    expect([await papersOf(request, first), await papersOf(request, second)]).toEqual([1, 1]);
  });

  test('from the right, an allergy is asked about before anything is sent', async ({ page, request }) => {
    const table = await tableOf(request, 1, 'diwan');
    await page.goto(`/t/${table.code}?lang=ar`);
    await page.getByRole('link', { name: 'فطور الديوان' }).click();
    await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
    await page.locator('summary').click();
    await page.getByRole('checkbox', { name: 'البيض', exact: true }).check();
    await page.getByRole('button', { name: 'راجع الطلب' }).click();
    await page.getByRole('alert').getByRole('link', { name: '«البيض»: اختر ١' }).click();
    await expect(page.getByRole('radio', { name: /شكشوكة/ })).toBeFocused();
    await page.getByRole('radio', { name: /شكشوكة/ }).check();
    await page.getByRole('button', { name: 'راجع الطلب' }).click();
    await page.getByRole('checkbox', { name: 'أفهم ذلك وأريده رغم ذلك' }).check();
    await page.getByRole('button', { name: 'راجع الطلب' }).click();
    await expect(page.getByText('أخبرتنا أن لديك حساسية من البيض.')).toBeVisible();
    await page.getByRole('button', { name: /^أرسل إلى المطبخ/ }).click();
    await expect(page.getByRole('heading', { name: /^الطلب/ })).toBeVisible();
    await seesPaper(page, 'تحديث');
  });

  test('where no table is known the dish says how to order it', async ({ page }) => {
    await page.goto('/m/kumo-sushi/en/');
    await page.getByRole('link', { name: 'Shoyu ramen', exact: true }).click();
    await expect(page.getByText('To order, scan the code on your table.')).toBeVisible();
    await expect(page.getByRole('button')).toHaveCount(0);
    await page.getByRole('link', { name: 'Back to the menu' }).click();
    await expect(page).toHaveURL(/\/m\/kumo-sushi\/en\/$/);
  });
});

/** Every state of the form, with a script so that it can be measured. */
async function walk(page: Page, table: Table, lang: string, dish: string, check: (state: string) => Promise<void>): Promise<void> {
  const next = page.locator('button[value=show]');
  await page.goto(`/m/${table.slug}/t/${table.code}/${lang}/order?item=${dish}`);
  await check('dish');
  await page.locator('#quantity').fill('0');
  await page.locator('summary').click();
  for (const box of await page.locator('input[name=allergy]').all()) await box.check();
  await next.click();
  await check('problem');
  await page.locator('#quantity').fill('2');
  for (const radio of await page.locator('form > fieldset > .ans:first-of-type > label > input[type=radio]').all()) await radio.check();
  await next.click();
  await check('conflict');
  await page.locator('#acknowledged').check();
  await next.click();
  await check('price');
  await page.locator('input[name=total]').evaluate((input: HTMLInputElement) => (input.value = '1'));
  await page.locator('button[value=send]').click();
  await check('changed');
  await page.locator('button[value=send]').click();
  await expect(page.locator('.way')).toBeVisible();
  await check('order');
}

for (const [colorScheme, lang] of [['light', 'en'], ['dark', 'en'], ['light', 'ar'], ['dark', 'ar']] as const) {
  test(`every page of the form is accessible and never scrolls sideways, ${colorScheme}, ${lang}`, async ({ page, request }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const check = async (state: string): Promise<void> => {
      await expectAccessible(page, state);
      await expectNoSidewaysScroll(page, state);
      await expectThumbSized(page, state);
      await page.screenshot({ path: `${SHOTS}/form-${colorScheme}-${lang}-${state}.png`, fullPage: true });
    };
    const [slug, dish] = lang === 'ar' ? ['diwan', 'breakfast'] : ['kumo-sushi', 'ramen-set'];
    await walk(page, await tableOf(request, lang === 'ar' ? 1 : 5, slug), lang, dish, check);
    await page.goto(`/m/${slug}/${lang}/order?item=${dish}`);
    await check('no table');
    await page.goto(`/m/${slug}/t/no-such-code-0000000000/${lang}/order?item=${dish}`);
    await check('no such table');
  });
}
