import { describe, expect, it } from 'vitest';
import { byDay, canHave, foreignZone, moment, readPickup, slotNames } from './pickup';

const ZONE = 'America/New_York';
const body = {
  now: '2026-11-21T23:30:00Z', time_zone: ZONE, state: 'open', opens_at: null, closes_at: '2026-11-22T03:00:00Z',
  asap: { available: true, ready_at: '2026-11-21T23:55:00Z' },
  slots: [
    { at: '2026-11-22T00:00:00Z', left: 3 },
    { at: '2026-11-22T00:15:00Z', left: 0 },
    { at: '2026-11-22T17:00:00Z', left: 4 },
  ],
};
// Chrome and Node put a narrow space between time and AM or PM.
const plain = (text: string): string => text.replace(/\s/g, ' ');

describe('the times to pick up', () => {
  it('are those that can still be had', () => {
    const pickup = readPickup(body);
    expect(pickup.slots).toEqual(['2026-11-22T00:00:00Z', '2026-11-22T17:00:00Z']);
    expect(canHave(pickup, { at: '2026-11-22T00:15:00Z' })).toBe(false);
    expect(canHave(pickup, { when: 'asap' })).toBe(true);
  });
  it('are none while the kitchen cannot be reached, and the page says why', () => {
    const off = { ...body, kitchen_unreachable: true, asap: { available: false, ready_at: null }, slots: [{ at: '2026-11-22T00:00:00Z', available: false }] };
    expect(readPickup(off)).toMatchObject({ isKitchenOff: true, slots: [], asap: { available: false } });
    expect(readPickup(body).isKitchenOff).toBe(false);
  });
  it('stand under the restaurant’s days, also where the day in Greenwich is another', () => {
    const days = byDay(readPickup(body).slots, ZONE, 'en');
    expect(days.map(({ day, slots }) => [day, slots.length])).toEqual([['Saturday, November 21', 1], ['Sunday, November 22', 1]]);
  });
  it('name the day where it is not today’s, in the restaurant’s time', () => {
    const now = Date.parse(body.now);
    expect(plain(moment('2026-11-22T00:00:00Z', now, ZONE, 'en'))).toBe('7:00 PM');
    expect(plain(moment('2026-11-22T17:00:00Z', now, ZONE, 'en'))).toBe('Sunday, November 22 at 12:00 PM');
    const slots = ['2026-11-22T00:00:00Z', '2026-11-22T17:00:00Z'];
    expect(slotNames(slots, now, ZONE, 'en').map(plain)).toEqual(['7:00 PM', 'Sun 12:00 PM']);
  });
  it('say which, in the hour that comes twice when the clocks go back', () => {
    const now = Date.parse('2026-10-31T12:00:00Z');
    const slots = ['2026-11-01T04:30:00Z', '2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z', '2026-11-01T17:30:00Z'];
    expect(slotNames(slots, now, ZONE, 'en').map(plain)).toEqual(['Sun 12:30 AM', 'Sun, 1:30 AM EDT', 'Sun, 1:30 AM EST', 'Sun 12:30 PM']);
  });
  it('name the restaurant’s zone where the phone’s clock shows another time', () => {
    expect(foreignZone(body.now, ZONE, 'en', 'Europe/Berlin')).toBe('Eastern Time');
    expect(foreignZone(body.now, ZONE, 'en', 'America/Toronto')).toBeNull();
  });
});
