// A tip: offered as parts of the price before tax, nothing chosen beforehand, or typed as any amount.
import { scaleRounded, stepOf, type Totals } from '../money';

export const PERCENTS = [10, 15, 20] as const;

/** What a guest chose: nothing yet, a percentage (0 is "no tip"), or an amount as it was typed. */
export type Tip = { is: 'open' } | { is: 'percent'; percent: number } | { is: 'own'; text: string };

/** What a percentage is taken of: the dishes, without the tax that their prices may hold. */
export function tipBase({ subtotalMinor, taxes, taxInclusive }: Totals): number {
  const held = taxInclusive ? taxes.reduce((sum, tax) => sum + tax.taxMinor, 0) : 0;
  return Math.max(0, subtotalMinor - held);
}

export function percentOf(baseMinor: number, percent: number, digits: number): number {
  return scaleRounded(baseMinor, percent, 100, stepOf(digits));
}

/** The tip in minor units; null where what was typed is no amount, or is more than twice what is paid: the server takes neither. */
export function tipMinor(tip: Tip, baseMinor: number, dueMinor: number, digits: number): number | null {
  if (tip.is === 'open') return 0;
  if (tip.is === 'percent') return percentOf(baseMinor, tip.percent, digits);
  const typed = tip.text.trim() === '' ? 0 : readAmount(tip.text, digits);
  return typed !== null && typed <= 2 * dueMinor && typed % stepOf(digits) === 0 ? typed : null;
}

/** `3`, `3.5`, `3,50` or `٣٫٥` in minor units of a currency with `digits` decimals; null for anything else. There are no thousands: which of
 * point and comma parts them, nobody knows. */
export function readAmount(typed: string, digits: number): number | null {
  const plain = typed
    .trim()
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[٫,]/g, '.');
  const [, whole, fraction = ''] = /^(\d{1,9})(?:\.(\d+))?$/.exec(plain) ?? [];
  if (whole === undefined || fraction.length > digits) return null;
  return Number(whole + fraction.padEnd(digits, '0'));
}
