import { describe, expect, it } from 'vitest';
import { fill, plural } from './i18n';
import { messages as ar } from './messages/ar';
import { american, messages as en } from './messages/en';
import { messages as es } from './messages/es';
import { messages as ja } from './messages/ja';

const placeholders = (message: unknown): string[] => [...JSON.stringify(message).matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort();

describe('spelling', () => {
  it('is American as a whole for a restaurant in the United States', () => {
    const british = /recognis|apologis|cancelled|colour|favour|sulphite|mollusc|grey\b/i;
    for (const [key, message] of Object.entries({ ...en, ...american })) expect(JSON.stringify(message), key).not.toMatch(british);
    for (const [key, message] of Object.entries(american)) {
      expect(en[key as keyof typeof en], `${key} is spelled one way only`).not.toEqual(message);
      expect(placeholders(message), key).toEqual(placeholders(en[key as keyof typeof en]));
    }
  });

  it('calls staff and kitchen by one word each in Japanese', () => {
    for (const [key, message] of Object.entries(ja)) expect(JSON.stringify(message), key).not.toMatch(/店員|厨房/);
  });
});

describe('words', () => {
  it('are filled, with numbers in the digits of the page', () => {
    expect(fill('{a} and {b}', { a: 'x', b: 2 }, 'en')).toBe('x and 2');
    expect(fill('{n}', { n: 12 }, 'ar-KW')).toBe('١٢');
    expect(fill('{n}', { n: 12 }, 'ar-u-nu-latn')).toBe('12');
  });
  it.each([
    ['en', en, [1, 2], ['1 dish', '2 dishes']],
    ['ja', ja, [1], ['1品']],
    ['es-PE', es, [1, 4], ['1 plato', '4 platos']],
    ['ar-KW', ar, [0, 1, 2, 3, 11, 100], ['لا أصناف', 'صنف واحد', 'صنفان', '٣ أصناف', '١١ صنفًا', '١٠٠ صنف']],
  ] as const)('take the plural of %s', (locale, messages, counts, words) => {
    expect(counts.map((n) => plural(messages.dishes, n, locale))).toEqual(words);
  });
});
