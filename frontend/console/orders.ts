// The latest orders, step by step: placed, ticket, accepted, printed, with the time each took.
import { byId, make, showList } from './dom';
import type { Order, Step, Store } from './state';
import { clock, duration, standing } from './words';

export function showOrders(orders: Order[], stores: Store[]): void {
  const box = byId('orders');
  if (orders.length === 0) {
    box.replaceChildren(make('li', { class: 'quiet' }, 'None yet.'));
    return;
  }
  box.querySelector('li.quiet')?.remove();
  showList(box, orders, ({ id }) => id, (order) => row(order, stores));
}

function row(order: Order, stores: Store[]): HTMLElement {
  const { number, place, dishes, payment, placedAt, steps, store } = order;
  const storeName = stores.length > 1 ? stores.find(({ slug }) => slug === store)?.name : undefined;
  const about = [storeName, place, dishes, standing(order), payment === 'unpaid' ? '' : payment];
  return make(
    'li',
    {},
    make('div', { class: 'head' }, make('b', { class: 'num' }, number), make('span', {}, about.filter(Boolean).join(' · ')), make('span', { class: 'when num' }, clock(placedAt, true))),
    make('ol', { class: 'steps num' }, ...steps.map(step)),
  );
}

function step({ name, ms, at, problem }: Step): HTMLElement {
  const words = problem ?? (ms === null ? name : `${name} ${duration(ms)}`);
  return make('li', { class: problem !== null ? 'trouble' : at !== null ? 'done' : '' }, words);
}
