// The way to the payment page. The server makes one payable session however often it is asked, so a press without an answer is asked
// again; nothing is charged before the guest has been there.
import { text } from '../../shared/shape';
import { errorOf, pause, type Answer } from '../api';
import { view } from '../router';
import { signal } from '../store';
import { p } from './words';

export type Going = { is: 'idle' | 'asking' | 'waiting' } | { is: 'refused'; code: string; words: string };
export const going = signal<Going>({ is: 'idle' });

const TRIES = 5;

// Back by the browser's own button: the page stands as it was left, and waits for a press.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) going.value = { is: 'idle' };
});

export function isGoing(): boolean {
  return going.value.is === 'asking' || going.value.is === 'waiting';
}

/** Asks for the payment page and goes there, unless the guest has gone elsewhere meanwhile. True where the server refused. */
export async function goToPay(ask: () => Promise<Answer | 'moved' | 'refused'>): Promise<boolean> {
  if (isGoing()) return false;
  const from = view.value;
  for (let n = 0; n < TRIES; n += 1) {
    going.value = { is: n === 0 ? 'asking' : 'waiting' };
    const answer = await ask();
    if (view.value !== from) break;
    if (answer === 'moved' || answer === 'refused') return refuse('seating_ended', p.cannotPay);
    if (answer.is === 'answer') return answer.status < 300 ? leaveFor(text(answer.body, 'url')) : refuseBy(answer);
    await pause(n).over;
  }
  if (view.value === from) return refuse('try_again', p.payFailed);
  going.value = { is: 'idle' };
  return false;
}

function leaveFor(url: string): boolean {
  if (!/^https?:/.test(url)) return refuse('try_again', p.payFailed);
  location.assign(url);
  return false;
}

function refuseBy({ body }: { body: Record<string, unknown> }): true {
  const { code, message } = errorOf(body);
  // What only this page can say; for the rest the server has a sentence in the guest's language.
  const words: Record<string, string> = {
    payments_unavailable: p.unavailable, slot_taken: `${p.mTaken} ${p.noCharge}`, kitchen_unreachable: p.kitchenOff, order_ended: p.cannotPay, seating_ended: p.cannotPay,
  };
  return refuse(code, words[code] ?? (message || p.payFailed));
}

function refuse(code: string, words: string): true {
  going.value = { is: 'refused', code, words };
  return true;
}
