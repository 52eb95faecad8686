// Asking for a person: one tap, said in words. A tap while a call is open sends nothing.
import type { ComponentChildren } from 'preact';
import { errorOf } from '../api';
import { clock } from '../page';
import { view } from '../router';
import { callWithSession } from '../session';
import { menu, place } from '../state';
import { signal } from '../store';
import { takeFocus } from './effect';
import { say, t } from '../words';

type Kind = 'staff' | 'bill' | 'cash';
type Call = { kind: Kind } & ({ is: 'calling' } | { is: 'open'; at: number; again: boolean; held: boolean } | { is: 'failed'; words: string });

const OPEN_MS = 3 * 60_000;
const calls = new Map<Kind, Call>();
const latest = signal<Call | null>(null);
/** The footer's button was tapped, perhaps by mistake: the guest says once more that somebody shall come. */
const isAsked = signal(false);

async function callFor(kind: Kind): Promise<void> {
  const before = calls.get(kind);
  if (before?.is === 'calling') return;
  if (before?.is === 'open' && Date.now() - before.at < OPEN_MS) return tell({ ...before, again: true });
  tell({ kind, is: 'calling' });
  const answer = await callWithSession('POST', '/v1/calls', { kind });
  if (answer === 'moved' || answer === 'refused' || answer.is === 'none') return tell({ kind, is: 'failed', words: t.callFailed });
  if (answer.status < 300) return tell({ kind, is: 'open', at: Date.now(), again: false, held: answer.body['held'] === true });
  const { code, message } = errorOf(answer.body);
  const why = code === 'seating_ended' ? t.endedTitle : message;
  tell({ kind, is: 'failed', words: why === '' ? t.askInPerson : why });
}

function tell(call: Call): void {
  calls.set(call.kind, call);
  latest.value = call;
}

function wordsOf(call: Call): string {
  if (call.is === 'calling') return t.calling;
  if (call.is === 'failed') return call.words;
  if (call.held) return t.callHeld;
  return call.again ? t.calledAlready : say(t.called, { time: clock(call.at) });
}

function canCall(): boolean {
  return place.value === 'joined';
}

/** The three calls, each a button; `children` stand before them. */
export function Calls({ children }: { children: ComponentChildren }) {
  const kinds: [Kind, string][] = [['staff', t.callStaff], ['bill', t.askBill], ['cash', t.payCash]];
  return (
    <div class="stack">
      {children}
      {canCall() ? kinds.map(([kind, words]) => (
        <button type="button" class="b alt" key={kind} onClick={() => void callFor(kind)}>
          {words}
        </button>
      )) : <p>{t.askInPerson}</p>}
      <Said />
    </div>
  );
}

function Said() {
  const now = latest.value;
  return <p class={now ? 'note' : ''} role="status">{now ? wordsOf(now) : ''}</p>;
}

/** Help, in the same place of every view: at its end. */
export function Help() {
  const now = latest.value;
  if (view.value.is === 'table') return null; // it is help itself
  return (
    <div class="help">
      <span>{t.help}</span>
      {!canCall() ? <Reach /> : isAsked.value ? <Ask /> : isRunning(now) ? null : (
        <button type="button" class="link" onClick={() => (isAsked.value = true)}>
          {t.callStaff}
        </button>
      )}
      <span class={now ? 'note' : ''} role="status">{now ? wordsOf(now) : ''}</span>
    </div>
  );
}

function isRunning(call: Call | null): boolean {
  return call?.is === 'calling' || (call?.is === 'open' && Date.now() - call.at < OPEN_MS);
}

function Ask() {
  const answer = (words: string, call: boolean) => (
    <button
      type="button"
      class="pill"
      ref={call ? takeFocus : null}
      onClick={() => {
        isAsked.value = false;
        if (call) void callFor('staff');
      }}
    >
      {words}
    </button>
  );
  return (
    <span role="group" aria-label={t.callAsk} class="row">
      <b>{t.callAsk}</b> <span>{answer(t.callYes, true)} {answer(t.callNo, false)}</span>
    </span>
  );
}

/** Away from the table: the restaurant's telephone. */
function Reach() {
  const phone = menu.value?.phone;
  return phone ? <a class="link" href={`tel:${phone}`} dir="ltr">{phone}</a> : <span>{t.askInPerson}</span>;
}
