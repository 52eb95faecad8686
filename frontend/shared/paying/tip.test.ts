import { describe, expect, it } from 'vitest';
import type { Totals } from '../money';
import { percentOf, readAmount, tipBase, tipMinor } from './tip';

const totals = (rest: Partial<Totals>): Totals => ({ subtotalMinor: 2_000, serviceMinor: 200, taxes: [], taxInclusive: false, totalMinor: 2_200, ...rest });

describe('a tip', () => {
  it('is counted before tax, whether the prices hold the tax or not', () => {
    const taxes = [{ name: 'IGV', ratePpm: 180_000, taxMinor: 305 }];
    expect(tipBase(totals({ taxes }))).toBe(2_000);
    expect(tipBase(totals({ taxes, taxInclusive: true }))).toBe(1_695);
  });
  it.each([
    ['two decimals, half a cent up', 1_695, 10, 170],
    ['no decimals', 1_500, 15, 225],
    ['three decimals', 12_345, 20, 2_469],
    ['no tip', 1_695, 0, 0],
  ])('is rounded to the smallest unit: %s', (_, base, percent, expected) => {
    expect(percentOf(base, percent, 2)).toBe(expected);
  });
  it('ends with a zero where the currency has three decimals', () => {
    expect(percentOf(1_100, 15, 3)).toBe(170);
    expect(tipMinor({ is: 'own', text: '0.165' }, 1_100, 1_100, 3)).toBeNull();
    expect(tipMinor({ is: 'own', text: '0.16' }, 1_100, 1_100, 3)).toBe(160);
  });
  it('is nothing while nothing was chosen, and while no amount was typed', () => {
    expect(tipMinor({ is: 'open' }, 2_000, 2_200, 2)).toBe(0);
    expect(tipMinor({ is: 'own', text: ' ' }, 2_000, 2_200, 2)).toBe(0);
  });
  it('is at most twice what is paid, as the server has it', () => {
    expect(tipMinor({ is: 'own', text: '44' }, 2_000, 2_200, 2)).toBe(4_400);
    expect(tipMinor({ is: 'own', text: '44.01' }, 2_000, 2_200, 2)).toBeNull();
  });
});

describe('an amount as people type it', () => {
  it.each([
    ['3', 2, 300],
    ['3.5', 2, 350],
    ['3,50', 2, 350],
    [' 0.05 ', 2, 5],
    ['٣٫٥', 2, 350],
    ['٣', 3, 3_000],
    ['1.250', 3, 1_250],
    ['300', 0, 300],
  ])('%s with %i decimals', (typed, digits, expected) => {
    expect(readAmount(typed, digits)).toBe(expected);
  });
  it.each([
    ['more decimals than the currency has', '3.505', 2],
    ['decimals where there are none', '3.5', 0],
    ['thousands, which could be a fraction', '1,000', 2],
    ['a currency sign', '$3', 2],
    ['less than nothing', '-3', 2],
    ['words', 'three', 2],
    ['a number without its whole part', '.5', 2],
    ['more digits than any bill', '12345678901', 2],
  ])('%s is no amount', (_, typed, digits) => {
    expect(readAmount(typed, digits)).toBeNull();
  });
});
