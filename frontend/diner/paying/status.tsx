// An order and its money: after the payment page, from a link in a mail, in another browser than the one that ordered. The provider is
// asked for the truth while it is open; nothing is claimed before.
import { put } from '../../shared/cart';
import type { Kept } from '../../shared/kept';
import { journey, type Order, type Step, type StepName } from '../../shared/order';
import { isUnsettled, linesOf, stageOf, takeoutSteps, type Money, type Stage } from '../../shared/paying/money';
import { foreignZone, moment } from '../../shared/paying/pickup';
import type { View } from '../../shared/route';
import { text } from '../../shared/shape';
import { Effect } from '../islands/effect';
import { Frame, Lines, NumberOf, Way, wordsOf } from '../islands/journey';
import { locale, tableCode, timeZone as zoneOfPage } from '../page';
import { go, view } from '../router';
import { callFor } from '../session';
import { kept, orders, price, storageKey } from '../state';
import type { Ask } from '../watch';
import { say, t } from '../words';
import { leaveOwnPage } from './at-table';
import { receiptAddress } from './customer';
import { going } from './going';
import { PayAgain } from './pay-again';
import { chosen, offered, refreshPickup } from './pickup';
import { moneyOf, Receipts } from './receipts';
import { Where } from './when';
import { p } from './words';

const ASK_PROVIDER_MS = 5_000;
type OrderView = Extract<View, { orderId: string }>;

export function Status({ view: { is, orderId, token } }: { view: OrderView }) {
  if (token !== null) return <Effect run={() => takeToken(is, orderId, token)} />;
  return (
    <Frame orderId={orderId} how={asking(orderId)} Details={Details}>
      {tableCode === null ? null : (
        <>
          {is === 'pay' ? <Effect run={() => void leaveOwnPage()} /> : null}
          <button type="button" class="b alt" onClick={() => go('table')}>
            {t.callOrPay}
          </button>
        </>
      )}
    </Frame>
  );
}

/** The token is kept on this phone and leaves the address, so that nobody passes it on with the page; without a storage it stays there. */
function takeToken(is: OrderView['is'], orderId: string, token: string): void {
  const others = kept.value.sent.filter((order) => order.orderId !== orderId);
  const known = kept.value.sent.find((order) => order.orderId === orderId);
  kept.value = { ...kept.value, sent: [{ orderId, number: known?.number ?? '', token }, ...others] };
  if (isStored(token)) go(`${is}/${orderId}`, 'replace');
  else view.value = { is, orderId, token: null };
}

function isStored(token: string): boolean {
  try {
    return localStorage.getItem(storageKey)?.includes(token) ?? false;
  } catch {
    return false;
  }
}

/** While money is under way the server asks the provider itself, so that no event has to come first; then the order alone is asked for. */
function asking(orderId: string): Ask {
  let askedAt = -ASK_PROVIDER_MS;
  return async () => {
    const order = orders.value.get(orderId);
    const money = order ? moneyOf(order) : null;
    const isOpen = !order || !money || isUnsettled(stageOf(order, money, view.value.is === 'paid'));
    if (isOpen && performance.now() - askedAt >= ASK_PROVIDER_MS) {
      askedAt = performance.now();
      const answer = await callFor(orderId, 'POST', `/v1/orders/${orderId}/payment/refresh`);
      if (answer !== 'moved' && answer !== 'refused' && answer.is === 'answer' && answer.status < 300) return answer;
    }
    return callFor(orderId, 'GET', `/v1/orders/${orderId}`);
  };
}

function Details({ order }: { order: Order }) {
  const money = moneyOf(order);
  const stage = money ? stageOf(order, money, view.value.is === 'paid') : 'unpaid';
  return (
    <>
      <Effect run={() => nameSent(order)} />
      <NumberOf order={order} />
      {money ? <Banner orderId={order.id} stage={stage} money={money} /> : null}
      {tableCode === null && money ? <TakeoutParts order={order} money={money} stage={stage} /> : <AtTableParts order={order} />}
      <Lines order={order} />
      <Receipts order={order} />
    </>
  );
}

/** In another browser the number comes with the first answer. */
function nameSent({ id, number }: Order): void {
  const { sent } = kept.value;
  if (sent.some((one) => one.orderId === id && one.number !== number)) {
    kept.value = { ...kept.value, sent: sent.map((one) => (one.orderId === id ? { ...one, number } : one)) };
  }
}

