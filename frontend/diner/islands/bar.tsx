// The one big button at the bottom, always in the same place: what it does and what it costs.
import { dishCount, totalOf } from '../../shared/kept';
import { opening, takesOrders } from '../../shared/kitchen';
import { clock, locale, pageVersion } from '../page';
import { go } from '../router';
import { kept, kitchen, menu, menuAsOf, place, price, sending, type Place } from '../state';
import { num, say, t } from '../words';

export function Bar() {
  const { lines, sent } = kept.value;
  const words = whyNot();
  const isWaiting = sending.value.is === 'waiting';
  const isOld = menu.value !== null && menu.value.version !== pageVersion;
  const asOf = menuAsOf.value;
  if (words === '' && lines.length === 0 && sent.length === 0 && !isOld && asOf === null) return null;
  return (
    <div class="go">
      <div class="wrap">
        {isOld ? (
          <p class="note row" role="status">
            <span>{t.newMenu}</span>
            <button type="button" class="link" onClick={() => void reload()}>
              {t.showNew}
            </button>
          </p>
        ) : null}
        {asOf === null ? null : <p class="note" role="status">{say(t.menuAsOf, { time: clock(asOf) })}</p>}
        {words === '' ? null : <p class={place.value === 'joining' ? 'quiet' : 'note'} role="status">{words}</p>}
        {isWaiting ? <p class="note" role="status">{t.noAnswer}</p> : null}
        {lines.length > 0 ? (
          <button type="button" class="b" onClick={() => go('cart')}>
            <span>
              {t.viewOrder} · <span class="num">{num(dishCount(kept.value))}</span>
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

/** Why nothing can be ordered here, or not yet; empty where it can. */
export function whyNot(): string {
  const words: Partial<Record<Place, string>> = {
    browsing: menu.value ? t.browseOnly : '', unknown: t.unknownTable, replaced: t.replaced, joining: t.connecting,
  };
  return words[place.value] ?? kitchenClosed();
}

/** That the kitchen takes no orders from this table now, and when it does again; empty where it does. */
export function kitchenClosed(): string {
  const [now, known] = [Date.now(), kitchen.value];
  if (known === null || place.value !== 'joined' || takesOrders(known, now)) return '';
  if (known.opensAt === null) return t.kitchenClosed;
  const { day, time } = opening(known.opensAt, known.timeZone, now, locale);
  return say(day === '' ? t.kitchenOpens : t.kitchenOpensDay, { day, time });
}

/** The page as it is published now: `reload` asks past the copy that this phone keeps, and renews it. */
async function reload(): Promise<void> {
  await fetch(location.pathname, { cache: 'reload' }).catch(() => {});
  location.reload();
}
