// What the restaurant offers for pickup, asked for while the question is shown: a time can be taken while somebody thinks.
import type { TakeoutBody } from '../../shared/kept';
import { canHave, readPickup, type Pickup } from '../../shared/paying/pickup';
import { call } from '../api';
import { slug } from '../page';
import { forgetOutcome } from '../send';
import { signal } from '../store';
import { every } from './every';

export type Wish = TakeoutBody['pickup'];

export const offered = signal<Pickup | null>(null);
/** What was chosen; null while it was not. */
export const chosen = signal<Wish | 'later' | null>(null);

const ASK_AGAIN_MS = 15_000;

/** Asks until it is undone. */
export function askForPickup(): () => void {
  return every(ASK_AGAIN_MS, refreshPickup);
}

/** What is offered now; without an answer, what was offered before. */
export async function refreshPickup(): Promise<void> {
  const answer = await call('GET', `/v1/stores/${slug}/pickup`);
  if (answer.is === 'answer' && answer.status < 300) offered.value = readPickup(answer.body);
}

/** What the guest chose; what was said of the choice before is untrue then. */
export function choose(next: Wish | 'later'): void {
  chosen.value = next;
  forgetOutcome();
}

/** The wish as it stands: as soon as possible where nothing else was chosen and that can be had. */
export function wish(): Wish | 'later' | null {
  return chosen.value ?? (offered.value?.asap.available ? { when: 'asap' } : null);
}

/** The wish where it can be sent. */
export function wishToSend(): Wish | 'none' | 'taken' {
  const now = wish();
  if (now === null || now === 'later') return 'none';
  return offered.value && !canHave(offered.value, now) ? 'taken' : now;
}
