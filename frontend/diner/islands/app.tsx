// The islands' frame: the bar at the bottom at once, everything else from a second file fetched as soon as the page stands, so that
// it is here before the connection may go.
import type { ComponentType } from 'preact';
import { useEffect, useLayoutEffect, useReducer } from 'preact/hooks';
import { pause } from '../api';
import { kept, place, spoken } from '../state';
import { view } from '../router';
import { onChange, signal } from '../store';
import { t } from '../words';
import { Bar } from './bar';

const Views = signal<ComponentType | null>(null);

/** The second file; tried again until it is here. */
export async function fetchViews(): Promise<typeof import('./views')> {
  for (let n = 0; ; n += 1) {
    try {
      const views = await import('./views');
      if (Views.value === null) views.begin();
      Views.value = views.Views;
      return views;
    } catch {
      await pause(n).over;
    }
  }
}

/** Hides the printed list while the journey is shown, and keeps the place in it. */
function usePlaceInList(isJourney: boolean): void {
  useLayoutEffect(() => {
    if (!isJourney) return;
    const scrolled = scrollY;
    const covered = document.querySelectorAll<HTMLElement>('#menu, .bar, .find, .langs, .skip');
    for (const element of covered) element.hidden = true;
    scrollTo(0, 0);
    return () => {
      for (const element of covered) element.hidden = false;
      scrollTo({ top: scrolled, behavior: 'instant' });
    };
  }, [isJourney]);
}

/** The table's name in the masthead, or why there is none. */
function useChip(): void {
  const name = place.value === 'joined' ? kept.value.session?.table : undefined;
  useEffect(() => {
    const chip = document.getElementById('table');
    if (!chip) return;
    chip.hidden = name === undefined;
    chip.textContent = name ?? '';
    chip.ariaLabel = `${name}: ${t.callOrPay}`;
  }, [name]);
}

/** Renders again after any change. */
export function useChanges(): void {
  const [, again] = useReducer((n: number) => n + 1, 0);
  useLayoutEffect(() => onChange(() => again(undefined)), []);
}

export function App() {
  useChanges();
  useEffect(() => void fetchViews(), []);
  const isJourney = view.value.is === 'order';
  usePlaceInList(isJourney);
  useChip();
  const Loaded = Views.value;
  return (
    <>
      {Loaded ? <Loaded /> : null}
      {isJourney ? null : <Bar />}
      <p class="unseen" role="status">
        {spoken.value}
      </p>
    </>
  );
}
