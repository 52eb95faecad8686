// What axe cannot see, of `docs/accessibility.md`, as far as a script can: text spacing, magnification, forced colours, motion, order, help.
import { expect, test, type Page } from '@playwright/test';
import { expectNoSidewaysScroll } from './a11y';
import { Guest, tableOf } from './guest';
import { ownAddress, Payer } from './payer';

const SHOTS = `${process.env.CARGO_TARGET_DIR ?? '../target'}/screenshots`;
const SLUG = 'brasa-miraflores';

/** The views a guest meets, in their order; `look` is called in each. */
async function walk(page: Page, guest: Guest, look: (state: string) => Promise<void>): Promise<void> {
  await look('menu');
  await guest.open('Classic combo');
  await look('dish');
  await guest.sheet.getByRole('button', { name: 'Add to order' }).click();
  await expect(guest.sheet).toBeHidden();
  await guest.openCart();
  await look('cart');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Diet & allergies/ }).click();
  await look('diet');
  await page.keyboard.press('Escape');
  await guest.openCart();
  await guest.send();
  await guest.seesPaper();
  await look('journey');
}

/** A style of the reader's own; as a constructed sheet, which a strict policy lets in. */
async function readersStyle(page: Page, css: string): Promise<void> {
  await page.evaluate((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    document.adoptedStyleSheets = [sheet];
  }, css);
}

/** Text that is cut off by its own box. */
const cutOff = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, a, h1, h2, h3, p, legend, label, dt, dd, li, span')]
      .filter((element) => element.checkVisibility() && !element.matches('.unseen, .skip') && getComputedStyle(element).overflowX !== 'visible')
      .filter(({ scrollWidth, clientWidth, scrollHeight, clientHeight }) => scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 1)
      .map((element) => element.outerHTML.slice(0, 100)),
  );

const SPACED = '*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-block-end:2em!important}';

test('with a reader’s text spacing nothing is cut off and nothing scrolls sideways', async ({ page, request }) => {
  const guest = new Guest(page);
  await guest.scan(await tableOf(request, 6, SLUG));
  await readersStyle(page, SPACED);
  await walk(page, guest, async (state) => {
    await expectNoSidewaysScroll(page, `${state}, spaced`);
    expect(await cutOff(page), state).toEqual([]);
    await page.screenshot({ path: `${SHOTS}/spaced-${state}.png` });
  });
});

test('magnified four times, a page of 320 by 256 leaves its room to the text', async ({ page, request }) => {
  await page.setViewportSize({ width: 320, height: 256 });
  const guest = new Guest(page);
  await guest.scan(await tableOf(request, 6, SLUG));
  await walk(page, guest, async (state) => {
    const covered = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('.bar, .go')].filter((bar) => getComputedStyle(bar).position === 'sticky').map(({ className }) => className));
    expect(covered, state).toEqual([]);
    await page.screenshot({ path: `${SHOTS}/magnified-${state}.png` });
  });
});

test('in forced colours buttons have edges, and what is current is told apart', async ({ page, request }) => {
  await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' });
  const guest = new Guest(page);
  await guest.scan(await tableOf(request, 6, SLUG));
  const paint = (selector: string, pseudo: string | null, property: string): Promise<string> =>
    page.locator(selector).first().evaluate((element, [part, name]) => getComputedStyle(element, part).getPropertyValue(name ?? ''), [pseudo, property] as const);
  await walk(page, guest, async (state) => {
    await expectNoSidewaysScroll(page, `${state}, forced colours`);
    await page.screenshot({ path: `${SHOTS}/forced-${state}.png` });
    for (const button of await page.locator('.b:visible').all()) {
      expect(Number.parseFloat(await button.evaluate((element) => getComputedStyle(element).borderTopWidth)), state).toBeGreaterThanOrEqual(1);
    }
    if (state === 'menu') {
      const edge = 'border-bottom-color';
      expect(await paint('.bar [aria-current]', null, edge)).not.toBe(await paint('.bar a:not([aria-current])', null, edge));
    }
  });
  expect(await paint('.way > .done', '::before', 'background-color')).not.toBe(await paint('body', null, 'background-color'));
});

test('a guest who wants no motion gets none, and one who says nothing gets little', async ({ page, request }) => {
  const guest = new Guest(page);
  for (const reducedMotion of ['reduce', 'no-preference'] as const) {
    await page.emulateMedia({ reducedMotion });
    await guest.scan(await tableOf(request, 6, SLUG));
    await page.getByRole('link', { name: 'Classic combo', exact: true }).click();
    const moving = await page.evaluate(() => document.getAnimations().map((animation) => Number(animation.effect?.getComputedTiming().duration)));
    expect(moving.filter((duration) => duration > (reducedMotion === 'reduce' ? 0 : 200))).toEqual([]);
  }
});

