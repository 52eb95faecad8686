// Words of the page in the guest's language. English gives the keys; a plural message is an object by category of
// Intl.PluralRules, never a test for 1.
import type { messages as english } from './messages/en';

export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };
export type Messages = { [Key in keyof typeof english]: (typeof english)[Key] extends string ? string : Plural };

export type Values = Record<string, string | number>;

/** `{name}` filled from `values`; numbers in the digits of `locale`. */
export function fill(message: string, values: Values, locale: string): string {
  return message.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? '';
    return typeof value === 'number' ? digits(value, locale) : value;
  });
}

/** The form of `message` for `n` in `locale`, filled with it. */
export function plural(message: Plural, n: number, locale: string): string {
  return fill(message[new Intl.PluralRules(locale).select(n)] ?? message.other, { n }, locale);
}

/** A whole number as `locale` writes it. */
export function digits(n: number, locale: string): string {
  return new Intl.NumberFormat(locale).format(n);
}
