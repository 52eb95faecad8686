// Whether the kitchen takes orders from tables now: what a session says of it, and what that means a while later.
import { record, text, textOrNull, type Json } from './shape';

export interface Kitchen {
  isOpen: boolean;
  /** When it takes the last order, in ms; null where no end is in sight. */
  ordersUntil: number | null;
  /** When it takes orders again, in ms; null where that is not known. */
  opensAt: number | null;
  timeZone: string | undefined;
}

/** `kitchen` of a session; null where the restaurant takes orders at any time. */
export function readKitchen(value: unknown): Kitchen | null {
  if (value === undefined || value === null) return null;
  const kitchen = record(value, 'kitchen');
  return {
    isOpen: text(kitchen, 'state') === 'open',
    ordersUntil: timeOf(kitchen, 'orders_until'),
    opensAt: timeOf(kitchen, 'opens_at'),
    timeZone: text(kitchen, 'time_zone'),
  };
}

/** A kitchen that has just refused an order: `opens_at` of the refusal. */
export function closedKitchen(refusal: Json, before: Kitchen | null): Kitchen {
  return { isOpen: false, ordersUntil: null, opensAt: timeOf(refusal, 'opens_at'), timeZone: before?.timeZone };
}

function timeOf(json: Json, key: string): number | null {
  const at = Date.parse(textOrNull(json, key) ?? '');
  return Number.isNaN(at) ? null : at;
}

/** Whether it takes orders at `now`. Past the time it was to open we ask rather than say no: the restaurant knows. */
export function takesOrders({ isOpen, ordersUntil, opensAt }: Kitchen, now: number): boolean {
  return isOpen ? ordersUntil === null || now < ordersUntil : opensAt !== null && now >= opensAt;
}

/** The day and the time it opens, as its clock shows them; the day is empty where it is today. */
export function opening(at: number, timeZone: string | undefined, now: number, locale: string): { day: string; time: string } {
  const show = (style: Intl.DateTimeFormatOptions, when: number): string => new Intl.DateTimeFormat(locale, { ...style, timeZone }).format(when);
  const date = (when: number): string => show({ dateStyle: 'short' }, when);
  return { day: date(at) === date(now) ? '' : show({ weekday: 'long' }, at), time: show({ timeStyle: 'short' }, at) };
}
