// The orders this phone sent at this sitting, and the dishes it can order again.
import { go } from '../router';
import { kept, menu } from '../state';
import { say, t } from '../words';
import { OrderAgain } from './again';

export function SentOrders({ except }: { except: string | null }) {
  const others = kept.value.sent.filter((order) => order.orderId !== except);
  return (
    <>
      {menu.value && !kept.value.pending ? <OrderAgain menu={menu.value} /> : null}
      {others.length === 0 ? null : (
        <section class="stack">
          <h3>{t.yourOrders}</h3>
          {others.map(({ orderId, number }) => (
            <button type="button" class="b alt" key={orderId} onClick={() => go(`order/${orderId}`, 'replace')}>
              {say(t.orderNumber, { number })}
            </button>
          ))}
        </section>
      )}
    </>
  );
}
