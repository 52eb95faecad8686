// Without a connection, with the service worker at work.
import { expect, test } from '@playwright/test';
import { Guest, tableOf } from './guest';

test.use({ serviceWorkers: 'allow' });

const SHOTS = `${process.env.CARGO_TARGET_DIR ?? '../target'}/screenshots`;

test('in the dark the menu is there, the cart is kept, and an order goes out when there is light', async ({ page, context, request }) => {
  const guest = new Guest(page);
  await guest.scan(await tableOf(request, 7));
  await guest.add('Tuna tataki');
  await page.waitForFunction(async () => {
    const cache = await caches.open('menu');
    return (await cache.match('/menus/kumo-sushi/en.json')) && (await cache.match('/m/kumo-sushi/en/')) && navigator.serviceWorker.controller;
  });
  await context.setOffline(true);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Tuna tataki' })).toBeVisible();
  await expect(page.getByText('No connection. This menu was last updated at')).toBeVisible();
  await guest.add('Edamame');
  await page.screenshot({ path: `${SHOTS}/offline.png` });
  await guest.openCart();
  await guest.send();
  await expect(guest.sheet.getByText('No answer yet.')).toBeVisible();
  await page.reload();
  await expect(guest.sheet.getByText('No answer yet.')).toBeVisible();

  await context.setOffline(false);
  await guest.seesPaper();
  expect(new Set(guest.sentIds).size).toBe(1);
  expect(guest.mistakes).toEqual([]);
});

test('an order’s page loaded again without a connection shows the order as it last stood', async ({ page, context, request }) => {
  const guest = new Guest(page);
  await guest.scan(await tableOf(request, 6));
  await guest.add('Tuna tataki');
  await guest.openCart();
  await guest.send();
  await guest.seesPaper();
  const number = await page.locator('h2.no').innerText();
  await page.waitForFunction(async () => (await (await caches.open('menu')).match('/m/kumo-sushi/en/')) && navigator.serviceWorker.controller);
  await context.setOffline(true);
  await page.reload();
  await expect(page.locator('h2.no')).toHaveText(number);
  await expect(page.getByText('No connection. Last updated at')).toBeVisible();
  await expect(page.locator('.lines')).toContainText('Tuna tataki');
  await expect(page.locator('.way > li.done', { hasText: guest.t.stepPaper })).toBeVisible();
  await page.screenshot({ path: `${SHOTS}/order-offline.png`, fullPage: true });
  await context.setOffline(false);
  await expect(page.getByText('No connection. Last updated at')).toBeHidden({ timeout: 20_000 });
  expect(guest.mistakes).toEqual([]);
});

test('a page that is older than the menu says so, and shows the new one', async ({ page, request }) => {
  const guest = new Guest(page);
  const { slug } = await tableOf(request, 0, 'corner-bakery'); // it sells no takeout
  await page.goto(`/m/${slug}/en/`);
  await page.waitForFunction(async () => (await (await caches.open('menu')).match(location.pathname)) && navigator.serviceWorker.controller);
  await page.waitForLoadState('networkidle'); // the first visit still puts copies in
  await page.evaluate(async () => {
    const cache = await caches.open('menu');
    const html = (await (await cache.match(location.pathname))?.text()) ?? '';
    const headers = { 'content-type': 'text/html; charset=utf-8' };
    await cache.put(location.pathname, new Response(html.replace(/data-version="[^"]*"/, 'data-version="m0"'), { headers }));
  });
  await page.reload();
  await expect(page.getByText('The menu has changed.')).toBeVisible();
  await page.getByRole('button', { name: 'Show the new menu' }).click();
  await expect(page.locator('html:not([data-version=m0])')).toBeAttached();
  await expect(page.getByText('To order, scan the code on your table.')).toBeVisible();
  await expect(page.getByText('The menu has changed.')).toBeHidden();
  expect(guest.mistakes).toEqual([]);
});

test('the page can be kept as an app that knows no table', async ({ page, request }) => {
  const { slug } = await tableOf(request, 0);
  await page.goto(`/m/${slug}/en/`);
  const href = await page.locator('link[rel=manifest]').evaluate((link: HTMLLinkElement) => link.href);
  const manifest: unknown = await (await request.get(href)).json();
  expect(manifest).toMatchObject({ start_url: `/m/${slug}/en/`, display: 'standalone', lang: 'en', dir: 'ltr' });
  expect((await request.get(`/menus/${slug}/icon.svg`)).ok()).toBe(true);
});
