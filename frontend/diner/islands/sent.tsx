// The orders this phone sent at this sitting.
import { go } from '../router';
import { kept } from '../state';
import { say, t } from '../words';

export function SentOrders({ except }: { except: string | null }) {
  const others = kept.value.sent.filter((order) => order.orderId !== except);
  if (others.length === 0) return null;
  return (
    <section class="stack">
      <h3>{t.yourOrders}</h3>
      {others.map(({ orderId, number }) => (
        <button type="button" class="b alt" key={orderId} onClick={() => go(`order/${orderId}`, 'replace')}>
          {say(t.orderNumber, { number })}
        </button>
      ))}
    </section>
  );
}
