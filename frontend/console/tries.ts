// What this program's restaurants let a newcomer try: each a link or a switch, with what to watch for.
import type { State } from './state';

export type Try = { key: string; words: string; sentence: string } & ({ link: string } | { printer: string; isOut: boolean } | { command: string });

const RIGHT_TO_LEFT = new Set(['ar', 'fa', 'he', 'ur']);

/** What this program's restaurants let one try; `slug` is the restaurant that is chosen. */
export function tries({ stores, printers }: Pick<State, 'stores' | 'printers'>, slug: string): Try[] {
  const store = stores.find((one) => one.slug === slug) ?? stores[0];
  if (!store) return [];
  const list: Try[] = [];
  const printer = printers.find((one) => one.store === store.slug);
  if (printer) {
    const isOut = printer.state === 'paper_out';
    list.push({ key: 'paper', words: isOut ? 'Put the paper back' : 'Take the paper out', sentence: isOut ? 'What waited is printed, once.' : `The printer of ${printer.stationName} stops. Order: the guest is told, the ticket waits, and nothing is lost.`, printer: printer.id, isOut });
  }
  const takeout = store.takeout ? store : stores.find((one) => one.takeout);
  if (takeout) list.push({ key: 'takeout', words: 'Order takeout and pay', sentence: 'A local Stripe takes the money. The receipt is under Sent mail.', link: `/m/${takeout.slug}/${takeout.languages[0] ?? 'en'}/` });
  const table = store.tables[0];
  if (table) list.push({ key: 'second', words: 'Join with a second phone', sentence: 'Open the same table in a private window: one bill, each pays their own.', link: new URL(table.link, 'http://x').pathname });
  const mirrored = stores.find(({ languages }) => languages.some((lang) => RIGHT_TO_LEFT.has(lang)));
  const lang = mirrored?.languages.find((one) => RIGHT_TO_LEFT.has(one));
  if (mirrored && lang) list.push({ key: 'mirror', words: 'Read a menu from right to left', sentence: 'The page turns; the kitchen’s ticket stays in the kitchen’s language.', link: `/m/${mirrored.slug}/${lang}/` });
  list.push({ key: 'off', words: 'Sell a dish out', sentence: 'Every open menu says so within seconds.', command: `tabletap item off DISH --store ${store.slug}` });
  list.push({ key: 'print', words: 'Print the stickers', sentence: 'And the menu on paper.', link: '/local/print' });
  return list;
}
