// Real addresses in the fragment: `#dish/{item}`, `#line/{key}`, `#cart`, `#order/{order_id}`; anything else is the menu. The back
// button closes a sheet, because opening one made a history entry.
import { signal } from '@preact/signals';

export type View =
  | { is: 'menu' }
  | { is: 'cart' }
  | { is: 'dish'; itemId: string }
  | { is: 'line'; key: number }
  | { is: 'order'; orderId: string };

function read(fragment: string): View {
  const [name, id] = fragment.slice(1).split('/', 2);
  if (name === 'cart') return { is: 'cart' };
  if (name === 'dish' && id) return { is: 'dish', itemId: decodeURIComponent(id) };
  if (name === 'line' && id) return { is: 'line', key: Number(id) };
  if (name === 'order' && id) return { is: 'order', orderId: id };
  return { is: 'menu' };
}

export const view = signal<View>(read(location.hash));

/** Opens a view. `replace` leaves nothing to come back to. */
export function go(fragment: string, how: 'push' | 'replace' = 'push'): void {
  const url = fragment === '' ? location.pathname + location.search : `#${fragment}`;
  if (how === 'push') history.pushState({ opened: true }, '', url);
  else history.replaceState(history.state, '', url);
  view.value = read(location.hash);
}

/** Closes the view: back to where it was opened, or to the menu when the page was loaded with it. */
export function leave(): void {
  const state: unknown = history.state;
  if (typeof state === 'object' && state !== null && 'opened' in state) history.back();
  else go('', 'replace');
}

export function followHistory(): void {
  addEventListener('popstate', () => {
    view.value = read(location.hash);
  });
}
