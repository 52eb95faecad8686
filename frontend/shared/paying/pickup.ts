// When an order can be picked up: `GET /v1/stores/{slug}/pickup`. Times are the restaurant's, whatever the phone's clock is set to.
import type { TakeoutBody } from '../kept';
import { flag, list, record, text, textOrNull } from '../shape';

export interface Pickup {
  timeZone: string;
  state: string;
  /** When it closes, while it is open; null where that is not known. */
  closesAt: string | null;
  /** When it opens again, while it is closed; null where that is not known. */
  opensAt: string | null;
  /** Nothing can be ordered for a few minutes, though it is open. */
  isKitchenOff: boolean;
  asap: { available: boolean; readyAt: string | null };
  /** The times that can still be chosen. */
  slots: string[];
}

export function readPickup(body: unknown): Pickup {
  const pickup = record(body, 'pickup');
  const asap = record(pickup['asap'], 'asap');
  const slots = list(pickup, 'slots', (value) => {
    const slot = record(value);
    return { at: text(slot, 'at'), isFree: slot['left'] === undefined ? flag(slot, 'available') : Number(slot['left']) > 0 };
  });
  return {
    timeZone: text(pickup, 'time_zone'),
    state: text(pickup, 'state'),
    closesAt: textOrNull(pickup, 'closes_at'),
    opensAt: textOrNull(pickup, 'opens_at'),
    isKitchenOff: pickup['kitchen_unreachable'] === true,
    asap: { available: flag(asap, 'available'), readyAt: textOrNull(asap, 'ready_at') },
    slots: slots.filter(({ isFree }) => isFree).map(({ at }) => at),
  };
}

/** Whether the wish can still be had. */
export function canHave({ asap, slots }: Pickup, wish: TakeoutBody['pickup']): boolean {
  return 'at' in wish ? slots.includes(wish.at) : asap.available;
}

/** The slots by the restaurant's days, each with its name: `Saturday, November 21`. */
export function byDay(slots: string[], timeZone: string, locale: string): { day: string; slots: string[] }[] {
  const days: { day: string; slots: string[] }[] = [];
  for (const at of slots) {
    const day = dayOf(at, timeZone, locale);
    const last = days.at(-1);
    if (last?.day === day) last.slots.push(at);
    else days.push({ day, slots: [at] });
  }
  return days;
}

export function dayOf(at: string, timeZone: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { timeZone, weekday: 'long', day: 'numeric', month: 'long' }).format(new Date(at));
}

export function timeOf(at: string, timeZone: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { timeZone, timeStyle: 'short' }).format(new Date(at));
}

/** `7:25 PM`; on another day than today `Sunday, November 22, 12:30 PM`. Today is the restaurant's. */
export function moment(at: string, now: number, timeZone: string, locale: string): string {
  return isToday(at, now, timeZone) ? timeOf(at, timeZone, locale) : timed(at, { timeZone, weekday: 'long', day: 'numeric', month: 'long' }, locale);
}

/** The same, short enough for a list of many. In the night when clocks go back an hour comes twice: then each says which. */
export function slotNames(slots: string[], now: number, timeZone: string, locale: string): string[] {
  const name = (at: string, more: Intl.DateTimeFormatOptions): string =>
    timed(at, { timeZone, ...(isToday(at, now, timeZone) ? {} : { weekday: 'short' }), ...more }, locale);
  const names = slots.map((at) => name(at, {}));
  return names.map((one, index) => (names.indexOf(one) === names.lastIndexOf(one) ? one : name(slots[index] ?? '', { timeZoneName: 'short' })));
}

function timed(at: string, day: Intl.DateTimeFormatOptions, locale: string): string {
  return new Intl.DateTimeFormat(locale, { ...day, hour: 'numeric', minute: '2-digit' }).format(new Date(at));
}

function isToday(at: string, now: number, timeZone: string): boolean {
  const day = (time: number): string => new Intl.DateTimeFormat('en', { timeZone, dateStyle: 'short' }).format(time);
  return day(Date.parse(at)) === day(now);
}

/** The name of the restaurant's time, where the phone's clock shows another at that moment; else null. */
export function foreignZone(at: string, timeZone: string, locale: string, own?: string): string | null {
  const shown = (zone: string | undefined): string =>
    new Intl.DateTimeFormat('en', { ...(zone === undefined ? {} : { timeZone: zone }), dateStyle: 'short', timeStyle: 'short' }).format(new Date(at));
  if (shown(own) === shown(timeZone)) return null;
  const parts = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'longGeneric' }).formatToParts(new Date(at));
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
}
