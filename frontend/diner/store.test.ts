import { describe, expect, it } from 'vitest';
import { follow, onChange, signal } from './store';

describe('a signal', () => {
  it('tells of changes, at once, until nobody listens', () => {
    const count = signal(1);
    const seen: number[] = [];
    const stop = onChange(() => seen.push(count.value));
    count.value = 1;
    count.value = 2;
    stop();
    count.value = 3;
    expect(seen).toEqual([2]);
  });
  it('is followed through what is read from it: now, and when that changes', () => {
    const cart = signal({ lines: ['tea'], note: '' });
    const seen: number[] = [];
    follow(() => cart.value.lines, (lines) => seen.push(lines.length));
    cart.value = { ...cart.value, note: 'warm' };
    cart.value = { ...cart.value, lines: ['tea', 'rice'] };
    expect(seen).toEqual([1, 2]);
  });
});
