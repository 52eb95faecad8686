// The islands' frame: the bar at the bottom at once, everything else from a second file fetched as soon as the page stands, so that
// it is here before the connection may go.
import type { ComponentType } from 'preact';
import { pause } from '../api';
import { inOurWords, kept, place, spoken } from '../state';
import { view } from '../router';
import { follow, signal } from '../store';
import { t } from '../words';
import { Bar } from './bar';
import { Island } from './effect';
import type { second } from './views';

const Views = signal<ComponentType | null>(null);

/** The second file. By the one name it is asked for: a name for all of it would cost bytes, now that the third file takes parts of it. */
export async function fetchViews(): Promise<typeof second> {
  const views = await untilHere(() => import('./views').then(({ second }) => second));
  Views.value = views.Views;
  return views;
}

/** Tried again until it is here. */
export async function untilHere<T>(load: () => Promise<T>): Promise<T> {
  for (let n = 0; ; n += 1) {
    try {
      return await load();
    } catch {
      await pause(n).over;
    }
  }
}

/** Hides the printed list while the journey is shown, and keeps the place in it. */
function keepPlaceInList(): void {
  let scrolled = 0;
  follow(() => 'orderId' in view.value, (isJourney) => {
    const covered = document.querySelectorAll<HTMLElement>('#menu, .bar, .find, .langs, .skip');
    if (isJourney) scrolled = scrollY;
    else if (covered[0]?.hidden !== true) return;
    for (const element of covered) element.hidden = isJourney;
    scrollTo({ top: isJourney ? 0 : scrolled, behavior: 'instant' });
  });
}

/** The table's name in the masthead, or why there is none. */
function nameTable(): void {
  const chip = document.getElementById('table');
  follow(() => (place.value === 'joined' && kept.value.session ? inOurWords(kept.value.session.table) : undefined), (name) => {
    if (!chip) return;
    chip.hidden = name === undefined;
    chip.textContent = name ?? '';
    chip.ariaLabel = `${name}: ${t.callOrPay}`;
  });
}

export class App extends Island {
  override componentDidMount(): void {
    super.componentDidMount();
    keepPlaceInList();
    nameTable();
    void fetchViews();
  }

  render() {
    const Loaded = Views.value;
    return (
      <>
        {Loaded ? <Loaded /> : null}
        {'orderId' in view.value ? null : <Bar />}
        <p class="unseen" role="status">
          {spoken.value}
        </p>
      </>
    );
  }
}
