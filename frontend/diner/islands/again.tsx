// Dishes one tap away: what this phone has ordered before, and what goes with the cart.
import { canBeHad } from '../../shared/allergies';
import { describe } from '../../shared/choices';
import { dishCount, offered, type Line } from '../../shared/kept';
import type { Item, Menu } from '../../shared/menu';
import { unitMinor } from '../../shared/price';
import { asItIs, takeOne } from '../quick';
import { go, view } from '../router';
import { kept, price } from '../state';
import { num, say, t } from '../words';
import { Words } from './foreign';

type Made = Pick<Line, 'choices' | 'note'>;

function QuickRow({ item, made, hint = '', onTake }: { item: Item; made: Made; hint?: string; onTake(): void }) {
  const details = [...describe(item.groups, made.choices, num), ...(made.note ? [`“${made.note}”`] : [])];
  return (
    <li>
      <span>
        {hint === '' ? null : <small>{hint}</small>}
        <Words text={item.name} lang={item.nameLang} />
        <small><bdi>{details.join(' · ')}</bdi></small>
      </span>
      <span class="take num">
        {price(unitMinor(item, made.choices))}
        <button type="button" class="round plus" aria-label={say(t.moreOf, { name: item.name })} onClick={onTake}>+</button>
      </span>
    </li>
  );
}

/** What this phone ordered before and can have again, each made as it was. */
export function OrderAgain({ menu }: { menu: Menu }) {
  const again = kept.value.recent.flatMap((line) => {
    const item = offered(menu, line);
    return item ? [{ item, line }] : [];
  });
  if (again.length === 0) return null;
  return (
    <section class="stack">
      <h3>{t.orderAgain}</h3>
      <ul class="again">
        {again.map(({ item, line }) => <QuickRow item={item} made={line} key={line.key} onTake={() => takeOne(item, line)} />)}
      </ul>
      {kept.value.lines.length > 0 && view.value.is !== 'cart' ? (
        <button type="button" class="b" onClick={() => go('cart')}>
          {t.viewOrder} · {num(dishCount(kept.value))}
        </button>
      ) : null}
    </section>
  );
}

/** One dish that the menu says goes with what is in the cart. */
export function GoesWith({ menu }: { menu: Menu }) {
  const { lines, allergies, pending } = kept.value;
  const named = lines.flatMap((line) => menu.items.get(line.itemId)?.goesWith ?? []).flatMap((id) => menu.items.get(id) ?? []);
  const item = named.find((one) => one.available && canBeHad(one, allergies) && !lines.some(({ itemId }) => itemId === one.id));
  if (!item || pending) return null;
  return (
    <ul class="lines">
      <QuickRow item={item} made={asItIs} hint={t.goesWith} onTake={() => (item.groups.length > 0 ? go(`dish/${item.id}`, 'replace') : takeOne(item, asItIs))} />
    </ul>
  );
}
