// The receipts of an order on the screen: what was paid, when and how; what went back.
import { readMoney, type Method, type Money } from '../../shared/paying/money';
import type { Order } from '../../shared/order';
import { Row, Sums } from '../islands/sums';
import { dayAndClock } from '../page';
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

/** The order and what was paid for it: one sum with the tip inside where one payment paid all of it; else what each paid, below the order's. */
export function Receipts({ order }: { order: Order }) {
  const receipts = moneyOf(order)?.receipts ?? [];
  const [only, ...others] = receipts;
  const isWhole = only !== undefined && others.length === 0 && only.amountMinor - only.tipMinor === order.totalMinor;
  const tip = isWhole && only.tipMinor > 0 ? { name: p.tipOnTop, minor: only.tipMinor } : null;
  return (
    <>
      <Sums totals={order} label={t.total} tip={tip} />
      {receipts.map(({ paymentId, amountMinor, tipMinor, refundedMinor, paidAt, method }) => (
        <section class="grp" key={paymentId}>
          <h3>{p.receipt}</h3>
          <p class="quiet num">{paidAt === null ? '' : dayAndClock(paidAt)}</p>
          {method ? <p><span class="tag">{methodWords(method)}</span></p> : null}
          {isWhole && refundedMinor === 0 ? null : (
            <dl class="sums">
              {isWhole ? null : <Row name={tipMinor > 0 ? p.paidWithTip : p.linePaid} minor={amountMinor} isTotal />}
              {refundedMinor > 0 ? <Row name={p.refunded} minor={-refundedMinor} /> : null}
            </dl>
          )}
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
