// What only who pays needs, takeout and paying at the table: a third file, fetched when it is first asked for.
import type { ComponentProps } from 'preact';
import { signal } from '../store';
import { t } from '../words';
import { untilHere } from './app';
import { Effect } from './effect';

const paying = signal<typeof import('../paying/paying') | null>(null);

async function load(): Promise<typeof import('../paying/paying')> {
  const part = await import('../paying/paying');
  await part.loadPayingWords();
  return part;
}

async function fetchPaying(): Promise<void> {
  if (paying.value === null) paying.value = await untilHere(load);
}

export function Late(part: ComponentProps<typeof import('../paying/paying').Paying>) {
  const Paying = paying.value?.Paying;
  return Paying ? <Paying {...part} /> : <p class="wrap quiet" role="status"><Effect run={() => void fetchPaying()} />{t.connecting}</p>;
}
