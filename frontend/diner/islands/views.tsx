// Everything beyond the first view, chosen by the address.
import { render } from 'preact';
import { kept, menu } from '../state';
import { enhanceFind } from '../find';
import { keepForOffline } from '../offline';
import { view } from '../router';
import { resume } from '../send';
import { follow } from '../store';
import { Help } from './calls';
import { Cart } from './cart';
import { Diet } from './diet';
import { Dish } from './dish';
import { Island } from './effect';
import { Journey } from './journey';
import { AtTable } from './table';

const STAND_BY_MS = 1_000;

/** What the first view can do without, done once it stands. */
export function begin(): void {
  enhanceFind();
  // What another tab is sending: that tab is where the guest is, so this one only stands by.
  follow(() => kept.value.pending, (pending) => pending && setTimeout(() => kept.value.pending?.order_id === pending.order_id && void resume(), STAND_BY_MS));
  const help = document.getElementById('help');
  help?.replaceChildren();
  if (help) render(<HelpOfList />, help);
  void keepForOffline();
}

class HelpOfList extends Island {
  render() {
    return <Help />;
  }
}

export { resume };

export function Views() {
  const current = menu.value;
  const now = view.value;
  if (now.is === 'order') return <Journey orderId={now.orderId} />;
  if (current === null || now.is === 'menu') return null;
  if (now.is === 'cart') return <Cart menu={current} />;
  if (now.is === 'diet') return <Diet menu={current} />;
  if (now.is === 'table') return <AtTable />;
  const line = now.is === 'line' ? kept.value.lines.find((one) => one.key === now.key) ?? null : null;
  const item = current.items.get(now.is === 'dish' ? now.itemId : line?.itemId ?? '');
  return item ? <Dish item={item} line={line} key={`${item.id} ${line?.key ?? ''}`} /> : null;
}
