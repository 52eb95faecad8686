// What to try next, drawn.
import { byId, make, showList } from './dom';
import { shown } from './local';
import { setFault } from './paper';
import type { State } from './state';
import { tries, type Try } from './tries';

export function showTries(state: State, slug: string): void {
  showList(byId('tries'), tries(state, slug), ({ key }) => key, (one) => make('li', {}, act(one), make('span', { class: 'quiet' }, one.sentence, ...('command' in one ? [make('code', {}, one.command)] : []))));
}

function act(one: Try): HTMLElement {
  if ('link' in one) return make('a', { href: one.link.startsWith('/local/') ? shown(one.link) : one.link, target: '_blank', 'data-focus': one.key }, one.words);
  if ('command' in one) return make('b', {}, one.words);
  const button = make('button', { type: 'button', 'data-focus': one.key }, one.words);
  button.addEventListener('click', () => void setFault(one.printer, { paper: one.isOut }));
  return button;
}
