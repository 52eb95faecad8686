import { expect, test } from 'vitest';
import { decodeSender, readEntries } from './mails';

test('a sender is shown as a mail program shows it', () => {
  for (const [header, shown] of [
    ['"Kumo Sushi" <a@b.c>', '"Kumo Sushi" <a@b.c>'],
    ['=?UTF-8?B?Q2Fmw6k=?= <a@b.c>', 'Café <a@b.c>'],
    ['=?UTF-8?B?6Zuy?= =?UTF-8?B?5a+/5Y+4?= <a@b.c>', '雲寿司 <a@b.c>'],
  ] as const) {
    expect(decodeSender(header)).toBe(shown);
  }
});

test('what is no list of mails is refused', () => {
  const mail = { id: 'm', to: 'a@b.c', subject: 's', kind: 'receipt', order_ids: ['ord_1'], sent_at: '2026-11-21T19:04:00Z' };
  expect(readEntries([mail])[0]?.orderIds).toEqual(['ord_1']);
  expect(() => readEntries([{ ...mail, subject: 1 }])).toThrow('subject');
  expect(() => readEntries({ code: 'try_again' })).toThrow('mails');
});
