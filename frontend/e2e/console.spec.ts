// The start page of the local program: it shows what happens while it happens, and fits every screen.
import { expect, test, type Page } from '@playwright/test';
import { expectAccessible, expectNoSidewaysScroll, expectThumbSized } from './a11y';
import { Guest, papersOf, tableOf } from './guest';
import { local } from './local';
import { record, text } from '../shared/shape';

const SHOTS = `${process.env.CARGO_TARGET_DIR ?? '../target'}/screenshots`;

async function open(page: Page): Promise<void> {
  await page.goto('/');
  await expect(page.locator('#health')).toHaveText('all parts up');
}

test('an order and its paper appear without a reload, whole', async ({ page, context, request }) => {
  await page.setViewportSize({ width: 1280, height: 900 });
  await open(page);
  await page.evaluate(() => Object.assign(window, { sinceLoaded: true }));
  const guest = new Guest(await context.newPage());
  await guest.scan(await tableOf(request, 8));
  await guest.add('Edamame');
  await guest.add('Tuna tataki');
  await guest.openCart();
  await guest.send();
  await guest.seesPaper();

  const [orderId = ''] = guest.sentIds;
  const state = record(await local(request, '/local/state'));
  const order = (state['orders'] as unknown[]).map((one) => record(one)).find((one) => one['order_id'] === orderId);
  const row = page.locator(`#orders > li[data-key="${orderId}"]`);
  await expect(row).toContainText(text(record(order), 'number'));
  await expect(row.locator('.steps .done')).toHaveCount(4);
  const tickets = await papersOf(request, orderId);
  const papers = (state['papers'] as unknown[]).map((one) => record(one)).filter((one) => tickets.includes(String(one['ticket_id'])));
  expect(papers.length).toBeGreaterThan(0);
  for (const paper of papers) {
    const picture = page.locator(`#papers > [data-key="${text(paper, 'paper_id')}"] img`);
    await picture.scrollIntoViewIfNeeded();
    await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(0);
    const { cut, squeezed } = await picture.evaluate((img: HTMLImageElement) => {
      const { left, right } = img.getBoundingClientRect();
      const style = getComputedStyle(img);
      const width = img.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
      const height = img.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
      return { cut: left < 0 || right > innerWidth, squeezed: Math.abs(width / height - img.naturalWidth / img.naturalHeight) > 0.02 };
    });
    expect({ cut, squeezed }).toEqual({ cut: false, squeezed: false });
  }
  expect(await page.evaluate(() => 'sinceLoaded' in window), 'the page was not loaded again').toBe(true);
  expect(guest.mistakes).toEqual([]);
});

test('a printer is switched off and on under "What to try"', async ({ page }) => {
  await open(page);
  await page.getByLabel('Restaurant').selectOption('brasa-barranco');
  const tries = page.locator('#tries');
  await expect(tries).toContainText('--store brasa-barranco');
  await tries.getByRole('button', { name: 'Take the paper out' }).click();
  await expect(page.locator('#printers .state', { hasText: 'out of paper' })).toHaveCount(1);
  await tries.getByRole('button', { name: 'Put the paper back' }).click();
  await expect(page.locator('#printers .state', { hasText: 'out of paper' })).toHaveCount(0);
  await expect(tries.getByRole('button', { name: 'Take the paper out' })).toBeVisible();
});

test('agents are named, and the switches of Stripe are folded until they are asked for', async ({ page }) => {
  await open(page);
  await expect(page.locator('#parts li.up', { hasText: /^Printer agent .+ of .+: / }).first()).toBeVisible();
  const first = page.getByLabel('After paying');
  await expect(first).toBeHidden();
  await page.getByText('Simulate problems').click();
  await expect(first).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the start page fits every screen, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await open(page);
    await expectNoSidewaysScroll(page, 'console');
    await expectAccessible(page, 'console');
    for (const width of [390, 768, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      await expect(page.locator('#qr img')).toBeVisible();
      await expectThumbSized(page, `console at ${width}`);
      await page.screenshot({ path: `${SHOTS}/${colorScheme}-console-${width}.png`, fullPage: true });
    }
  });
}
