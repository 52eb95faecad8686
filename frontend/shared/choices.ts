// Answers to option groups: what is chosen at first, what a tap changes, what is still missing, what it costs and how it reads.
// The same rules as `tabletap-domain::pricing::choices`; the server has the last word.
import type { Group, Option } from './menu';
import type { Choice } from './price';

export type { Choice };

/** A group that lacks answers: where it stands and how many it wants. */
export interface Missing {
  path: string;
  group: Group;
}

/** What stands chosen when a dish opens: the presets, and the only answer of a question that must be answered. */
export function presets(groups: Group[]): Choice[] {
  return groups.flatMap((group) => {
    const open = group.options.filter((option) => option.available);
    const chosen = open.filter((option) => option.preset);
    const only = group.min > 0 && open.length === 1 ? open : [];
    return (chosen.length > 0 ? chosen : only).map((option) => choose(group, option, 1));
  });
}

function choose(group: Group, option: Option, quantity: number): Choice {
  return { group_id: group.id, option_id: option.id, quantity, choices: presets(option.groups) };
}

export function quantityOf(choices: Choice[], group: Group, option: Option): number {
  return find(choices, group, option)?.quantity ?? 0;
}

function find(choices: Choice[], group: Group, option: Option): Choice | undefined {
  return choices.find((choice) => choice.group_id === group.id && choice.option_id === option.id);
}

export function countIn(choices: Choice[], group: Group): number {
  return choices.reduce((sum, choice) => sum + (choice.group_id === group.id ? choice.quantity : 0), 0);
}

/** A question with one answer is a row of radio buttons; choosing another answer replaces the first. */
export function isSingle(group: Group): boolean {
  return group.max === 1;
}

/** The choices after `option` stands at `quantity`; its own answers are kept while it stays chosen. */
export function withQuantity(choices: Choice[], group: Group, option: Option, quantity: number): Choice[] {
  const others = choices.filter((choice) => {
    const sameGroup = choice.group_id === group.id;
    return !(sameGroup && (isSingle(group) || choice.option_id === option.id));
  });
  if (quantity <= 0) return others;
  const before = find(choices, group, option);
  return [...others, before ? { ...before, quantity } : choose(group, option, quantity)];
}

/** The choices after the answers to `option`'s own groups became `inner`. */
export function withInner(choices: Choice[], group: Group, option: Option, inner: Choice[]): Choice[] {
  const chosen = find(choices, group, option);
  return choices.map((choice) => (choice === chosen ? { ...choice, choices: inner } : choice));
}

export function innerOf(choices: Choice[], group: Group, option: Option): Choice[] {
  return find(choices, group, option)?.choices ?? [];
}

/** The groups that want more answers, in the order they are shown. `path` is unique on the page. */
export function missing(groups: Group[], choices: Choice[], path = 'g'): Missing[] {
  return groups.flatMap((group) => {
    const here = `${path}-${group.id}`;
    const own = countIn(choices, group) < group.min ? [{ path: here, group }] : [];
    const inner = group.options.flatMap((option) => {
      const chosen = find(choices, group, option);
      return chosen ? missing(option.groups, chosen.choices, `${here}-${option.id}`) : [];
    });
    return [...own, ...inner];
  });
}

/** The choices as a guest reads them, in the menu's order: `Large`, `No Egg`, `2× Chilli oil`, `Set of two (Miso soup)`. `digits` writes counts. */
export function describe(groups: Group[], choices: Choice[], digits: (n: number) => string): string[] {
  return groups.flatMap((group) =>
    group.options.flatMap((option) => {
      const chosen = find(choices, group, option);
      if (!chosen) return [];
      const inner = describe(option.groups, chosen.choices, digits);
      const many = chosen.quantity > 1 ? `${digits(chosen.quantity)}× ` : '';
      return [`${many}${option.readsAs}${inner.length > 0 ? ` (${inner.join(', ')})` : ''}`];
    }),
  );
}
