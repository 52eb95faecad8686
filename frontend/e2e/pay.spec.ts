// Paying at the table with two phones: one's own share, lines one by one, and lines that somebody else is paying.
import { expect, test, type Browser } from '@playwright/test';
import { tableOf, type Table } from './guest';
import { Payer } from './payer';

const SLUG = 'bait-sidra';

/** Two phones at one table, each with one dish ordered. */
async function party(browser: Browser, baseURL: string | undefined, table: Table, dishes: [string, string]): Promise<[Payer, Payer]> {
  const phones = await Promise.all(
    dishes.map(async (dish) => {
      const context = await browser.newContext({ ...(baseURL === undefined ? {} : { baseURL }), serviceWorkers: 'block', locale: 'en-US' });
      const guest = new Payer(await context.newPage());
      await guest.scan(table);
      await guest.add(dish);
      await guest.openCart();
      await guest.send();
      await guest.seesPaper();
      return guest;
    }),
  );
  return [phones[0]!, phones[1]!];
}

test('each pays their own share, and what is paid nobody pays again', async ({ browser, request, baseURL }) => {
  const [first, second] = await party(browser, baseURL, await tableOf(request, 4, SLUG), ['Falafel', 'Tabbouleh']);
  await expect(first.page.locator('#app .stack .b').first()).toHaveText(first.t.payHere); // while a bill is open, paying is the button that stands out
  await first.openBill();
  await expect(first.sheet.getByRole('radio', { name: first.p.mine })).toBeChecked();
  await expect(first.sheet.locator('.lines > li', { hasText: 'Falafel' })).toContainText(first.p.you);
  await expect(first.sheet.locator('.lines > li', { hasText: 'Tabbouleh' })).toContainText('Order ');
  await expect(first.sheet.locator('.lines > .pays')).toHaveCount(1);
  await first.sheet.getByRole('radio', { name: /^10%/ }).check();
  await first.check('bill');
  await first.sheet.getByRole('radio', { name: first.p.noTip }).check();
  await first.goToPay();
  await expect(first.page.getByText('Falafel')).toBeVisible();
  await expect(first.page.getByText('Tabbouleh')).toHaveCount(0);

  await second.openBill();
  const falafel = second.sheet.locator('.lines > li', { hasText: 'Falafel' });
  await expect(falafel).toContainText(second.p.lineReserved);
  await first.payByCard();
  await first.sees(first.p.paidTitle);
  await expect(first.page.getByText('Visa ending in 4242')).toBeVisible();
  await first.check('bill-paid');

  await expect(falafel).toContainText(second.p.linePaid);
  await second.sheet.getByRole('radio', { name: second.p.own }).check();
  await expect(second.sheet.getByRole('checkbox')).toHaveCount(1);
  await second.sheet.getByRole('checkbox').check();
  await second.check('bill-lines');
  await second.goToPay();
  await expect(second.page.getByText('Falafel')).toHaveCount(0);
  await second.payByCard();
  await second.sees(second.p.paidTitle);
  await second.page.getByRole('button', { name: second.t.callOrPay, exact: true }).click();
  await second.sheet.getByRole('button', { name: second.t.payHere }).click();
  await expect(second.sheet.getByText(second.p.nothingLeft)).toBeVisible();
  await second.check('bill-done');
  for (const guest of [first, second]) {
    expect(guest.mistakes).toEqual([]);
    await guest.page.context().close();
  }
});

