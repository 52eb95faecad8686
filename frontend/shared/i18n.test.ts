import { describe, expect, it } from 'vitest';
import { fill, plural } from './i18n';
import { messages as de } from './messages/de';
import { messages as en } from './messages/en';
import { messages as ja } from './messages/ja';

const placeholders = (message: unknown): string[] => [...JSON.stringify(message).matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort();

describe('every language', () => {
  it.each([['de', de], ['ja', ja]])('%s says what English says, with the same places to fill', (_, messages) => {
    expect(Object.keys(messages).sort()).toEqual(Object.keys(en).sort());
    for (const [key, message] of Object.entries(en)) {
      const theirs = messages[key as keyof typeof en];
      expect(new Set(placeholders(theirs)), key).toEqual(new Set(placeholders(message)));
      expect(JSON.stringify(theirs).length, `${key} is empty`).toBeGreaterThan(2);
    }
  });
});

describe('words', () => {
  it('are filled and take the plural of their language', () => {
    expect(fill('{a} and {b}', { a: 'x', b: 2 })).toBe('x and 2');
    expect([1, 2].map((n) => plural(en.dishes, n, 'en'))).toEqual(['1 dish', '2 dishes']);
    expect(plural(ja.dishes, 1, 'ja')).toBe('1品');
  });
});
