import { describe, expect, it } from 'vitest';
import { DIETS, folded, hits } from './filter';
import { messages as en } from './messages/en';
import { sampleMenu } from './sample';

const words = (diet: string): string => en[diet as keyof typeof en] as string;
const search = (typed: string, diets: string[] = [], avoided: string[] = [], lang: 'en' | 'ja' = 'en') =>
  hits(sampleMenu(lang), { words: typed, diets }, avoided, words);
const found = (...typed: Parameters<typeof search>): string[] => [...search(...typed).ids];

describe('a search', () => {
  it.each([
    ['nothing typed is the whole menu', '  ', ['ramen', 'beer']],
    ['a name', 'ramen', ['ramen']],
    ['any case, in pieces, in any order', 'EGG bro', ['ramen']],
    ['the heading it stands under', 'drinks', ['beer']],
    ['a mark', 'hot', ['ramen']],
    ['a diet', 'HALAL', ['ramen']],
    ['a name in another language of the menu', 'ラーメン', ['ramen']],
    ['a heading in another language of the menu', '麺', ['ramen']],
    ['what it can be ordered with, where nothing else has it', 'large', ['ramen']],
    ['nothing', 'pizza', []],
    ['not a word of each dish', 'ramen beer', []],
  ])('finds %s', (_, typed, ids) => {
    expect(found(typed)).toEqual(ids);
    expect(search(typed).isNear && ids.length > 0).toBe(false);
  });
  it.each([
    ['a letter missing', 'ramn', ['ramen']],
    ['a letter wrong', 'rumen', ['ramen']],
    ['a letter too many', 'raamen', ['ramen']],
    ['two swapped', 'rmaen', ['ramen']],
    ['the beginning of a word', 'noodel', ['ramen']],
    ['the beginning of a much longer word', 'nodl', []],
    ['too few letters to guess from', 'rmn', []],
    ['another word', 'bear rumen', []],
  ])('comes near with %s', (_, typed, ids) => {
    expect(found(typed)).toEqual(ids);
    expect(search(typed).isNear).toBe(true);
  });
  it('finds katakana by hiragana', () => {
    expect(found('らーめん', [], [], 'ja')).toEqual(['ramen']);
  });
  it('compares without accents, vowel marks and letters typed in two ways', () => {
    expect(folded('Crème BRÛLÉE')).toBe(folded('creme brulee'));
    expect(folded('أُرْزّ')).toBe(folded('ارز'));
    expect(folded('سلطة')).toBe(folded('سلطه'));
    expect(folded('ラーメン')).toBe(folded('らめん'));
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
    expect([...hits(menu, { words: '', diets: ['vegetarian'] }, [], words).ids]).toEqual(['beer']);
    expect([...hits(menu, { words: 'vegetarian', diets: [] }, [], words).ids]).toEqual(['beer']);
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
