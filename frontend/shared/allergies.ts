// What may hurt a guest. The same rule as `tabletap-domain::pricing`: a dish's allergens are its own and those of its options at any
// depth, and leaving something out takes none away, because a kitchen that leaves out the egg has still touched it.
import type { Group, Item } from './menu';
import { optionOf, type Choice } from './price';

/** The fourteen of EU regulation 1169/2011, annex II, by their ids in the menu. */
export const ALLERGENS = [
  'gluten', 'crustaceans', 'egg', 'fish', 'peanut', 'soy', 'milk', 'nuts', 'celery', 'mustard', 'sesame', 'sulphites', 'lupin', 'molluscs',
] as const;

type Made = { allergens: string[]; groups: Group[] };

/** What a dish contains, made as chosen. */
export function containedIn(made: Made, choices: Choice[]): string[] {
  const chosen = choices.flatMap((choice) => {
    const option = optionOf(made.groups, choice);
    return option ? containedIn(option, choice.choices) : [];
  });
  return [...made.allergens, ...chosen];
}

/** What a dish contains however it is made: its own, and what no answer to a question that must be answered leaves out. */
export function alwaysIn(made: Made): string[] {
  const forced = made.groups.flatMap((group) => {
    const open = group.options.filter((option) => option.available);
    if (group.min === 0 || open.length === 0) return [];
    return open.map(alwaysIn).reduce((common, more) => common.filter((allergen) => more.includes(allergen)));
  });
  return [...made.allergens, ...forced];
}

/** What some answer can bring into a dish. */
export function possiblyIn(made: Made): string[] {
  return [...made.allergens, ...made.groups.flatMap((group) => group.options.flatMap(possiblyIn))];
}

/** What a guest stated and `found` holds, in the order stated. */
export function conflicts(found: string[], stated: string[]): string[] {
  return stated.filter((allergen) => found.includes(allergen));
}

/** Whether nothing keeps the dish from a guest with these allergies. */
export function canBeHad(item: Item, stated: string[]): boolean {
  return conflicts(alwaysIn(item), stated).length === 0;
}
