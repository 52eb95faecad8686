// Words of the page in the guest's language. English gives the keys; a plural message is an object by category of
// Intl.PluralRules, never a test for 1.
import type { messages as english } from './messages/en';

export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };
export type Messages = { [Key in keyof typeof english]: (typeof english)[Key] extends string ? string : Plural };

export type Values = Record<string, string | number>;

/** `{name}` filled from `values`. */
export function fill(message: string, values: Values): string {
  return message.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}

/** The form of `message` for `n` in `lang`, filled with it. */
export function plural(message: Plural, n: number, lang: string): string {
  return fill(message[new Intl.PluralRules(lang).select(n)] ?? message.other, { n });
}

