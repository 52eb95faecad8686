// At the table: calls, and what the whole party has ordered so far, whoever's phone sent it.
import { journey, readOrder, type Order } from '../../shared/order';
import { list } from '../../shared/shape';
import { go, leave } from '../router';
import { callWithSession } from '../session';
import { inOurWords, kept, menu, orders, price } from '../state';
import { signal } from '../store';
import { num, say, t } from '../words';
import { Calls } from './calls';
import { Effect } from './effect';
import { isOwed, PayHere, wordsOf } from './journey';
import { SentOrders } from './sent';
import { Sheet } from './sheet';

const ASK_AGAIN_MS = 8_000;
/** Null while nothing is known of the others: then this phone's own orders are shown. */
const ofTable = signal<Order[] | null>(null);

/** Asks until it is undone. A restaurant that does not tell is asked once. */
export function askForOrders(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const ask = async (): Promise<void> => {
    const answer = await callWithSession('GET', '/v1/seatings/current/orders');
    if (isOver || answer === 'moved' || answer === 'refused' || (answer.is === 'answer' && answer.status >= 400)) return;
    if (answer.is === 'answer') {
      ofTable.value = list(answer.body, 'orders', readOrder);
      orders.value = new Map([...orders.value, ...ofTable.value.map((order) => [order.id, order] as const)]);
    }
    timer = setTimeout(() => void ask(), ASK_AGAIN_MS);
  };
  void ask();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

export function AtTable() {
  const known = ofTable.value;
  const sum = (known ?? []).reduce((total, order) => total + (order.status === 'cancelled' ? 0 : order.totalMinor), 0);
  const owes = menu.value?.payments === true && (known?.some(isOwed) ?? kept.value.sent.length > 0);
  return (
    <Sheet
      title={kept.value.session ? inOurWords(kept.value.session.table) : t.callOrPay}
      foot={<button type="button" class={owes ? 'b alt' : 'b'} onClick={leave}><span>{t.backToMenu}</span></button>}
    >
      <Effect run={askForOrders} />
      <Calls>
        {menu.value?.payments ? <PayHere isOpen={owes} /> : null}
      </Calls>
      {known === null ? <SentOrders except={null} /> : null}
      {known && known.length > 0 && menu.value ? (
        <section>
          <h3>{t.tableOrders}</h3>
          <ul class="lines">{known.map((order) => <OrderRow order={order} key={order.id} />)}</ul>
          <dl class="sums"><div class="all"><dt>{t.tableTotal}</dt><dd class="num">{price(sum)}</dd></div></dl>
        </section>
      ) : null}
    </Sheet>
  );
}

function OrderRow({ order }: { order: Order }) {
  const now = journey(order).findLast((step) => step.state !== 'later');
  return (
    <li>
      <span>
        <button type="button" class="link" onClick={() => go(`order/${order.id}`, 'replace')}>
          {say(t.orderNumber, { number: order.number })}
        </button>
        {kept.value.sent.some(({ orderId }) => orderId === order.id) ? <span class="tag">{t.you}</span> : null}{' '}
        {order.guest === '' ? null : <b dir="auto">{order.guest}</b>}
        <small>{now ? wordsOf(now) : ''}</small>
        {order.lines.map((line, index) => (
          <small key={index}>{num(line.quantity)}× <bdi>{line.name}</bdi></small>
        ))}
      </span>
      <span class="num tall">{price(order.totalMinor)}</span>
    </li>
  );
}
