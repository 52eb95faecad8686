// Where the page stands, in its address; see `shared/route.ts`. The back button closes a sheet and ends a search, because opening one
// made a history entry.
import { readFilter, readView, withFilter, type Filter } from '../shared/route';
import { signal } from './store';

export const view = signal(readView(location.hash));
export const filter = signal(readFilter(location.search));

/** Opens a view. `replace` leaves nothing to come back to. */
export function go(fragment: string, how: 'push' | 'replace' = 'push'): void {
  const url = fragment === '' ? location.pathname + location.search : `#${fragment}`;
  if (how === 'push') history.pushState({ opened: true }, '', url);
  else history.replaceState(history.state, '', url);
  view.value = readView(location.hash);
}

/** Closes the view: back to where it was opened, or to the menu when the page was loaded with it. */
export function leave(): void {
  const state: unknown = history.state;
  if (typeof state === 'object' && state !== null && 'opened' in state) history.back();
  else go('', 'replace');
}

/** Narrows the list as a guest types. The first narrowing is a step to come back from, each further letter is not. */
export function narrow(next: Filter): void {
  const isFirst = isOpen(filter.value) && !isOpen(next);
  filter.value = next;
  const url = location.pathname + withFilter(location.search, next);
  if (isFirst) history.pushState({}, '', url);
  else history.replaceState(history.state, '', url);
}

/** Leaves a sheet for the list narrowed to `next`: the sheet's step in the history becomes the list's. */
export function leaveTo(next: Filter): void {
  const query = withFilter(location.search, next);
  if (query === withFilter(location.search, filter.value)) return leave();
  history.replaceState({}, '', location.pathname + query);
  view.value = readView('');
  filter.value = next;
}

function isOpen({ words, diets }: Filter): boolean {
  return words.trim() === '' && diets.length === 0;
}

export function followHistory(): void {
  addEventListener('popstate', () => {
    view.value = readView(location.hash);
    filter.value = readFilter(location.search);
  });
}
