// The local Stripe: sessions with their pages, events with what became of sending them, and the switches for what goes wrong.
import { list, record, text, textOrNull, whole, type Json } from '../shared/shape';
import { byId, make, showList } from './dom';
import { ask } from './local';

interface Session {
  id: string;
  account: string;
  page: string;
  amount: string;
  state: string;
  created: number;
}

interface Event {
  id: string;
  account: string;
  type: string;
  state: string;
  at: number;
  answers: string;
}

/** A switch: its name, what it does, and its values with their words; without values it is a number. */
interface Switch {
  name: string;
  label: string;
  sentence: string;
  values?: [value: unknown, words: string][];
}

const OFF_ON: [unknown, string][] = [
  [false, 'off'],
  [true, 'on'],
];

const SWITCHES: Switch[] = [
  {
    name: 'order',
    label: 'After paying',
    sentence: 'Which comes first: the payment event or the returning guest',
    values: [
      ['webhook_first', 'event first, as with Stripe'],
      ['redirect_first', 'guest first, events 1.5 s later'],
      ['webhook_only', 'events only: the guest closes the page'],
      ['redirect_only', 'guest only: no event is sent'],
    ],
  },
  { name: 'duplicate', label: 'Copies at once', sentence: 'Copies of each event sent at once (0 or 1 = one)' },
  { name: 'drop_first', label: 'Attempts lost', sentence: 'Attempts of each event that get lost; it is sent again after 1 s, 2 s, 4 s …' },
  { name: 'delay_ms', label: 'Delay in ms', sentence: 'How late events are sent' },
  { name: 'reorder', label: 'Reverse order', sentence: 'Events wait for two quiet seconds, then are sent last one first', values: OFF_ON },
  { name: 'never', label: 'No events', sentence: 'No events are sent', values: OFF_ON },
  { name: 'wrong_secret', label: 'Wrong secret', sentence: 'Events are signed with the wrong secret, and sent again', values: OFF_ON },
  { name: 'old_shape', label: 'Old shape', sentence: 'Events look like those of an account on an old API version', values: OFF_ON },
  {
    name: 'refunds',
    label: 'Refunds',
    sentence: 'Whether and when a refund succeeds',
    values: [
      ['succeed', 'succeed at once'],
      ['pending_then_succeed', 'succeed a second later'],
      ['pending_then_fail', 'fail a second later'],
    ],
  },
  {
    name: 'api',
    label: 'Next call',
    sentence: 'How the next API call fails, once',
    values: [
      [[], 'works'],
      ...['500', '429', '409'].map((kind): [unknown, string] => [[{ kind }], `answers ${kind}`]),
      [[{ kind: 'lost' }], 'is done, but its answer is lost'],
      [[{ kind: 'timeout' }], 'is done, but never answers'],
    ],
  },
];

/** Shows everything, or nothing where the program uses the real Stripe. */
export async function showStripe(isHere: boolean): Promise<void> {
  byId('stripe').hidden = !isHere;
  if (!isHere) return;
  const [sessions, events, faults] = await Promise.all([read('ledger?limit=8'), read('events?limit=12'), read('faults')]);
  showRows('sessions', list({ sessions }, 'sessions', readSession), sessionRow);
  showRows('events', list({ events }, 'events', readEvent), eventRow);
  const on = SWITCHES.filter((one) => isOn(one, record(faults)[one.name])).length;
  byId('problems-on').textContent = on === 0 ? '' : `${on} on`;
  showList(byId('switches'), SWITCHES.map((one) => ({ ...one, now: record(faults)[one.name] })), ({ name }) => name, switchRow);
}

function showRows<T extends { id: string }>(box: string, rows: T[], draw: (row: T) => HTMLElement): void {
  const none = { id: 'none' };
  showList<T | typeof none>(byId(box), rows.length > 0 ? rows : [none], ({ id }) => id, (row) => (row === none ? make('li', { class: 'quiet' }, 'None yet.') : draw(row as T)));
}

