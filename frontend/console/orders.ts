// The latest orders, step by step: placed, ticket, accepted, printed, with the time each took.
import { byId, make, showList } from './dom';
import type { Order, Store } from './state';

export function showOrders(orders: Order[], stores: Store[]): void {
  const list = byId('orders');
  if (orders.length === 0) {
    list.replaceChildren(make('li', { class: 'quiet' }, 'None yet.'));
    return;
  }
  list.querySelector('li.quiet')?.remove();
  showList(list, orders, ({ id }) => id, (order) => row(order, stores));
}

function row({ number, tableName, dishes, status, held, placedAt, steps, store }: Order, stores: Store[]): HTMLElement {
  const storeName = stores.length > 1 ? stores.find(({ slug }) => slug === store)?.name : undefined;
  const about = [storeName, tableName, `${dishes} ${dishes === 1 ? 'dish' : 'dishes'}`, held ? 'waiting for staff' : status === 'placed' ? '' : status];
  const time = new Date(placedAt).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  return make(
    'li',
    {},
    make('div', { class: 'head' }, make('b', { class: 'num' }, number), make('span', {}, about.filter(Boolean).join(' · ')), make('span', { class: 'when num' }, time)),
    make('ol', { class: 'steps num' }, ...steps.map(step)),
  );
}

function step({ name, ms, isDone, problem }: Order['steps'][number]): HTMLElement {
  const words = problem ?? (ms === null ? name : `${name} ${duration(ms)}`);
  return make('li', { class: problem !== null ? 'trouble' : isDone ? 'done' : '' }, words);
}

function duration(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  return ms < 90_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;
}
