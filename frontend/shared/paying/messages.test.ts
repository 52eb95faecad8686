import { describe, expect, it } from 'vitest';
import { messages as ar } from './messages/ar';
import { messages as de } from './messages/de';
import { messages as en } from './messages/en';
import { messages as es } from './messages/es';
import { messages as ja } from './messages/ja';

const places = (message: string): string[] => [...message.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort();

describe('the words of paying', () => {
  it.each(Object.entries({ ar, de, es, ja }))('%s says what English says, with the same places to fill', (_, messages) => {
    expect(Object.keys(messages)).toEqual(Object.keys(en));
    for (const [key, message] of Object.entries(en)) {
      const theirs = messages[key as keyof typeof en];
      expect(places(theirs), key).toEqual(places(message));
      expect(theirs.trim(), `${key} is empty`).not.toBe('');
    }
  });

  it('are spelled alike on both sides of the Atlantic, and name staff and kitchen by one word each in Japanese', () => {
    for (const [key, message] of Object.entries(en)) expect(message, key).not.toMatch(/recognis|cancelled|colour|favour|cheque/i);
    for (const [key, message] of Object.entries(ja)) expect(message, key).not.toMatch(/店員|厨房/);
  });
});
