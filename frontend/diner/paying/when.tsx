// The question when an order is picked up: as soon as possible, or one of the restaurant's times by its days.
import { byDay, foreignZone, moment, slotNames, timeOf, type Pickup } from '../../shared/paying/pickup';
import { locale } from '../page';
import { menu } from '../state';
import { say, t } from '../words';
import { askForPickup, choose, offered, wish } from './pickup';
import { Effect } from '../islands/effect';
import { p } from './words';

export function When({ mistake, isLocked }: { mistake: string | undefined; isLocked: boolean }) {
  const pickup = offered.value;
  return (
    <fieldset class="grp" aria-describedby={mistake === undefined ? undefined : 'pickup-wrong'}>
      <legend>{p.when}</legend>
      <Effect run={askForPickup} />
      {mistake === undefined ? null : <p class="wrong" id="pickup-wrong" role="alert">{mistake}</p>}
      {pickup ? <Times pickup={pickup} isWrong={mistake !== undefined} isLocked={isLocked} /> : <p class="quiet wide" role="status">{t.connecting}</p>}
      <Where />
    </fieldset>
  );
}

function Times({ pickup, isWrong, isLocked }: { pickup: Pickup; isWrong: boolean; isLocked: boolean }) {
  const { asap, slots, timeZone, closesAt } = pickup;
  const now = wish();
  const isLater = now === 'later' || (now !== null && 'at' in now);
  const zone = foreignZone(slots[0] ?? new Date().toISOString(), timeZone, locale);
  return (
    <>
      {asap.available ? null : <p class="note wide">{whyNot(pickup)}</p>}
      {asap.available ? (
        <label class="opt">
          <input type="radio" name="when" checked={now !== null && !isLater} disabled={isLocked} onChange={() => choose({ when: 'asap' })} />
          <span>{p.asap}</span>
          <span class="c num">{asap.readyAt === null ? '' : say(t.ready, { time: timeOf(asap.readyAt, timeZone, locale) })}</span>
        </label>
      ) : null}
      {asap.available && slots.length > 0 ? (
        <label class="opt">
          <input type="radio" name="when" checked={isLater} disabled={isLocked} onChange={() => choose('later')} />
          <span>{p.later}</span>
        </label>
      ) : null}
      {slots.length > 0 && (isLater || !asap.available) ? <Slots pickup={pickup} isWrong={isWrong} isLocked={isLocked} /> : null}
      {slots.length === 0 && !asap.available && !pickup.isKitchenOff ? <p class="wide">{p.noTimes}</p> : null}
      {closesAt === null ? null : <p class="quiet wide">{say(t.openUntil, { time: moment(closesAt, Date.now(), timeZone, locale) })}</p>}
      {zone === null ? null : <p class="quiet wide">{say(p.zone, { zone })}</p>}
    </>
  );
}

function Slots({ pickup: { slots, timeZone }, isWrong, isLocked }: { pickup: Pickup; isWrong: boolean; isLocked: boolean }) {
  const now = wish();
  const at = now !== null && now !== 'later' && 'at' in now && slots.includes(now.at) ? now.at : '';
  return (
    <div class="field">
      <label for="slot">{p.chooseTime}</label>
      <select
        id="slot"
        aria-invalid={isWrong}
        aria-describedby={isWrong ? 'pickup-wrong' : undefined}
        disabled={isLocked}
        value={at}
        onChange={({ currentTarget: { value } }) => choose(value === '' ? 'later' : { at: value })}
      >
        <option value="">–</option>
        {byDay(slots, timeZone, locale).map(({ day, slots: times }) => (
          <optgroup label={day} key={day}>
            {slotNames(times, Date.now(), timeZone, locale).map((name, index) => <option value={times[index]} key={times[index]}>{name}</option>)}
          </optgroup>
        ))}
      </select>
    </div>
  );
}

function whyNot({ state, opensAt, timeZone, isKitchenOff }: Pickup): string {
  if (isKitchenOff) return p.kitchenOff;
  return state === 'last_order_passed' || opensAt === null ? p.lastOrder : say(p.closedUntil, { time: moment(opensAt, Date.now(), timeZone, locale) });
}

/** Where it is picked up, as far as the restaurant says. */
export function Where() {
  const { name, address } = menu.value!;
  if (address.length === 0) return null;
  return (
    <address class="wide">
      <b>{p.pickUpAt}</b>
      {[name, ...address].map((line) => <span key={line}><br /><bdi>{line}</bdi></span>)}
    </address>
  );
}
