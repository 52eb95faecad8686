// Ordering with one tap: what asks nothing gets a "+" in the printed list, and "one more" anywhere else puts the same dish in again.
import { conflicts, containedIn } from '../shared/allergies';
import { put } from '../shared/cart';
import type { Line } from '../shared/kept';
import type { Item } from '../shared/menu';
import { unitMinor } from '../shared/price';
import { rows } from './list';
import { forgetOutcome } from './send';
import { kept, menu, place, spoken } from './state';
import { follow } from './store';
import { say, t } from './words';

/** Puts one of a dish, made as said, into the cart; what was acknowledged before is asked again. */
export function takeOne(item: Item, { choices, note }: Pick<Line, 'choices' | 'note'>): void {
  if (kept.value.pending) return; // what is being sent does not change until an answer has come
  kept.value = put(kept.value, { itemId: item.id, quantity: 1, choices, note, unitMinor: unitMinor(item, choices), acknowledged: [] }, null);
  forgetOutcome();
  spoken.value = ''; // the same words again are said again
  setTimeout(() => (spoken.value = say(t.added, { name: item.name })));
}

export const asItIs = { choices: [], note: '' };

/** Whether a tap is all it takes: nothing to choose, and nothing in it that the guest stated. */
export function isPlain(item: Item): boolean {
  return item.available && item.groups.length === 0 && conflicts(containedIn(item, []), kept.value.allergies).length === 0;
}

/** Keeps a "+" on each dish that one tap orders. */
export function enhanceRows(): void {
  const mark = (): void => {
    for (const [id, row] of rows) {
      if (!row.classList.contains('dish')) continue;
      const item = menu.value?.items.get(id);
      const isOffered = item !== undefined && isPlain(item) && place.value !== 'browsing' && !kept.value.pending;
      const before = row.querySelector('.plus');
      if (isOffered === (before !== null)) continue;
      if (!isOffered) before?.remove();
      else {
        const button = row.appendChild(document.createElement('button'));
        button.type = 'button';
        button.className = 'round plus';
        button.textContent = '+';
        button.ariaLabel = say(t.moreOf, { name: item.name });
        button.addEventListener('click', () => takeOne(menu.value?.items.get(id) ?? item, asItIs));
      }
    }
  };
  follow(() => menu.value, mark);
  follow(() => `${kept.value.allergies} ${kept.value.pending?.order_id} ${place.value}`, mark);
}
