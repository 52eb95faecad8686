// The order before it is sent: lines to change and what changed about them since, the note, the sums, what became of the last try to
// send it.
import { conflicts, containedIn } from '../../shared/allergies';
import { GUEST_CHARS_MAX, LINE_QUANTITY_MAX, NOTE_CHARS_MAX, newUnitMinor, setAcknowledged, setQuantity } from '../../shared/cart';
import { describe } from '../../shared/choices';
import { dishCount, leastOf, offered, pointsOf, totalOf, type Kept, type Line } from '../../shared/kept';
import type { Menu } from '../../shared/menu';
import { unitMinor } from '../../shared/price';
import { refreshMenu } from '../list';
import { go, leave } from '../router';
import { forgetOutcome, refusedLine, send, shownTotalMinor } from '../send';
import { kept, menu, place, price, sending } from '../state';
import { count, num, say, t } from '../words';
import { GoesWith } from './again';
import { Acknowledge } from './allergy';
import { kitchenClosed, whyNot } from './bar';
import { Effect } from './effect';
import { Words } from './foreign';
import { Outcome } from './outcome';
import { SentOrders } from './sent';
import { Sheet } from './sheet';
import { Stepper } from './stepper';
import { Sums } from './sums';

function change(next: Kept): void {
  kept.value = next;
  forgetOutcome();
}

export function Cart({ menu: current }: { menu: Menu }) {
  const { lines, note, pending } = kept.value;
  if (lines.length === 0) return <EmptyCart />;
  const isLocked = pending !== null;
  return (
    <Sheet title={t.yourOrder} foot={<SendButton />}>
      <Effect run={() => void refreshMenu()} />
      <Outcome />
      {hasNewPrices(current) && sending.value.is !== 'changed' ? <p class="note" role="status">{t.changedTitle}</p> : null}
      <p class="quiet">{count(t.dishes, dishCount(kept.value))}</p>
      <ul class="lines">
        {lines.map((line) => (
          <LineRow menu={current} line={line} isLocked={isLocked} key={line.key} />
        ))}
      </ul>
      <GoesWith menu={current} />
      <Sums totals={totalOf(current, kept.value)} label={place.value === 'takeout' ? t.total : t.toPay} points={pointsOf(current, kept.value)} />
      <div class="field">
        <label for="order-note">{t.noteForKitchen}</label>
        <textarea
          id="order-note"
          rows={2}
          maxLength={NOTE_CHARS_MAX}
          readOnly={isLocked}
          value={note}
          onInput={(event) => change({ ...kept.value, note: event.currentTarget.value })}
        />
      </div>
      {place.value === 'takeout' ? null : <GuestName isLocked={isLocked} />}
      <SentOrders except={null} />
    </Sheet>
  );
}

function GuestName({ isLocked }: { isLocked: boolean }) {
  return (
    <div class="field">
      <label for="guest">{t.yourName}</label>
      <small id="guest-hint">{t.yourNameHint}</small>
      <input
        id="guest"
        autocomplete="given-name"
        maxLength={GUEST_CHARS_MAX}
        readOnly={isLocked}
        aria-describedby="guest-hint"
        value={kept.value.guest}
        onInput={(event) => change({ ...kept.value, guest: event.currentTarget.value })}
      />
    </div>
  );
}

function LineRow({ menu: current, line, isLocked }: { menu: Menu; line: Line; isLocked: boolean }) {
  const item = current.items.get(line.itemId);
  const isGone = offered(current, line) === null;
  const name = item?.name ?? line.itemId;
  const details = [...(item ? describe(item.groups, line.choices, num) : []), ...(line.note ? [`“${line.note}”`] : [])];
  const newMinor = isGone ? null : newUnitMinor(current, line);
  const contained = item && !isGone ? conflicts(containedIn(item, line.choices), kept.value.allergies) : [];
  const found = contained.length === 0 && refusedLine('allergen_conflict') === line ? kept.value.allergies : contained;
  return (
    <li id={`line-${line.key}`}>
      <span>
        <b class="num">{num(line.quantity)}×</b>
        <Words text={name} lang={item?.nameLang ?? null} />
        <small><bdi>{details.join(' · ')}</bdi></small>
      </span>
      <span class="num">{item && !isGone ? price(unitMinor(item, line.choices) * line.quantity) : ''}</span>
      {isGone ? <p class="wrong">{t.goneFromMenu}</p> : null}
      {newMinor === null ? null : <p class="changed">{say(t.priceWas, { before: price(line.unitMinor ?? 0), after: price(newMinor) })}</p>}
      {found.length > 0 ? (
        <Acknowledge
          id={`ack-${line.key}`}
          found={found}
          isTaken={found.every((allergen) => line.acknowledged.includes(allergen))}
          isLocked={isLocked}
          onTake={(yes) => change(setAcknowledged(kept.value, line.key, yes ? found : []))}
        />
      ) : null}
      {isLocked ? null : isGone ? (
        <button type="button" class="b alt" aria-label={`${t.remove}: ${name}`} onClick={() => change(setQuantity(kept.value, line.key, 0))}>
          {t.remove}
        </button>
      ) : (
        <span class="row">
          <button type="button" class="link" aria-label={`${t.change}: ${name}`} onClick={() => go(`line/${line.key}`)}>
            {t.change}
          </button>
          <Stepper name={name} value={line.quantity} min={0} max={LINE_QUANTITY_MAX} onChange={(n) => change(setQuantity(kept.value, line.key, n))} />
        </span>
      )}
    </li>
  );
}

/** Whether a dish costs something else than when it was put in. */
function hasNewPrices(current: Menu): boolean {
  return kept.value.lines.some((line) => offered(current, line) !== null && newUnitMinor(current, line) !== null);
}

function SendButton() {
  const is = sending.value.is;
  const isTakeout = place.value === 'takeout'; // what is picked up is paid first, in a view of its own
  const mayOrder = place.value === 'joined' || place.value === 'joining'; // without a connection too: it goes out when there is one
  const least = isTakeout && menu.value ? leastOf(menu.value, shownTotalMinor()) : null; // with less, nobody could pay
  const mayOrderNow = mayOrder && kitchenClosed() === '';
  const canSend = isTakeout ? least === null : mayOrderNow && kept.value.pending === null && is !== 'ended';
  const asIs = menu.value && hasNewPrices(menu.value) ? t.sendChanged : t.send;
  const words = { idle: asIs, refused: asIs, blocked: asIs, ended: t.send, sending: t.sending, waiting: t.sending, changed: t.sendChanged }[is];
  const why = least === null ? whyNot() : say(t.takeoutLeast, { amount: price(least) });
  return (
    <>
      {why === '' ? null : <p class="note" role="status">{why}</p>}
      <button type="button" class="b" aria-disabled={!canSend} aria-busy={is === 'sending'} onClick={() => canSend && (isTakeout ? toCheckout() : send())}>
        <span>{isTakeout ? t.toCheckout : words}</span>
        <span class="num">{menu.value ? price(shownTotalMinor()) : ''}</span>
      </button>
    </>
  );
}

function toCheckout(): void {
  forgetOutcome();
  go('checkout');
}

function EmptyCart() {
  const again = <button type="button" class="b" onClick={leave}><span>{t.backToMenu}</span></button>;
  return (
    <Sheet title={t.yourOrder} foot={again}>
      <p class="quiet">{t.nothingYet}</p>
      <SentOrders except={null} />
    </Sheet>
  );
}
