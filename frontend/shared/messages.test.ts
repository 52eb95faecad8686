// The words of the page and of paying in every language: the same keys, the same places to fill, every plural form.
import { describe, expect, it } from 'vitest';

type Message = string | Record<string, string>;
type Words = Record<string, Message>;
const files = import.meta.glob<{ messages: Words }>(['./messages/*.ts', './paying/messages/*.ts'], { eager: true });
const sets = [...new Set(Object.keys(files).map((path) => path.slice(0, path.lastIndexOf('/'))))];
const langOf = (path: string): string => path.slice(-5, -3);
const places = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).sort();
const texts = (message: Message): string[] => (typeof message === 'string' ? [message] : Object.values(message));

/** The plural forms of a language; `many` of Spanish is for millions. */
function formsOf(lang: string): string[] {
  return new Intl.PluralRules(lang).resolvedOptions().pluralCategories.filter((form) => !(lang === 'es' && form === 'many')).sort();
}

describe.each(sets)('%s', (set) => {
  const english = files[`${set}/en.ts`]!.messages;
  const own = Object.entries(files).filter(([path]) => path.startsWith(`${set}/`));

  it('is there in the five languages', () => {
    expect(own.map(([path]) => langOf(path)).sort()).toEqual(['ar', 'de', 'en', 'es', 'ja']);
  });

  it.each(own)('%s has the keys of English, in its order', (_, { messages }) => {
    expect(Object.keys(messages)).toEqual(Object.keys(english));
  });

  it.each(own)('%s says something for each, and fills what English fills', (_, { messages }) => {
    for (const [key, message] of Object.entries(english)) {
      const theirs = messages[key] ?? '';
      expect(typeof theirs, key).toBe(typeof message);
      for (const text of texts(theirs)) {
        expect(text.trim(), key).not.toBe('');
        expect(text.replace(/\{\w+\}/g, ''), `${key}: a brace that nothing fills`).not.toMatch(/[{}]/);
        // A form for one number may name it in words: `plato`, `صنفان`.
        const wanted = places(texts(message)[0] ?? '');
        expect(typeof theirs === 'string' ? places(text) : places(text).filter((place) => place !== 'n'), key).toEqual(
          typeof theirs === 'string' ? wanted : wanted.filter((place) => place !== 'n'),
        );
      }
      if (typeof theirs !== 'string') expect(places(theirs['other'] ?? ''), key).toEqual(places(texts(message).at(-1) ?? ''));
    }
  });

  it.each(own)('%s has every plural form that its rules ask for, and no other', (path, { messages }) => {
    for (const [key, message] of Object.entries(messages)) {
      if (typeof message !== 'string') expect(Object.keys(message).sort(), key).toEqual(formsOf(langOf(path)));
    }
  });
});
