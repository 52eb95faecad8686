// The receipts of an order on the screen: what was paid, when and how; what went back.
import { readMoney, type Method, type Money } from '../../shared/paying/money';
import type { Order } from '../../shared/order';
import { Row } from '../islands/sums';
import { locale } from '../page';
import { say, t } from '../words';
import { p } from './words';

/** The money of an order; null where the answer is newer than this page. */
export function moneyOf(order: Order): Money | null {
  try {
    return readMoney(order);
  } catch {
    return null;
  }
}

export function Receipts({ order }: { order: Order }) {
  return (
    <>
      {moneyOf(order)?.receipts.map(({ paymentId, amountMinor, tipMinor, refundedMinor, paidAt, method }) => (
        <section class="grp" key={paymentId}>
          <h3>{p.receipt}</h3>
          <p class="quiet num">{paidAt === null ? '' : new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(paidAt))}</p>
          {method ? <p><span class="tag">{methodWords(method)}</span></p> : null}
          <dl class="sums">
            {tipMinor > 0 ? <Row name={p.tipOnTop} minor={tipMinor} /> : null}
            <Row name={t.total} minor={amountMinor} isTotal />
            {refundedMinor > 0 ? <Row name={p.refunded} minor={-refundedMinor} /> : null}
          </dl>
        </section>
      ))}
    </>
  );
}

/** `Visa ending in 4242`; the provider's word where it has no number. */
function methodWords({ brand, last4 }: Method): string {
  const name = brand.split('_').map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join(' ');
  return last4 === null ? name : say(p.card, { brand: name, digits: last4 });
}
