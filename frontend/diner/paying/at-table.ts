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

/** Asks until it is undone. */
export function askForBill(): () => void {
  if (!isGoing()) going.value = { is: 'idle' }; // what was said before is not of this look
  return every(ASK_AGAIN_MS, refreshBill);
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

/** Always by their ids, also where it is all of them: asked again after a lost answer, the same lines lead to the same page. */
export async function payLines(lines: BillLine[], tipMinor: number): Promise<void> {
  const before = begun();
  const isHeld = bill.value?.lines.some((line) => line.state === 'reserved' && line.paymentId === before?.paymentId);
  const body = { lines: lines.map(({ id }) => id), tip_minor: tipMinor, ...(before && isHeld ? { instead_of: before.sessionId } : {}) };
  const isRefused = await goToPay(async () => {
    const answer = await callWithSession('POST', '/v1/seatings/current/checkout', body);
    if (answer !== 'moved' && answer !== 'refused' && answer.is === 'answer' && answer.status < 300) remember(answer.body);
    return answer;
  });
  if (isRefused) await refreshBill();
}

function remember(body: Json): void {
  try {
    const now: Begun = { paymentId: text(body, 'payment_id'), sessionId: text(body, 'session_id') };
    localStorage.setItem(KEY, JSON.stringify(now));
  } catch {
    // off: then its lines are free again when the hold ends
  }
}
