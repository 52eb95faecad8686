// The page's words, in the page's language, with counts and lists as its readers write them. One small file per language, fetched
// beside the script.
import { digits, fill, plural, type Messages, type Plural, type Values } from '../shared/i18n';
import { locale } from './page';

export let t: Messages;
interface Words {
  messages: Messages;
  /** Of English only. */
  american?: Partial<Messages>;
}

/** Loads the words that the page names; `boot.js` has asked for them already. */
export async function loadWords(): Promise<void> {
  const module = (await import(/* @vite-ignore */ `/assets/${document.documentElement.dataset['words']}.js`)) as Words;
  t = locale === 'en-US' ? { ...module.messages, ...module.american } : module.messages;
}

export function say(message: string, values: Values): string {
  return fill(message, values, locale);
}

export function count(message: Plural, n: number): string {
  return plural(message, n, locale);
}

export function num(n: number): string {
  return digits(n, locale);
}

/** `wheat, egg, soy` */
export function listed(names: string[]): string {
  return new Intl.ListFormat(locale, { type: 'unit', style: 'short' }).format(names);
}

/** The word for an id of the menu, such as an allergen or a diet; the id itself where we have none. */
export function named(id: string): string {
  const word: unknown = t[id as keyof Messages];
  return typeof word === 'string' ? word : id;
}