test('a screen reader meets each page in the order it is read, with help at the end of every view', async ({ page, request }) => {
  const guest = new Guest(page);
  await guest.scan(await tableOf(request, 7, SLUG));
  const landmarks = (await page.locator('body').ariaSnapshot()).match(/^- (banner|navigation|search|main)\b/gm);
  expect(landmarks).toEqual(['- banner', '- navigation', '- search', '- main']);
  const first = page.locator('.dish', { has: page.getByRole('heading', { name: 'Classic combo' }) });
  expect(await first.evaluate((row) => [...row.children].map(({ tagName, className }) => `${tagName} ${className}`.trim()))).toEqual(['H3', 'P d', 'P p num', 'IMG']);
  await walk(page, guest, async (state) => {
    const levels = await page.evaluate(() =>
      [...(document.querySelector('dialog[open]') ?? document.body).querySelectorAll('h1, h2, h3')]
        .filter((heading) => (heading as HTMLElement).checkVisibility())
        .map(({ tagName }) => Number(tagName[1])));
    const skipped = levels.filter((level, index) => index > 0 && level > (levels[index - 1] ?? 0) + 1);
    expect(skipped, `headings of ${state}: ${levels.join()}`).toEqual([]);
    const isLast = await page.evaluate(() => {
      const scope = document.querySelector('dialog[open] .body') ?? (document.querySelector('main:not([hidden])') as HTMLElement);
      const help = scope.querySelector('.help');
      const controls = [...scope.querySelectorAll<HTMLElement>('button, a, input, textarea')].filter((control) => control.checkVisibility() && !help?.contains(control));
      const end = controls.at(-1);
      return help !== null && (end === undefined || (end.compareDocumentPosition(help) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0);
    });
    expect(isLast, `help of ${state}`).toBe(true);
  });

  // What was told once is not asked again.
  await page.getByRole('button', { name: 'Order something else' }).click();
  await guest.add('Cassava with huancaína');
  await guest.openCart();
  await guest.sheet.getByLabel('Your name (optional)').fill('Ada');
  await guest.send();
  await guest.seesPaper();
  await page.getByRole('button', { name: 'Order something else' }).click();
  await guest.add('Cassava with huancaína');
  await guest.openCart();
  await expect(guest.sheet.getByLabel('Your name (optional)')).toHaveValue('Ada');
  expect(guest.mistakes).toEqual([]);
});

test('on a tablet, and with text at twice its size, it is still a menu', async ({ page, request }) => {
  const guest = new Guest(page);
  await page.setViewportSize({ width: 820, height: 1180 });
  await guest.scan(await tableOf(request, 7, SLUG));
  await page.screenshot({ path: `${SHOTS}/tablet-menu.png` });
  await guest.open('Classic combo');
  await page.screenshot({ path: `${SHOTS}/tablet-dish.png` });
  await page.keyboard.press('Escape');
  await page.setViewportSize({ width: 390, height: 844 });
  await readersStyle(page, 'html{font-size:200%}');
  await expectNoSidewaysScroll(page, 'menu at 200 %');
  await page.screenshot({ path: `${SHOTS}/double-menu.png` });
  await guest.open('Classic combo');
  await expectNoSidewaysScroll(page, 'dish at 200 %');
  expect(await cutOff(page)).toEqual([]);
  await page.screenshot({ path: `${SHOTS}/double-dish.png` });
});

const READERS: Record<string, (page: Page) => Promise<void>> = {
  spaced: (page) => readersStyle(page, SPACED),
  double: (page) => readersStyle(page, 'html{font-size:200%}'),
  forced: (page) => page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' }),
};

for (const [reader, dress] of Object.entries(READERS)) {
  test(`takeout, a bill and paying hold for every reader: ${reader}`, async ({ page, request }) => {
    const guest = new Payer(page);
    const look = async (state: string): Promise<void> => {
      await dress(page); // after each way to the provider and back
      await expectNoSidewaysScroll(page, `${state}, ${reader}`);
      expect(await cutOff(page), state).toEqual([]);
      await page.screenshot({ path: `${SHOTS}/${reader}-${state}.png`, fullPage: true });
    };
    await guest.visit('kumo-sushi', 'en');
    await guest.add('Tuna tataki');
    await guest.openCheckout();
    await look('checkout');
    await guest.send();
    await look('checkout-mistake');
    await guest.sayWho({ name: 'Ada', email: ownAddress() });
    await guest.sheet.getByRole('radio', { name: /^15%/ }).check();
    await guest.goToPay();
    await guest.payByCard();
    await guest.sees(guest.p.paidTitle);
    await look('paid');

    await guest.scan(await tableOf(request, 6, SLUG));
    await guest.add('Cassava with huancaína');
    await guest.openCart();
    await guest.send();
    await guest.seesPaper();
    await guest.openBill();
    await look('bill');
  });
}
