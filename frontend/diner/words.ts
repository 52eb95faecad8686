// The page's words, in the page's language. One small file per language, fetched beside the script.
import { fill, plural, type Messages, type Plural, type Values } from '../shared/i18n';

const modules: Record<string, () => Promise<{ messages: Messages }>> = {
  en: () => import('../shared/messages/en'),
  ja: () => import('../shared/messages/ja'),
  de: () => import('../shared/messages/de'),
};

export let t: Messages;
let lang = 'en';

/** Loads the words of `wanted`; English where we have none. */
export async function loadWords(wanted: string): Promise<void> {
  lang = wanted;
  t = (await (modules[wanted.slice(0, 2)] ?? modules['en']!)()).messages;
}

export function say(message: string, values: Values): string {
  return fill(message, values);
}

export function count(message: Plural, n: number): string {
  return plural(message, n, lang);
}
