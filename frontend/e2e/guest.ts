// A guest with a phone: the steps that the journeys share, in the words the page shows.
import { expect, type APIRequestContext, type Locator, type Page } from '@playwright/test';
import { record, text, type Json } from '../shared/shape';

export interface Table {
  slug: string;
  name: string;
  code: string;
}

/** Table `index` of a restaurant; each journey takes its own, so that none sees another's orders. */
export async function tableOf(request: APIRequestContext, index: number, slug = 'kumo-sushi'): Promise<Table> {
  const stores: unknown = await (await request.get('/local/stores')).json();
  const store = record((stores as unknown[]).find((one) => record(one)['slug'] === slug), slug);
  const table = record((store['tables'] as unknown[])[index]);
  return { slug: text(store, 'slug'), name: text(table, 'name'), code: text(table, 'table_code') };
}

/** Everything that came out of any printer. */
export async function allPapers(request: APIRequestContext): Promise<Json[]> {
  const read = async (url: string) => (await (await request.get(url)).json()) as unknown[];
  const papers = (await read('/local/printers')).map((printer) => read(`/local/printers/${text(record(printer), 'id')}/papers`));
  return (await Promise.all(papers)).flat().map((paper) => record(paper));
}

export class Guest {
  /** The order ids of every `POST /v1/orders` that left the page. */
  readonly sentIds: string[] = [];
  readonly mistakes: string[] = [];

  constructor(readonly page: Page) {
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/v1/orders')) {
        this.sentIds.push(text(record(request.postDataJSON()), 'order_id'));
      }
    });
    page.on('pageerror', (error) => this.mistakes.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && message.text().includes('Content Security Policy')) this.mistakes.push(message.text());
    });
  }

  get sheet(): Locator {
    return this.page.getByRole('dialog');
  }

  async scan(table: Table, lang = 'en'): Promise<void> {
    await this.page.goto(`/t/${table.code}`);
    await expect(this.page).toHaveURL(new RegExp(`/m/${table.slug}/en/\\?t=${table.code}$`));
    if (lang !== 'en') await this.page.locator(`.langs a[hreflang=${lang}]`).click();
    await expect(this.page.locator('#table')).toHaveText(table.name);
  }

  async open(dish: string): Promise<void> {
    await this.page.getByRole('button', { name: dish, exact: true }).click();
    await expect(this.sheet.getByRole('heading', { name: dish })).toBeVisible();
  }

  async add(dish: string): Promise<void> {
    await this.open(dish);
    await this.sheet.getByRole('button', { name: /^Add to order/ }).click();
    await expect(this.sheet).toBeHidden();
  }

  async openCart(): Promise<void> {
    await this.page.getByRole('button', { name: /^View order/ }).click();
    await expect(this.sheet.getByRole('heading', { name: 'Your order' })).toBeVisible();
  }

  async send(): Promise<void> {
    await this.sheet.getByRole('button', { name: /^Send/ }).click();
  }

  /** Waits until the journey says that every station's ticket is on paper. */
  async seesPaper(): Promise<void> {
    await expect(this.page.getByRole('heading', { name: /^Order / })).toBeVisible();
    await expect(this.page.locator('.way > li.done', { hasText: 'On paper in the kitchen' })).toBeVisible({ timeout: 30_000 });
  }
}
