// What a dish costs with its options. The same rule as `tabletap-domain::pricing::choices`; the server has the last word.
import type { Group, Item, Option } from './menu';

/** One chosen option, as `POST /v1/orders` takes it. */
export interface Choice {
  group_id: string;
  option_id: string;
  quantity: number;
  choices: Choice[];
}

/** What the options add to one dish; an option's own options count once for each of it. */
export function optionsMinor(groups: Group[], choices: Choice[]): number {
  return choices.reduce((sum, choice) => {
    const option = optionOf(groups, choice);
    return option ? sum + (option.priceMinor + optionsMinor(option.groups, choice.choices)) * choice.quantity : sum;
  }, 0);
}

export function optionOf(groups: Group[], choice: Choice): Option | undefined {
  const group = groups.find((candidate) => candidate.id === choice.group_id);
  return group?.options.find((option) => option.id === choice.option_id);
}

/** One dish with its options. */
export function unitMinor(item: Item, choices: Choice[]): number {
  return item.priceMinor + optionsMinor(item.groups, choices);
}
