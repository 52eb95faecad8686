// The bill of this table, asked for while it is shown, and paying lines of it.
import { readBill, type Bill, type BillLine } from '../../shared/paying/bill';
import { record, text, type Json } from '../../shared/shape';
import { callWithSession } from '../session';
import { storageKey } from '../state';
import { signal } from '../store';
import { every } from './every';
import { going, goToPay, isGoing } from './going';

export const bill = signal<Bill | null>(null);
/** The seating has ended, or the restaurant takes no payments here. */
export const isEnded = signal(false);

const ASK_AGAIN_MS = 5_000;
const KEY = `${storageKey}:payment`;

// Back by the browser's own button: the page stands as it was left, and so does the bill.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) void leaveOwnPage();
});

/** Asks until it is undone. Whoever looks at the bill is not paying: the page they had is ended first, and its lines are free. */
export function askForBill(): () => void {
  if (!isGoing()) going.value = { is: 'idle' }; // what was said before is not of this look
  let hasLeft = false;
  return every(ASK_AGAIN_MS, async () => {
    if (!hasLeft) await leaveOwnPage();
    hasLeft = true;
    await refreshBill();
  });
}

/** Ends the payment page that this phone was sent to. Paid already, it stays paid. */
export async function leaveOwnPage(): Promise<void> {
  const own = begun();
  if (own === null || isGoing()) return;
  if (await leavePage(own.paymentId, own.sessionId)) forget();
}

/** Ends somebody's payment page, where the server lets it. True once it has answered. */
export async function leavePage(paymentId: string, sessionId?: string): Promise<boolean> {
  const body = { payment_id: paymentId, ...(sessionId === undefined ? {} : { session_id: sessionId }) };
  const answer = await callWithSession('POST', '/v1/seatings/current/checkout/leave', body);
  if (answer === 'moved' || answer === 'refused') return true;
  if (answer.is !== 'answer' || answer.status >= 500) return false;
  if (answer.status < 300) bill.value = readBill(answer.body);
  return true;
}

async function refreshBill(): Promise<void> {
  const answer = await callWithSession('GET', '/v1/seatings/current/bill');
  if (answer === 'moved' || answer === 'refused' || (answer.is === 'answer' && answer.status >= 400)) isEnded.value = true;
  else if (answer.is === 'answer') {
    isEnded.value = false;
    bill.value = readBill(answer.body);
  }
}

interface Begun {
  paymentId: string;
  sessionId: string;
}

/** The payment that this phone began last: what it holds, this phone may pay otherwise. */
export function begun(): Begun | null {
  try {
    const kept = record(JSON.parse(localStorage.getItem(KEY) ?? 'null'));
    return { paymentId: text(kept, 'paymentId'), sessionId: text(kept, 'sessionId') };
  } catch {
    return null;
  }
}

/** Lines always by their ids, also where it is all of them: asked again after a lost answer, the same lines lead to the same page. So does the
 * same share of this phone. */
export async function payFor(what: BillLine[] | { amount_minor: number; guests?: number }, tipMinor: number): Promise<void> {
  const before = begun();
  const isHeld = bill.value?.reservations.some(({ paymentId }) => paymentId === before?.paymentId);
  const body = { lines: Array.isArray(what) ? what.map(({ id }) => id) : what, tip_minor: tipMinor, ...(before && isHeld ? { instead_of: before.sessionId } : {}) };
  const isRefused = await goToPay(async () => {
    const answer = await callWithSession('POST', '/v1/seatings/current/checkout', body);
    if (answer !== 'moved' && answer !== 'refused' && answer.is === 'answer' && answer.status < 300) remember(answer.body);
    return answer;
  });
  if (isRefused) await refreshBill();
}

function forget(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // off: nothing was kept
  }
}

function remember(body: Json): void {
  try {
    const now: Begun = { paymentId: text(body, 'payment_id'), sessionId: text(body, 'session_id') };
    localStorage.setItem(KEY, JSON.stringify(now));
  } catch {
    // off: then its lines are free again when the hold ends
  }
}
