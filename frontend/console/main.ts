// The console: fetches the whole state, shows it, and fetches it again whenever the program says that something changed.
import { byId, make } from './dom';
import { ask, shown } from './local';
import { showOrders } from './orders';
import { showPapers, showPrinters } from './paper';
import { chosenStore, watchPickers } from './scan';
import { showStage } from './stage';
import { readState, type State } from './state';
import { showStripe } from './stripe';
import { showTries } from './tryit';

let isFetching = false;
let isStale = false;
let last: State | null = null;

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
      last = state;
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
  showHealth(down.length === 0 ? 'all parts up' : down.map((part) => [`${part.title} ${part.state}`, part.state === 'offline' ? part.detail : ''].filter(Boolean).join(': ')).join(', '), down.length === 0);
  showStage(state);
  showTries(state, chosenStore());
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
    ...parts.map(({ title, state, detail }) =>
      make(
        'li',
        { class: state === 'up' ? 'up' : '' },
        make('span', { class: 'dot', 'aria-hidden': 'true' }),
        make('span', {}, title),
        make('span', { class: 'quiet num' }, state === 'up' ? detail || 'up' : [state, detail].filter(Boolean).join(' · ')),
      ),
    ),
  );
}

watchPickers(() => {
  if (last) show(last);
});
const events = new EventSource(shown('/local/events'));
events.addEventListener('changed', () => void refresh());
events.addEventListener('open', () => void refresh());
events.addEventListener('error', () => {
  showHealth('no connection to the program', false);
  if (events.readyState === EventSource.CLOSED) void refresh(); // refused: `ask` finds out why
});
void refresh();
