// Which dishes a guest wants to see: by words, by diet, and without what was stated as an allergy.
import { canBeHad } from './allergies';
import type { Item, Menu } from './menu';
import type { Filter } from './route';

/** In the order in which they are offered. */
export const DIETS = ['vegan', 'vegetarian', 'halal', 'kosher', 'gluten-free'] as const;

/** Text as it is compared: no case, accents or vowel marks; hiragana for katakana, one form of Arabic letters that are typed in two. */
export function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}ـ]/gu, '')
    .toLowerCase()
    .replace(/[ァ-ヶ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
    .replace(/ة/g, 'ه')
    .replace(/ى/g, 'ي');
}

/** The ids of the dishes to show. `avoided` are allergies whose dishes are hidden. */
export function hits(menu: Menu, { words, diets }: Filter, avoided: string[]): Set<string> {
  const wanted = folded(words).split(/\s+/).filter((word) => word !== '');
  const shown = [...menu.items.values()].filter((item) => {
    const said = folded([item.name, item.description, item.section, ...item.tags].join(' '));
    return wanted.every((word) => said.includes(word)) && diets.every((diet) => fits(item, diet)) && canBeHad(item, avoided);
  });
  return new Set(shown.map(({ id }) => id));
}

/** A vegan dish is vegetarian too. */
export function fits({ diets }: Item, diet: string): boolean {
  return diets.includes(diet) || (diet === 'vegetarian' && diets.includes('vegan'));
}
