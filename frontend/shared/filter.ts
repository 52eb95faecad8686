// Which dishes a guest wants to see: by words, by diet, and without what was stated as an allergy.
import { canBeHad } from './allergies';
import type { Item, Menu } from './menu';
import type { Filter } from './route';

/** In the order in which they are offered. */
export const DIETS = ['vegan', 'vegetarian', 'halal', 'kosher', 'gluten-free'] as const;

/** Text as it is compared: no case, accents, vowel marks or long-vowel signs; hiragana for katakana, one form of Arabic letters typed in two. */
export function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}ـー]/gu, '')
    .toLowerCase()
    .replace(/[ァ-ヶ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
    .replace(/ة/g, 'ه')
    .replace(/ى/g, 'ي');
}

export interface Hits {
  /** The ids of the dishes to show. */
  ids: Set<string>;
  /** Nothing has the words as they were typed: these dishes come near. */
  isNear: boolean;
}

/** `avoided` are allergies whose dishes are hidden; `word` names a diet in the page's language. */
export function hits(menu: Menu, { words, diets }: Filter, avoided: string[], word: (diet: string) => string): Hits {
  const wanted = folded(words).split(/\s+/).filter((part) => part !== '');
  const open = [...menu.items.values()].filter((item) => diets.every((diet) => fits(item, diet)) && canBeHad(item, avoided));
  const found = (textOf: (item: Item) => string, has: (text: string, part: string) => boolean): Set<string> =>
    new Set(open.filter((item) => {
      const text = folded(textOf(item));
      return wanted.every((part) => has(text, part));
    }).map(({ id }) => id));
  const exact = (text: string, part: string): boolean => text.includes(part);
  const said = (item: Item): string =>
    [item.name, item.description, item.id, ...item.alsoFound, ...item.tags, ...DIETS.filter((diet) => fits(item, diet)).flatMap((diet) => [diet, word(diet)])].join(' ');
  const asked = (item: Item): string => said(item) + item.groups.map((group) => ` ${group.id} ${group.name} ${group.options.map(({ name }) => name).join(' ')}`);
  const ids = [found(said, exact), found(asked, exact)].find(({ size }) => size > 0);
  return ids ? { ids, isNear: false } : { ids: found(said, isNear), isNear: true };
}

/** Whether a word of `text`, or its beginning, is like `part`: one slip in four letters is forgiven, in words of about that length. */
function isNear(text: string, part: string): boolean {
  const forgiven = Math.floor(part.length / 4);
  return text.includes(part) || (forgiven > 0 && text.split(/[^\p{L}\p{N}]+/u).some((word) => word.length <= part.length + 2 && slips(part, word) <= forgiven));
}

/** How many letters are wrong, missing, too many or swapped in `part` for it to begin `word`. */
function slips(part: string, word: string): number {
  let [before, row]: number[][] = [[], Array.from({ length: word.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= part.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= word.length; j += 1) {
      const isSwapped = part[i - 1] === word[j - 2] && part[i - 2] === word[j - 1];
      next.push(Math.min(
        row![j]! + 1, next[j - 1]! + 1, row![j - 1]! + Number(part[i - 1] !== word[j - 1]), isSwapped ? (before![j - 2] ?? 9) + 1 : 9,
      ));
    }
    [before, row] = [row, next];
  }
  return Math.min(...row!);
}

/** A vegan dish is vegetarian too. */
export function fits({ diets }: Item, diet: string): boolean {
  return diets.includes(diet) || (diet === 'vegetarian' && diets.includes('vegan'));
}
