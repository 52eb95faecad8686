// A guest who pays in the page: the steps that the journeys share, on both sides of the payment page. That page is the local Stripe's own.
import { expect, type APIRequestContext, type Page } from '@playwright/test';
import { messages as ar } from '../shared/paying/messages/ar';
import { messages as en, type PayingMessages } from '../shared/paying/messages/en';
import { messages as es } from '../shared/paying/messages/es';
import { record, text, type Json } from '../shared/shape';
import { expectAccessible, expectNoSidewaysScroll, expectThumbSized } from './a11y';
import { Guest, languages } from './guest';
import { local } from './local';

export const SHOTS = `${process.env.CARGO_TARGET_DIR ?? '../target'}/screenshots`;
const words: Record<string, PayingMessages> = { ar, en, es };
let count = 0;

/** An address that no other journey uses. */
export function ownAddress(): string {
  count += 1;
  return `guest-${process.pid}-${Date.now()}-${count}@example.com`;
}

export class Payer extends Guest {
  /** The words of paying, in the page's language. */
  p: PayingMessages = en;
  /** Where the payment page sent the guest back to, each time, read token and all. */
  readonly back: string[] = [];

  constructor(page: Page) {
    super(page);
    page.on('framenavigated', (frame) => {
      if (/#\/?(paid|pay)\/ord_[0-9a-f]+\/tt1\./.test(frame.url())) this.back.push(frame.url());
    });
  }

  /** Opens the restaurant's own link, without a table. */
  async visit(slug: string, lang: string): Promise<void> {
    await this.page.goto(`/m/${slug}/${lang}/`);
    await expect(this.page.locator('#app > *').first()).toBeAttached(); // the script has come; without it a dish is a link
    this.t = languages[lang] ?? this.t;
    this.p = words[lang] ?? en;
  }

  async openCheckout(): Promise<void> {
    await this.openCart();
    await this.sheet.getByRole('button', { name: this.t.toCheckout }).click();
    await expect(this.sheet.getByRole('heading', { name: this.t.toCheckout })).toBeVisible();
    await expect(this.sheet.getByLabel(this.p.asap).or(this.sheet.getByLabel(this.p.chooseTime)).first()).toBeVisible();
  }

  /** What a table owes, from where it calls for the waiter. */
  async openBill(): Promise<void> {
    await this.page.locator('#table').click();
    await this.sheet.getByRole('button', { name: this.t.payHere }).click();
    await expect(this.sheet.getByRole('heading', { name: this.t.payHere })).toBeVisible();
    await expect(this.sheet.locator('.lines > li').first()).toBeVisible();
  }

  async sayWho(who: { name?: string; email?: string; phone?: string }): Promise<void> {
    for (const part of ['name', 'email', 'phone'] as const) {
      if (who[part] !== undefined) await this.sheet.getByLabel(this.p[part], { exact: true }).fill(who[part]);
    }
  }

  /** Presses the page's "pay" and waits for the payment page. */
  async goToPay(): Promise<void> {
    await this.page.locator('.b', { hasText: this.p.pay }).first().click();
    await this.isAtPayment();
  }

  async isAtPayment(): Promise<void> {
    await expect(this.page.getByText('TEST – no real money.')).toBeVisible();
  }

  /** What the guest does on the payment page. */
  async choose(way: string): Promise<void> {
    const email = this.page.getByLabel('Email');
    if (await email.isVisible()) await email.fill(ownAddress());
    await this.page.getByRole('button', { name: way }).click();
  }

  async payByCard(): Promise<void> {
    await this.choose('Pay with a card');
  }

  /** Back in the restaurant's page, and it says so. */
  async sees(title: string): Promise<void> {
    await expect(this.page.locator('.note h3', { hasText: title })).toBeVisible();
  }

  /** What every state must hold. */
  async check(state: string): Promise<void> {
    await expectAccessible(this.page, state);
    await expectNoSidewaysScroll(this.page, state);
    await expectThumbSized(this.page, state);
    await this.page.screenshot({ path: `${SHOTS}/${state}.png`, fullPage: true });
  }
}

/** Every mail to this address. */
export async function mailsTo(request: APIRequestContext, address: string): Promise<Json[]> {
  const mails = (await local(request, '/local/mail')) as unknown[];
  return mails.map((mail) => record(mail)).filter((mail) => JSON.stringify(mail['to']).includes(address));
}

/** Waits for the receipt of one order, and that it is one. */
export async function seesReceiptInMail(request: APIRequestContext, address: string, orderId: string): Promise<void> {
  await expect.poll(async () => (await mailsTo(request, address)).length, { message: `a receipt to ${address}`, timeout: 30_000 }).toBe(1);
  const [mail = {}] = await mailsTo(request, address);
  expect(mail['order_ids']).toEqual([orderId]);
  expect(text(mail, 'kind')).toContain('receipt');
}
