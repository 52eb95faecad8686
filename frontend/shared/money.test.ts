import { describe, expect, it } from 'vitest';
import { formatMoney, formatRate, scaleRounded, splitByWeight, stepOf, total } from './money';
import amounts from './amounts.samples.json';
import samples from './totals.samples.json';

const DIGITS: Record<string, number> = { BHD: 3, CLP: 0, ISK: 0, JOD: 3, JPY: 0, KRW: 0, KWD: 3, OMR: 3, PYG: 0, TND: 3, VND: 0 };

describe('totals', () => {
  // The same file is read by a test of `tabletap-wire`: what the page shows is what the server charges.
  for (const sample of samples) {
    it(sample.fact, () => {
      const { service_charge: charge, taxes, tax_inclusive } = sample.pricing;
      const rules = {
        taxInclusive: tax_inclusive,
        taxes: taxes.map(({ category, name, rate_ppm }) => ({ category, name, ratePpm: rate_ppm })),
        service: charge && { name: charge.name, ratePpm: charge.rate_ppm, taxCategory: charge.tax_category },
      };
      const lines = sample.lines.map(({ tax_category, total_minor }) => ({ taxCategory: tax_category, totalMinor: total_minor }));
      const totals = total(lines, rules, stepOf(DIGITS[sample.currency ?? 'USD'] ?? 2));
      expect({
        subtotal_minor: totals.subtotalMinor,
        service_charge_minor: totals.serviceMinor,
        taxes: totals.taxes.map(({ name, taxMinor }) => [name, taxMinor]),
        total_minor: totals.totalMinor,
      }).toEqual(sample.totals);
    });
  }

  it('rounds half away from zero, also where floats would not', () => {
    expect(scaleRounded(1, 1, 2)).toBe(1);
    expect(scaleRounded(-1, 1, 2)).toBe(-1);
    expect(scaleRounded(99_999_999_999, 999_999, 1_000_000)).toBe(99_999_899_999);
  });

  it('splits so that the parts sum to the whole, the earlier part first', () => {
    expect(splitByWeight(100, [1, 1, 1])).toEqual([34, 33, 33]);
    expect(splitByWeight(5, [0, 0])).toEqual([3, 2]);
  });
});

describe('amounts', () => {
  // The same file is read by a test of `tabletap-menu`: what the islands write is what the page has printed.
  it.each(amounts)('$minor of $currency in $locale are $text', ({ minor, currency, locale, text }) => {
    expect(formatMoney(minor, currency, DIGITS[currency] ?? 2, locale)).toBe(text);
  });

  it('writes rates with the decimals they have', () => {
    expect(formatRate(88_750, 'en')).toBe('8.875%');
    expect(formatRate(70_000, 'de')).toBe('7\u00a0%');
  });
});
