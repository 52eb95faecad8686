// The order before it is sent: lines to change, the note, the sums, and what became of the last try to send it.
import { GUEST_CHARS_MAX, LINE_QUANTITY_MAX, NOTE_CHARS_MAX, offered, setQuantity } from '../../shared/cart';
import { describe } from '../../shared/choices';
import { dishCount, totalOf, type Kept, type Line } from '../../shared/kept';
import type { Menu } from '../../shared/menu';
import { unitMinor } from '../../shared/price';
import { go, leave } from '../router';
import { forgetOutcome, send, shownTotalMinor } from '../send';
import { kept, menu, place, price, sending } from '../state';
import { count, t } from '../words';
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
  const { lines, note, guest, pending } = kept.value;
  if (lines.length === 0) return <EmptyCart />;
  const isLocked = pending !== null;
  return (
    <Sheet title={t.yourOrder} foot={<SendButton />}>
      <Outcome />
      <p class="quiet">{count(t.dishes, dishCount(kept.value))}</p>
      <ul class="lines">
        {lines.map((line) => (
          <LineRow menu={current} line={line} isLocked={isLocked} key={line.key} />
        ))}
      </ul>
      <Sums totals={totalOf(current, kept.value)} label={t.toPay} />
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
      <div class="field">
        <label for="guest">{t.yourName}</label>
        <small id="guest-hint">{t.yourNameHint}</small>
        <input
          id="guest"
          autocomplete="given-name"
          maxLength={GUEST_CHARS_MAX}
          readOnly={isLocked}
          aria-describedby="guest-hint"
          value={guest}
          onInput={(event) => change({ ...kept.value, guest: event.currentTarget.value })}
        />
      </div>
      <SentOrders except={null} />
    </Sheet>
  );
}

function LineRow({ menu: current, line, isLocked }: { menu: Menu; line: Line; isLocked: boolean }) {
  const item = current.items.get(line.itemId);
  const isGone = offered(current, line) === null;
  const name = item?.name ?? line.itemId;
  const details = [...(item ? describe(item.groups, line.choices) : []), ...(line.note ? [`“${line.note}”`] : [])];
  return (
    <li id={`line-${line.key}`}>
      <span>
        <b class="num">{line.quantity}×</b>
        <span dir="auto">{name}</span>
        <small dir="auto">{details.join(' · ')}</small>
      </span>
      <span class="num">{item ? price(unitMinor(item, line.choices) * line.quantity) : ''}</span>
      {isGone ? <p class="wrong">{t.goneFromMenu}</p> : null}
      {isLocked ? null : (
        <span class="row">
          {item ? (
            <button type="button" class="link" aria-label={`${t.change}: ${name}`} onClick={() => go(`line/${line.key}`)}>
              {t.change}
            </button>
          ) : (
            <span />
          )}
          <Stepper name={name} value={line.quantity} min={0} max={LINE_QUANTITY_MAX} onChange={(n) => change(setQuantity(kept.value, line.key, n))} />
        </span>
      )}
    </li>
  );
}

function SendButton() {
  const is = sending.value.is;
  const mayOrder = place.value === 'joined' || place.value === 'joining'; // without a connection too: it goes out when there is one
  const canSend = mayOrder && kept.value.pending === null && is !== 'ended';
  const words = { idle: t.send, refused: t.send, ended: t.send, sending: t.sending, waiting: t.sending, changed: t.sendChanged }[is];
  const why = { browsing: t.browseOnly, unknown: t.unknownTable, joining: t.connecting, joined: '' }[place.value];
  return (
    <>
      {why === '' ? null : <p class="note" role="status">{why}</p>}
      <button type="button" class="b" aria-disabled={!canSend} aria-busy={is === 'sending'} onClick={() => canSend && send()}>
        <span>{words}</span>
        <span class="num">{menu.value ? price(shownTotalMinor()) : ''}</span>
      </button>
    </>
  );
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