test('a line that somebody else is paying is refused and said so; who went back may pay otherwise', async ({ browser, request, baseURL }) => {
  const [first, second] = await party(browser, baseURL, await tableOf(request, 5, SLUG), ['Falafel', 'Tabbouleh']);
  await second.openBill();
  await second.sheet.getByRole('radio', { name: second.p.all }).check();
  await second.page.route('**/seatings/current/bill', (route) => route.abort()); // it does not see what the other does
  await first.openBill();
  await first.goToPay();
  const own = first.page.url();

  await second.sheet.locator('.go .b').click();
  await expect(second.sheet.getByRole('alert')).toContainText(second.p.forOthers.split('{amount}')[1] ?? '');
  await second.check('bill-for-others');
  await second.sheet.locator('.go .b').click();
  await expect(second.sheet.getByRole('alert').filter({ hasText: 'Someone at your table is already paying for some of this.' })).toBeVisible();
  await second.page.unroute('**/seatings/current/bill');
  await expect(second.sheet.locator('.lines > li', { hasText: 'Falafel' })).toContainText(second.p.lineReserved);
  await expect(second.sheet.getByRole('status').filter({ hasText: second.p.reservedUntil.split(/\{\w+\}/).at(-1) ?? '' })).toBeVisible();
  await second.check('bill-taken');

  // Back without paying, and everything instead: the page from before can be paid no more.
  await first.page.getByRole('link', { name: 'Back without paying' }).click();
  await first.sees(first.p.unpaidTitle);
  await first.page.getByRole('button', { name: first.t.payHere }).click();
  await expect(first.sheet.locator('.lines > li', { hasText: 'Falafel' })).not.toContainText(first.p.lineReserved);
  await first.sheet.getByRole('radio', { name: first.p.all }).check();
  await first.sheet.locator('.go .b').click();
  await first.goToPay();
  await expect(first.page.getByText('Tabbouleh')).toBeVisible();
  expect(first.page.url()).not.toBe(own);
  await second.page.goto(own);
  await expect(second.page.getByRole('button', { name: 'Pay with a card' })).toHaveCount(0);
  await first.payByCard();
  await first.sees(first.p.paidTitle);
  for (const guest of [first, second]) {
    expect(guest.mistakes).toEqual([]);
    await guest.page.context().close();
  }
});

test('a bill is split evenly, by an amount, and the last guest takes the remainder', async ({ browser, request, baseURL }) => {
  const [first, second] = await party(browser, baseURL, await tableOf(request, 3, SLUG), ['Falafel', 'Tabbouleh']);
  const amountOf = async (guest: Payer): Promise<number> => Number(/[\d.]+/.exec(await guest.sheet.locator('.sums .all dd').innerText())?.[0]);
  await first.openBill();
  const total = await first.sheet.locator('.sums dd').first().innerText();
  await first.sheet.getByRole('radio', { name: first.p.even }).check();
  await first.sheet.getByRole('button', { name: first.t.moreOf.replace('{name}', first.p.guests) }).click();
  await first.check('bill-evenly');
  const paid = [await amountOf(first)];
  await first.goToPay();

  // The other phone is shown what was begun, and pays an amount of its own.
  await second.openBill();
  await second.sheet.getByRole('radio', { name: second.p.even }).check();
  await expect(second.sheet.getByText(second.p.sharesLeft.replace('{guests}', '3').replace('{left}', '2'))).toBeVisible();
  await expect(second.sheet.locator('.lines')).toContainText(second.p.partPaid.replace('{amount} ', ''));
  await second.sheet.getByRole('radio', { name: second.p.some }).check();
  const typed = second.sheet.getByLabel(new RegExp(`^${second.p.amount}`));
  await typed.fill('999');
  await second.send();
  await expect(typed).toBeFocused();
  await second.check('bill-amount-wrong');
  await typed.fill('0.500');
  await second.goToPay();
  paid.push(0.5);
  await second.payByCard();
  await second.sees(second.p.paidTitle);
  await first.payByCard();
  await first.sees(first.p.paidTitle);

  // What is left is one share's remainder, whatever it was rounded to.
  await first.openBill();
  await first.sheet.getByRole('radio', { name: first.p.all }).check();
  paid.push(await amountOf(first));
  await first.sheet.locator('.go .b').click();
  if (await first.sheet.getByRole('alert').isVisible()) await first.sheet.locator('.go .b').click(); // it is for others too
  await first.isAtPayment();
  await first.payByCard();
  await first.sees(first.p.paidTitle);
  expect(paid.reduce((sum, one) => sum + Math.round(one * 1000), 0)).toBe(Math.round(Number(/[\d.]+/.exec(total)?.[0]) * 1000));
  for (const guest of [first, second]) {
    expect(guest.mistakes).toEqual([]);
    await guest.page.context().close();
  }
});
