// Everything beyond the first view, chosen by the address.
import { kept, menu } from '../state';
import { view } from '../router';
import { Cart } from './cart';
import { Dish } from './dish';
import { Journey } from './journey';

export { resume } from '../send';

export function Views() {
  const current = menu.value;
  const now = view.value;
  if (now.is === 'order') return <Journey orderId={now.orderId} />;
  if (current === null || now.is === 'menu') return null;
  if (now.is === 'cart') return <Cart menu={current} />;
  const line = now.is === 'line' ? kept.value.lines.find((one) => one.key === now.key) ?? null : null;
  const item = current.items.get(now.is === 'dish' ? now.itemId : line?.itemId ?? '');
  return item ? <Dish item={item} line={line} key={`${item.id} ${line?.key ?? ''}`} /> : null;
}
