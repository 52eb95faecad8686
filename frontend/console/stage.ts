// What a newcomer sees first: the table to scan, the latest order on its guest's phone, and the paper of that same order.
import { byId, make, showList } from './dom';
import { sheet } from './paper';
import { showScan } from './scan';
import type { Order, Paper, State } from './state';
import { clock, measured, waiting } from './words';

export function showStage(state: State): void {
  showScan(state);
  const [order] = state.orders;
  showList(byId('phone'), [{ order, name: state.stores.find(({ slug }) => slug === order?.store)?.name ?? '' }], () => 'phone', ({ order, name }) => (order ? phone(order, name) : blankPhone()));
  const papers = state.papers.filter(({ orderId }) => order !== undefined && orderId === order.id);
  const box = byId('fresh-paper');
  const isWhole = papers.length > 0 && order?.steps.every(({ problem }) => problem === null);
  const values: (Paper | string)[] = isWhole ? papers : [...papers, waiting(order)];
  showList(box, values, (value) => (typeof value === 'string' ? 'none' : value.id), (value) => (typeof value === 'string' ? blankPaper(value) : sheet(value, state.printers)));
  byId('paper-time').textContent = order === undefined ? '' : measured(order);
}

function phone(order: Order, name: string): HTMLElement {
  const printed = order.steps.find((step) => step.name === 'printed');
  const way: [words: string, at: string | null, state: string][] = [['Sent', order.placedAt, 'done']];
  if (order.status === 'awaiting_payment') way.push(['Waiting for payment', null, 'now']);
  else if (order.held) way.push(['A waiter confirms the table', null, 'now']);
  else if (printed?.at) way.push(['On paper in the kitchen', printed.at, 'done']);
  else way.push([order.readyAt === null ? 'Going to the kitchen' : `For ${clock(order.readyAt)}`, null, 'now']);
  return make(
    'div',
    { class: 'screen' },
    make('p', { class: 'top' }, make('b', { dir: 'auto' }, name), make('span', { class: 'tag', dir: 'auto' }, order.place)),
    make('p', { class: 'number num' }, order.number),
    make('ol', { class: 'way' }, ...way.map(([words, at, state]) => make('li', { class: state }, make('span', {}, words), make('span', { class: 'num' }, at === null ? '' : clock(at))))),
    make('ul', { class: 'dishes' }, ...order.lines.slice(0, 5).map((line) => make('li', { dir: 'auto' }, line)), ...(order.lines.length > 5 ? [make('li', {}, '…')] : [])),
    make('p', { class: 'sum num' }, make('span', {}, 'Total'), make('span', {}, order.total)),
  );
}

/** A menu, drawn: there is no order to show yet. */
function blankPhone(): HTMLElement {
  const dish = (): HTMLElement => make('li', {}, make('span', {}, make('i'), make('i')), make('i', { class: 'picture' }));
  return make('div', { class: 'screen blank' }, make('p', { class: 'top' }, make('i'), make('i', { class: 'tag' })), make('ul', { 'aria-hidden': 'true' }, dish(), dish(), dish()), make('p', { class: 'said' }, 'The guest reads the menu and sends an order. Nothing to install.'));
}

function blankPaper(why: string): HTMLElement {
  return make('figure', { class: 'sheet none' }, make('p', {}, why));
}
