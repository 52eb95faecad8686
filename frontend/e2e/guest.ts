// A guest with a phone: the steps that the journeys share, in the words the page shows.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, type APIRequestContext, type Locator, type Page } from '@playwright/test';
import type { Messages } from '../shared/i18n';
import { messages as ar } from '../shared/messages/ar';
import { messages as de } from '../shared/messages/de';
import { messages as en } from '../shared/messages/en';
import { messages as es } from '../shared/messages/es';
import { messages as ja } from '../shared/messages/ja';
import { record, text, type Json } from '../shared/shape';
import { local } from './local';

export const languages: Record<string, Messages> = { ar, de, en, es, ja };

export interface Table {
  slug: string;
  id: string;
  name: string;
  code: string;
}

/** Table `index` of a restaurant; each journey takes its own, so that none sees another's orders. */
export async function tableOf(request: APIRequestContext, index: number, slug = 'kumo-sushi'): Promise<Table> {
  const stores = await local(request, '/local/stores');
  const store = record((stores as unknown[]).find((one) => record(one)['slug'] === slug), slug);
  const table = record((store['tables'] as unknown[])[index]);
  return { slug: text(store, 'slug'), id: text(table, 'id'), name: text(table, 'name'), code: text(table, 'table_code') };
}

/** A command of the staff, on the data of the program under test. */
export async function staff(...command: string[]): Promise<void> {
  const program = `${process.env.CARGO_TARGET_DIR ?? '../target'}/debug/tabletap`;
  await promisify(execFile)(program, command, { env: { ...process.env, TABLETAP_DATA: process.env.TABLETAP_DATA ?? '../.tabletap' } });
}

/** Everything that came out of any printer. */
export async function allPapers(request: APIRequestContext): Promise<Json[]> {
  const read = async (url: string) => (await local(request, url)) as unknown[];
  const papers = (await read('/local/printers')).map((printer) => read(`/local/printers/${text(record(printer), 'id')}/papers`));
  return (await Promise.all(papers)).flat().map((paper) => record(paper));
}

/** The papers that bear `orderId`, at any printer. */
export async function papersOf(request: APIRequestContext, orderId: string): Promise<string[]> {
  const papers = await allPapers(request);
  return papers.filter((paper) => paper['order_id'] === orderId).map((paper) => text(paper, 'ticket_id'));
}

export class Guest {
  /** The order ids of every `POST /v1/orders` that left the page. */
  readonly sentIds: string[] = [];
  readonly mistakes: string[] = [];
  /** The words of the page's language. */
  t: Messages = en;

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
    await expect(this.page).toHaveURL(new RegExp(`/m/${table.slug}/t/${table.code}/en/$`));
    this.t = languages[lang] ?? en;
    await expect(this.page.locator('#table')).toHaveText(await this.#nameOf(table, 'en'));
    if (lang !== 'en') await this.page.locator(`.langs a[hreflang=${lang}]`).click();
    await expect(this.page.locator('#table')).toHaveText(await this.#nameOf(table, lang));
  }

  /** A table's name in a language of its menu. */
  async #nameOf({ slug, name }: Table, lang: string): Promise<string> {
    const menu = record(await (await this.page.request.get(`/menus/${slug}/${lang}.json`)).json());
    return String(record(menu['names'] ?? {})[name] ?? name);
  }

  async open(dish: string): Promise<void> {
    await this.page.getByRole('link', { name: dish, exact: true }).click();
    await expect(this.sheet.getByRole('heading', { name: dish })).toBeVisible();
  }

  async add(dish: string): Promise<void> {
    await this.open(dish);
    await this.sheet.getByRole('button', { name: this.t.add }).click();
    await expect(this.sheet).toBeHidden();
  }

  async openCart(): Promise<void> {
    await this.page.getByRole('button', { name: this.t.viewOrder }).click();
    await expect(this.sheet.getByRole('heading', { name: this.t.yourOrder, exact: true })).toBeVisible();
  }

  async send(): Promise<void> {
    await this.sheet.locator('.go .b').click();
  }

  /** Waits until the journey says that every station's ticket is on paper. */
  async seesPaper(): Promise<void> {
    await expect(this.page.locator('h2.no')).toBeVisible();
    await expect(this.page.locator('.way > li.done', { hasText: this.t.stepPaper })).toBeVisible({ timeout: 30_000 });
  }
}