function TakeoutParts({ order, money, stage }: { order: Order; money: Money; stage: Stage }) {
  const isToPay = stage === 'unpaid' || stage === 'failed';
  const isFull = going.value.is === 'refused' && going.value.code === 'slot_taken';
  return (
    <>
      {isToPay ? <PayAgain order={order} /> : null}
      {isToPay && isFull ? (
        <button type="button" class="b alt" onClick={() => chooseAnotherTime(order)}>
          {p.otherTime}
        </button>
      ) : isToPay || stage === 'lapsed' ? (
        <button type="button" class="b alt" onClick={() => changeOrder(order)}>
          {stage === 'lapsed' ? p.again : p.change}
        </button>
      ) : null}
      {/^ca|^ref/.test(order.status) ? null : <PickUp money={money} />}
      {stage === 'lapsed' ? null : (
        <Way
          steps={takeoutSteps(order, money, stage)}
          order={order}
          words={stepWords}
        />
      )}
    </>
  );
}

function AtTableParts({ order }: { order: Order }) {
  return (
    <>
      <Way steps={journey(order)} order={order} words={wordsOf} />
    </>
  );
}

function stepWords(step: Step<StepName | 'paid'>): string {
  const { name } = step;
  const own: Partial<Record<typeof name, string>> = { sent: p.stepOrdered, paid: p.linePaid, served: p.stepCollected };
  return own[name] ?? (name === 'paid' ? '' : wordsOf({ ...step, name }));
}

/** When it is picked up, in the restaurant's time. */
function PickUp({ money: { pickup } }: { money: Money }) {
  const at = pickup?.readyAt ?? pickup?.at ?? null;
  const timeZone = zoneOfPage ?? offered.value?.timeZone;
  const zone = at !== null && timeZone ? foreignZone(at, timeZone, locale) : null;
  return (
    <section class="grp">
      {timeZone ? null : <Effect run={() => void refreshPickup()} />}
      <h3>{p.pickup}</h3>
      <p class="num">{at === null ? p.asapPaid : timeZone ? say(pickup?.at == null ? t.ready : '{time}', { time: moment(at, Date.now(), timeZone, locale) }) : '…'}</p>
      {zone === null ? null : <p class="quiet">{say(p.zone, { zone })}</p>}
      <Where />
    </section>
  );
}

function Banner({ orderId, stage, money }: { orderId: string; stage: Stage; money: Money }) {
  const { refundReason, refundedMinor } = money;
  const reason = p[refundReason as keyof typeof p] ?? '';
  const kitchen = tableCode === null ? p.kitchenWaits : ''; // at a table it has begun
  const [title = '', ...words] = {
    unpaid: [p.unpaidTitle, p.noCharge, kitchen],
    processing: [p.processingTitle, kitchen, p.noWait],
    failed: [p.failedTitle, p.noCharge],
    paid: [p.paidTitle, receiptWords(orderId)],
    refund_due: [p.refundTitle, reason, p.refundText],
    refunded: [say(p.refundedTitle, { amount: price(refundedMinor) }), reason, p.refundedText],
    lapsed: [p.lapsedTitle, p.lapsedText],
  }[stage];
  if (stage === 'unpaid' && tableCode !== null && view.value.is === 'order') return null; // somebody else began to pay it
  return (
    <div class={stage === 'paid' ? 'note good' : 'note'} role="status">
      <h3>{title}</h3>
      <p>{words.join(' ')}</p>
    </div>
  );
}

/** Where the receipt goes, as far as this phone knows: it may not be the one that ordered. */
function receiptWords(orderId: string): string {
  const email = receiptAddress(orderId);
  return email === '' ? p.receiptComes : say(p.paidText, { email });
}

/** The same dishes for another time: a new order, whose old one ends by itself. */
function chooseAnotherTime(order: Order): void {
  chosen.value = 'later';
  changeOrder(order, 'checkout');
  void refreshPickup();
}

/** The order's dishes in the cart again. The order itself is left alone: unpaid, it ends by itself. */
function changeOrder(order: Order, next: 'cart' | 'checkout' = 'cart'): void {
  const empty: Kept = { ...kept.value, note: text(order.body, 'note'), orderId: null, pending: null, sent: kept.value.sent.filter(({ orderId }) => orderId !== order.id) };
  kept.value = linesOf(order).reduce((cart, line) => put(cart, line, null), empty);
  go(next, 'replace');
}
