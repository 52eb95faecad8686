// What a dish costs with its options. The same rule as `tabletap-domain::pricing::choices`; the server has the last word.
import type { Group, Item, Option } from './menu';

/** One chosen option, as `POST /v1/orders` takes it. */
export interface Choice {
  group_id: string;
  option_id: string;
  quantity: number;
  choices: Choice[];
}

export function optionOf(groups: Group[], choice: Choice): Option | undefined {
  const group = groups.find((candidate) => candidate.id === choice.group_id);
  return group?.options.find((option) => option.id === choice.option_id);
}

/** What one dish costs, or the points it earns, with its options; an option's own options count once for each of it. */
export function unit(made: Item | Option, choices: Choice[], what: 'priceMinor' | 'points'): number {
  return choices.reduce((sum, choice) => {
    const option = optionOf(made.groups, choice);
    return option ? sum + unit(option, choice.choices, what) * choice.quantity : sum;
  }, made[what]);
}

export function unitMinor(item: Item, choices: Choice[]): number {
  return unit(item, choices, 'priceMinor');
}

/** Whether every choice can still be had: the menu may have changed since. */
export function stillOffered(groups: Group[], choices: Choice[]): boolean {
  return choices.every((choice) => {
    const option = optionOf(groups, choice);
    return option !== undefined && option.available && stillOffered(option.groups, choice.choices);
  });
}
