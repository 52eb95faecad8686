import { describe, expect, it } from 'vitest';
import { closedKitchen, opening, readKitchen, takesOrders } from './kitchen';

const at = (text: string): number => Date.parse(text);
const open = { state: 'open', orders_until: '2026-11-21T21:30:00Z', opens_at: null, time_zone: 'Europe/Berlin' };

describe('a kitchen with hours', () => {
  it('takes orders until its last one, and again once it was to open', () => {
    const kitchen = readKitchen(open)!;
    expect(takesOrders(kitchen, at('2026-11-21T21:29:59Z'))).toBe(true);
    expect(takesOrders(kitchen, at('2026-11-21T21:30:00Z'))).toBe(false);
    const closed = closedKitchen({ opens_at: '2026-11-22T10:00:00Z' }, kitchen);
    expect(takesOrders(closed, at('2026-11-22T09:59:59Z'))).toBe(false);
    expect(takesOrders(closed, at('2026-11-22T10:00:00Z'))).toBe(true);
    expect(takesOrders(closedKitchen({ opens_at: null }, kitchen), at('2026-11-22T10:00:00Z'))).toBe(false);
  });

  it('says when it opens on its own clock, with the day where that is not today', () => {
    const now = at('2026-11-21T22:00:00Z');
    expect(opening(at('2026-11-22T10:00:00Z'), 'Europe/Berlin', now, 'de')).toEqual({ day: 'Sonntag', time: '11:00' });
    expect(opening(at('2026-11-21T22:30:00Z'), 'Europe/Berlin', now, 'de')).toEqual({ day: '', time: '23:30' });
  });

  it('is no kitchen with hours where the restaurant names none', () => {
    expect(readKitchen(undefined)).toBeNull();
    expect(() => readKitchen({ state: 'open' })).toThrow();
  });
});
