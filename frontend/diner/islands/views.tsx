// Everything beyond the first view, chosen by the address.
import { render } from 'preact';
import type { Menu } from '../../shared/menu';
import { record, textOrNull } from '../../shared/shape';
import { call } from '../api';
import { kept, menu, orders } from '../state';
import { enhanceFind } from '../find';
import { keepForOffline } from '../offline';
import { enhanceRows } from '../quick';
import { clock, slug, tableCode } from '../page';
import { view } from '../router';
import { resume } from '../send';
import { follow } from '../store';
import { say, t } from '../words';
import { Help } from './calls';
import { Cart } from './cart';
import { Diet } from './diet';
import { Dish } from './dish';
import { Island } from './effect';
import { Journey } from './journey';
import { Late } from './late';
import { AtTable } from './table';

const STAND_BY_MS = 1_000;

/** What the first view can do without, done once it stands. */
function begin(): void {
  enhanceFind();
  enhanceRows();
  // What another tab is sending: that tab is where the guest is, so this one only stands by.
  follow(() => kept.value.pending, (pending) => pending && setTimeout(() => kept.value.pending?.order_id === pending.order_id && void resume(), STAND_BY_MS));
  const help = document.getElementById('help');
  help?.replaceChildren();
  if (help) render(<HelpOfList />, help);
  follow(() => (tableCode === null && menu.value?.takeout ? menu.value : null), sayPickup);
  void keepForOffline();
}

/** Under the restaurant's name, on the page without a table: orders are picked up, and where. */
function sayPickup(current: Menu | null): void {
  const name = document.querySelector('.mast h1');
  if (!current || !name || name.nextElementSibling?.id === 'pickup') return;
  const line = document.createElement('p');
  line.id = 'pickup';
  const about = [t.pickupHere, ...current.address];
  line.textContent = about.join(' · ');
  name.after(line);
  // Reading the menu sends no request. A guest who has chosen a dish wants to know when it is ready.
  follow(() => kept.value.lines.length > 0, async (isChoosing) => {
    const answer = isChoosing ? await call('GET', `/v1/stores/${slug}/pickup`) : null;
    if (answer?.is !== 'answer' || answer.status >= 300) return;
    const said = (words: string, at: string | null) => (at === null ? [] : [say(words, { time: clock(at) })]);
    const { body } = answer;
    line.textContent = [...about, ...said(t.ready, textOrNull(record(body['asap']), 'ready_at')), ...said(t.openUntil, textOrNull(body, 'closes_at'))].join(' · ');
  });
}

class HelpOfList extends Island {
  render() {
    return <Help />;
  }
}

/** Takeout, and what was paid at the table: their money is shown with them. */
function hasMoney(orderId: string): boolean {
  return tableCode === null || (orders.value.get(orderId)?.payment ?? 'unpaid') !== 'unpaid';
}

function Views() {
  const current = menu.value;
  const now = view.value;
  if (now.is === 'order' && !hasMoney(now.orderId)) return <Journey orderId={now.orderId} />;
  if (current === null || now.is === 'menu') return null;
  if (now.is === 'cart') return <Cart menu={current} />;
  if (now.is === 'diet') return <Diet menu={current} />;
  if (now.is === 'table') return <AtTable />;
  if (now.is !== 'dish' && now.is !== 'line') return <Late view={now} menu={current} />;
  const line = now.is === 'line' ? kept.value.lines.find((one) => one.key === now.key) ?? null : null;
  const item = current.items.get(now.is === 'dish' ? now.itemId : line?.itemId ?? '');
  return item ? <Dish item={item} line={line} key={`${item.id} ${line?.key ?? ''}`} /> : null;
}

begin(); // this file is fetched once

export const second = { Views, resume };
