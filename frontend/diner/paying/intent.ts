// From the press on "pay" to the payment page there are two calls: the order, which may take long on a thin line, then its checkout. What
// was pressed for is remembered here; where the page was loaded anew in between, the order's view offers to pay.
import { go } from '../router';
import { callFor } from '../session';
import { going, goToPay, isGoing } from './going';

let intent: { orderId: string; tipMinor: number } | null = null;

export function goOnTo(orderId: string | null, tipMinor: number): void {
  intent = orderId === null ? null : { orderId, tipMinor };
}

/** Goes to pay for the order if the guest has just pressed for it. */
export function goOn(orderId: string): void {
  if (!isGoing()) going.value = { is: 'idle' }; // what was said of another order
  if (intent?.orderId !== orderId) return;
  const { tipMinor } = intent;
  intent = null;
  void payFor(orderId, tipMinor);
}

export function payFor(orderId: string, tipMinor: number): Promise<boolean> {
  go(`pay/${orderId}`, 'replace'); // whoever comes back by the browser's button has not paid
  return goToPay(() => callFor(orderId, 'POST', `/v1/orders/${orderId}/checkout`, { tip_minor: tipMinor }));
}
