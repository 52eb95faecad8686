import { describe, expect, it } from 'vitest';
import { DIETS, folded, hits } from './filter';
import { messages as en } from './messages/en';
import { sampleMenu } from './sample';

const found = (words: string, diets: string[] = [], avoided: string[] = [], lang: 'en' | 'ja' = 'en'): string[] => [
  ...hits(sampleMenu(lang), { words, diets }, avoided),
];

describe('a search', () => {
  it.each([
    ['nothing typed is the whole menu', '  ', ['ramen', 'beer']],
    ['a name', 'ramen', ['ramen']],
    ['any case, in pieces, in any order', 'EGG bro', ['ramen']],
    ['the heading it stands under', 'drinks', ['beer']],
    ['a mark', 'hot', ['ramen']],
    ['nothing', 'pizza', []],
    ['not a word of each dish', 'ramen beer', []],
  ])('finds %s', (_, words, ids) => {
    expect(found(words)).toEqual(ids);
  });
  it('finds katakana by hiragana', () => {
    expect(found('らーめん', [], [], 'ja')).toEqual(['ramen']);
  });
  it('compares without accents, vowel marks and letters typed in two ways', () => {
    expect(folded('Crème BRÛLÉE')).toBe(folded('creme brulee'));
    expect(folded('أُرْزّ')).toBe(folded('ارز'));
    expect(folded('سلطة')).toBe(folded('سلطه'));
  });
});

describe('a diet', () => {
  it('keeps what fits all that is wanted', () => {
    expect(found('', ['halal'])).toEqual(['ramen']);
    expect(found('', ['halal', 'vegan'])).toEqual([]);
  });
  it('counts a vegan dish as vegetarian', () => {
    const menu = sampleMenu('en');
    menu.items.get('beer')!.diets = ['vegan'];
    expect([...hits(menu, { words: '', diets: ['vegetarian'] }, [])]).toEqual(['beer']);
  });
  it('has a word', () => {
    expect(DIETS.filter((id) => !(id in en))).toEqual([]);
  });
});

describe('an allergy', () => {
  it('hides what contains it however it is made', () => {
    expect(found('', [], ['egg'])).toEqual(['beer']);
    expect(found('', [], ['fish'])).toEqual(['ramen', 'beer']);
  });
});
