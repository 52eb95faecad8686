// The console: fetches the whole state, shows it, and fetches it again whenever the program says that something changed.
import { byId, make } from './dom';
import { ask, shown } from './local';
import { showOrders } from './orders';
import { showPapers, showPrinters } from './paper';
import { showScan, watchPickers } from './scan';
import { readState, type State } from './state';
import { showStripe } from './stripe';

let isFetching = false;
let isStale = false;

async function refresh(): Promise<void> {
  if (isFetching) {
    isStale = true; // one more round when this one is done: no event is lost, and none piles up
    return;
  }
  isFetching = true;
  do {
    isStale = false;
    try {
      const response = await ask('/local/state');
      const state = readState(await response.json());
      show(state);
      await showStripe(state.parts.some(({ name, state: how }) => name === 'stripe' && how === 'up'));
    } catch {
      showHealth('no connection to the program', false);
    }
  } while (isStale);
  isFetching = false;
}

function show(state: State): void {
  byId('where').textContent = `data kept in ${state.dataFolder}`;
  const down = state.parts.filter((part) => part.state !== 'up');
  showHealth(down.length === 0 ? 'all parts up' : down.map((part) => [`${part.name} ${part.state}`, part.state === 'offline' ? part.detail : ''].filter(Boolean).join(': ')).join(', '), down.length === 0);
  showScan(state);
  showParts(state.parts);
  showPrinters(state.printers, state.stores);
  showPapers(state.papers, state.printers);
  showOrders(state.orders, state.stores);
}

function showHealth(words: string, isUp: boolean): void {
  const chip = byId('health');
  if (chip.textContent !== words) chip.textContent = words;
  chip.classList.toggle('up', isUp);
}

function showParts(parts: State['parts']): void {
  byId('parts').replaceChildren(
    ...parts.map(({ name, state, detail }) =>
      make(
        'li',
        { class: state === 'up' ? 'up' : '' },
        make('span', { class: 'dot', 'aria-hidden': 'true' }),
        make('span', {}, name),
        make('span', { class: 'quiet num' }, state === 'up' ? detail || 'up' : [state, detail].filter(Boolean).join(' · ')),
      ),
    ),
  );
}

watchPickers(() => void refresh());
const events = new EventSource(shown('/local/events'));
events.addEventListener('changed', () => void refresh());
events.addEventListener('open', () => void refresh());
events.addEventListener('error', () => {
  showHealth('no connection to the program', false);
  if (events.readyState === EventSource.CLOSED) void refresh(); // refused: `ask` finds out why
});
void refresh();