/** Whether a switch makes anything go wrong: its first value is the usual one. */
function isOn({ name, values }: Switch, now: unknown): boolean {
  if (values === undefined) return Number(now ?? 0) > (name === 'duplicate' ? 1 : 0);
  return name === 'api' ? kindOf(now) !== undefined : now !== undefined && now !== values[0]?.[0];
}

async function read(path: string): Promise<unknown> {
  const response = await ask(`/local/stripe/${path}`);
  return response.json();
}

function readSession(value: unknown): Session {
  const entry = record(value);
  const refunded = whole(entry, 'amount_refunded');
  const currency = text(entry, 'currency');
  const paid = text(entry, 'payment_status');
  const status = text(entry, 'status');
  const words = [status === 'complete' ? paid : status, refunded > 0 ? `${money(refunded, currency)} refunded` : '', entry['disputed'] === true ? 'disputed' : ''];
  return {
    id: text(entry, 'session'),
    account: text(entry, 'account'),
    page: text(entry, 'page'),
    amount: money(whole(entry, 'amount'), currency),
    state: words.filter(Boolean).join(' · '),
    created: whole(entry, 'created') * 1000,
  };
}

function readEvent(value: unknown): Event {
  const entry = record(value);
  const answers = list(entry, 'deliveries', (delivery) => answer(record(delivery)));
  return {
    id: text(entry, 'id'),
    account: text(entry, 'account'),
    type: text(entry, 'type'),
    state: text(entry, 'state'),
    at: whole(entry, 'created_ms'),
    answers: answers.slice(-6).join(', '),
  };
}

function answer(delivery: Json): string {
  return textOrNull(delivery, 'error') ?? String(delivery['status']);
}

function money(minor: number, currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: currency.toUpperCase(), currencyDisplay: 'code' });
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

function clock(ms: number): string {
  return new Date(ms).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

function sessionRow({ page, amount, account, state, created }: Session): HTMLElement {
  return make('li', {}, make('a', { href: page, target: '_blank', class: 'num' }, amount), make('span', {}, `${account} · ${state}`), make('span', { class: 'quiet num' }, clock(created)));
}

function eventRow({ type, account, state, answers, at }: Event): HTMLElement {
  const words = [account, state, answers && `answered ${answers}`].filter(Boolean).join(' · ');
  return make('li', { class: state === 'delivered' ? 'up' : '' }, make('span', { class: 'dot', 'aria-hidden': 'true' }), make('span', {}, type, make('small', {}, words)), make('span', { class: 'quiet num' }, clock(at)));
}

function switchRow({ name, label, sentence, values, now }: Switch & { now: unknown }): HTMLElement {
  const id = `switch-${name}`;
  const described = { id, 'data-focus': name, 'aria-describedby': `${id}-is` };
  const isNow = (value: unknown): boolean => (name === 'api' ? kindOf(value) === kindOf(now) : value === now);
  const control = values
    ? make('select', described, ...values.map(([value, words], index) => make('option', { value: String(index), selected: isNow(value) }, words)))
    : make('input', { ...described, type: 'number', min: '0', step: '1', inputmode: 'numeric', value: String(now ?? 0) });
  control.addEventListener('change', () => {
    const typed = Number((control as HTMLInputElement).value) || 0;
    void set(name, values ? values[typed]?.[0] : Math.max(0, Math.round(typed)));
  });
  return make('li', {}, make('label', { for: id }, label), control, make('p', { class: 'quiet', id: `${id}-is` }, sentence));
}

/** Of a fault of the API, how it fails. */
function kindOf(faults: unknown): unknown {
  return Array.isArray(faults) && faults.length > 0 ? record(faults[0])['kind'] : undefined;
}

async function set(name: string, value: unknown): Promise<void> {
  const faults = record(await read('faults'));
  await ask('/local/stripe/faults', { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ...faults, [name]: value }) });
  await showStripe(true);
}
