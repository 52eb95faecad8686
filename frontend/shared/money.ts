// Totals and their words. Mirrors `tabletap-domain::pricing::totals`, so that the total shown is the total charged; the server
// computes its own and answers 409 where the two differ. Integer minor units throughout.
import type { Pricing } from './menu';

export interface Totals {
  subtotalMinor: number;
  serviceMinor: number;
  taxes: TaxAmount[];
  taxInclusive: boolean;
  totalMinor: number;
}

export interface TaxAmount {
  name: string;
  ratePpm: number;
  taxMinor: number;
}

const PPM = 1_000_000;

/** The step that payments carry amounts in: where a currency has three decimals, they end with a zero. */
export const stepOf = (digits: number): number => (digits === 3 ? 10 : 1);

/** `amount * numerator / denominator`, rounded half away from zero to a multiple of `step`. */
export function scaleRounded(amount: number, numerator: number, denominator: number, step = 1): number {
  const product = BigInt(amount) * BigInt(numerator);
  const divisor = BigInt(denominator) * BigInt(step);
  const magnitude = ((product < 0n ? -product : product) + divisor / 2n) / divisor;
  return Number(product < 0n ? -magnitude : magnitude) * step;
}

/** Splits `total` (not negative) in proportion to `weights` by the largest remainder: the parts sum to it exactly. */
export function splitByWeight(total: number, weights: number[]): number[] {
  const even = weights.every((weight) => weight === 0);
  const shares = weights.map((weight) => BigInt(even ? 1 : weight));
  const sum = shares.reduce((a, b) => a + b, 0n);
  const products = shares.map((share) => BigInt(total) * share);
  const parts = products.map((product) => Number(product / sum));
  let left = total - parts.reduce((a, b) => a + b, 0);
  const order = products.map((product, index) => ({ rest: product % sum, index }));
  order.sort((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest < b.rest ? 1 : -1));
  for (const { index } of order) {
    if (left === 0) break;
    parts[index] = (parts[index] ?? 0) + 1;
    left -= 1;
  }
  return parts;
}

/** Service charge, then taxes, each rounded once for the whole order to a multiple of `step`. */
export function total(lines: { taxCategory: string; totalMinor: number }[], rules: Pricing, step: number): Totals {
  const subtotalMinor = lines.reduce((sum, line) => sum + line.totalMinor, 0);
  const serviceMinor = rules.service ? scaleRounded(subtotalMinor, rules.service.ratePpm, PPM, step) : 0;
  const taxes: TaxAmount[] = [];
  for (const category of new Set(rules.taxes.map((tax) => tax.category))) {
    const ofLines = lines.filter((line) => line.taxCategory === category);
    const ofService = rules.service?.taxCategory === category ? serviceMinor : 0;
    const base = ofLines.reduce((sum, line) => sum + line.totalMinor, ofService);
    if (base !== 0) addTaxes(taxes, base, category, rules, step);
  }
  const taxMinor = taxes.reduce((sum, tax) => sum + tax.taxMinor, 0);
  const onTop = rules.taxInclusive ? 0 : taxMinor;
  return { subtotalMinor, serviceMinor, taxes, taxInclusive: rules.taxInclusive, totalMinor: subtotalMinor + serviceMinor + onTop };
}

function addTaxes(taxes: TaxAmount[], base: number, category: string, rules: Pricing, step: number): void {
  const rates = rules.taxes.filter((tax) => tax.category === category);
  const ppm = rates.map((rate) => rate.ratePpm);
  const sum = ppm.reduce((a, b) => a + b, 0);
  const parts = rules.taxInclusive
    ? splitByWeight(scaleRounded(base, sum, PPM + sum, step) / step, ppm).map((part) => part * step)
    : ppm.map((rate) => scaleRounded(base, rate, PPM, step));
  rates.forEach((rate, index) => {
    const taxMinor = parts[index] ?? 0;
    const row = taxes.find((tax) => tax.name === rate.name && tax.ratePpm === rate.ratePpm);
    if (row) row.taxMinor += taxMinor;
    else taxes.push({ name: rate.name, ratePpm: rate.ratePpm, taxMinor });
  });
}

/** A price as `lang` writes it, with the sign of the currency's own country: `$6.00`, `6,00 €`, `S/ 6.00`. In Arabic, short signs are Latin. */
export function formatMoney(minor: number, currency: string, digits: number, lang: string): string {
  const currencyDisplay = lang.startsWith('ar') ? 'symbol' : 'narrowSymbol';
  const style = { style: 'currency', currency, currencyDisplay, minimumFractionDigits: digits, maximumFractionDigits: digits } as const;
  // The one sign that Intl has only in its own country.
  return new Intl.NumberFormat(lang, style).format(minor / 10 ** digits).replace('PEN', 'S/');
}

/** A rate as `lang` writes it: `8.875 %` is 88 750 parts per million. */
export function formatRate(ppm: number, lang: string): string {
  return new Intl.NumberFormat(lang, { style: 'percent', maximumFractionDigits: 4 }).format(ppm / PPM);
}
