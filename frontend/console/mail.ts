// The inbox of everybody: the list of what was sent, and one mail in a frame that may run nothing.
import { byId, make, showList } from './dom';
import { ask, shown as withToken } from './local';
import { decodeSender, type Entry, readEntries, readMail } from './mails';

/** Nothing waits for this page. */
const LOOK_EVERY_MS = 2000;

const KINDS: Record<string, string> = { receipt: 'receipt', refund: 'refund receipt' };
const frame = byId<HTMLIFrameElement>('html');
const plain = byId('text');
let chosen = location.hash.slice(1);
let shown = '';

async function refresh(): Promise<void> {
  let entries: Entry[];
  try {
    const response = await ask('/local/mail');
    entries = readEntries(await response.json());
  } catch {
    return; // the list stays as it was last seen
  }
  const box = byId('mails');
  if (entries.length === 0) {
    box.replaceChildren(make('li', { class: 'quiet' }, 'None yet. Pay for an order and enter an email address to get a receipt.'));
    return;
  }
  box.querySelector('li.quiet')?.remove();
  chosen ||= entries[0]?.id ?? '';
  const rows = entries.map((entry) => ({ entry, isChosen: entry.id === chosen }));
  showList(box, rows, ({ entry }) => entry.id, ({ entry, isChosen }) => row(entry, isChosen));
  if (chosen !== shown) await show(chosen);
}

function row({ id, to, subject, kind, sentAt }: Entry, isChosen: boolean): HTMLElement {
  const time = new Date(sentAt).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  const button = make(
    'button',
    { type: 'button', 'aria-current': String(isChosen), 'data-focus': 'mail' },
    make('b', { dir: 'auto' }, subject),
    make('small', { class: 'when num' }, time),
    make('small', {}, [to, KINDS[kind] ?? kind].filter(Boolean).join(' · ')),
  );
  button.addEventListener('click', () => {
    chosen = id;
    history.replaceState(null, '', `#${id}`);
    void refresh();
  });
  return make('li', {}, button);
}

async function show(id: string): Promise<void> {
  const address = `/local/mail/${encodeURIComponent(id)}`;
  const response = await ask(address);
  if (!response.ok) return;
  const mail = readMail(await response.json());
  shown = id;
  byId('shown').hidden = false;
  byId('shown-title').textContent = mail.subject;
  const fact = (name: string, value: string): HTMLElement[] => [make('dt', {}, name), make('dd', {}, value)];
  byId('envelope').replaceChildren(
    ...fact('From', decodeSender(mail.from)),
    ...fact('To', mail.to),
    ...fact('Sent', new Date(mail.sentAt).toLocaleString()),
    ...fact('Orders', mail.orderIds.join(', ')),
  );
  frame.src = withToken(`${address}/html`);
  plain.textContent = mail.text;
}

for (const button of byId('ways').querySelectorAll('button')) {
  button.addEventListener('click', () => {
    for (const other of byId('ways').querySelectorAll('button')) other.setAttribute('aria-pressed', String(other === button));
    const way = button.dataset['way'];
    frame.className = way ?? '';
    frame.hidden = way === 'text';
    plain.hidden = way !== 'text';
  });
}

void refresh();
setInterval(() => void refresh(), LOOK_EVERY_MS);
