// The one big button at the bottom, always in the same place: what it does and what it costs.
import { dishCount, totalOf } from '../../shared/kept';
import { go } from '../router';
import { kept, menu, place, price, sending } from '../state';
import { say, t } from '../words';

export function Bar() {
  const { lines, sent } = kept.value;
  const words = { browsing: t.browseOnly, unknown: t.unknownTable, joining: t.connecting, joined: '' }[place.value];
  const isWaiting = sending.value.is === 'waiting';
  if (words === '' && lines.length === 0 && sent.length === 0) return null;
  return (
    <div class="go">
      <div class="wrap">
        {words === '' ? null : <p class="quiet" role="status">{words}</p>}
        {isWaiting ? <p class="note" role="status">{t.noAnswer}</p> : null}
        {lines.length > 0 ? (
          <button type="button" class="b" onClick={() => go('cart')}>
            <span>
              {t.viewOrder} · <span class="num">{dishCount(kept.value)}</span>
            </span>
            <span class="num">{menu.value ? price(totalOf(menu.value, kept.value).subtotalMinor) : ''}</span>
          </button>
        ) : (
          sent.slice(0, 1).map((order) => (
            <button type="button" class="b alt" onClick={() => go(`order/${order.orderId}`)}>
              {say(t.orderNumber, { number: order.number })}
            </button>
          ))
        )}
      </div>
    </div>
  );
}
