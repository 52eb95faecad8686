// The virtual printers with their switches, and what came out of them.
import { byId, make, showList } from './dom';
import { ask, shown } from './local';
import type { Paper, Printer, Store } from './state';
import { clock } from './words';

const STATES: Record<string, string> = { ready: 'ready', paper_out: 'out of paper', cover_open: 'cover open', off: 'off' };

export function showPrinters(printers: Printer[], stores: Store[]): void {
  showList(byId('printers'), printers, ({ store, id }) => `${store}/${id}`, (printer) => {
    const { id, stationName, state, store } = printer;
    const storeName = stores.find(({ slug }) => slug === store)?.name ?? store;
    const fault = (label: string, isOn: boolean, on: unknown, off: unknown): HTMLElement => {
      const button = make('button', { type: 'button', 'aria-pressed': String(isOn), 'data-focus': label, 'aria-label': `${label}: ${stationName}` }, label);
      button.addEventListener('click', () => void setFault(id, isOn ? off : on));
      return button;
    };
    return make(
      'li',
      { class: state === 'ready' ? 'up' : '' },
      make('div', { class: 'name' }, make('span', {}, stationName), make('span', { class: 'quiet' }, storeName), make('span', { class: 'state' }, STATES[state] ?? state)),
      make(
        'div',
        { class: 'play' },
        fault('No paper', state === 'paper_out', { paper: false }, { paper: true }),
        fault('Open cover', state === 'cover_open', { cover_open: true }, { cover_open: false }),
        fault('Unplug', state === 'off', { power: false }, { power: true }),
      ),
    );
  });
}

/** Switches a fault of a printer on or off. */
export async function setFault(id: string, fault: unknown): Promise<void> {
  const url = `/local/printers/${encodeURIComponent(id)}/faults`;
  await ask(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(fault) });
}

let shownBefore: Set<string> | null = null;

export function showPapers(papers: Paper[], printers: Printer[]): void {
  const box = byId('papers');
  const isFresh = ({ id }: Paper): boolean => shownBefore !== null && !shownBefore.has(id);
  if (papers.length === 0) {
    box.replaceChildren(make('p', { class: 'empty' }, 'No tickets yet.'));
  } else {
    box.querySelector('.empty')?.remove();
    showList(box, papers, ({ id }) => id, (paper) => sheet(paper, printers, isFresh(paper)));
  }
  shownBefore = new Set(papers.map(({ id }) => id));
}

export function sheet(paper: Paper, printers: Printer[], isFresh = true): HTMLElement {
  const { printerId, printedAt, pngUrl, rawUrl, banner, attempt } = paper;
  const station = printers.find(({ id }) => id === printerId)?.stationName ?? printerId;
  const time = clock(printedAt, true);
  const again = attempt !== null && attempt > 1 ? `, attempt ${attempt}` : '';
  return make(
    'figure',
    { class: isFresh ? 'sheet fresh' : 'sheet' },
    make('img', { src: shown(pngUrl), alt: `Ticket printed at the ${station} at ${time}${banner ? `, marked ${banner}` : ''}` }),
    make(
      'figcaption',
      { class: 'num' },
      make('span', {}, `${station} · ${time}${again}`),
      ...(banner ? [make('span', { class: 'banner' }, banner)] : []),
      ...(rawUrl === null ? [] : [make('a', { href: shown(rawUrl) }, 'raw bytes')]),
    ),
  );
}
