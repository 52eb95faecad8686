// An order on its way. It claims only what is known: printed is printed when the printer has proved it.
import type { ComponentChildren, ComponentType } from 'preact';
import { hasEnded, journey, type Order, type Step, type Ticket } from '../../shared/order';
import { clock, tableCode } from '../page';
import { go, view } from '../router';
import { menu, orders, price } from '../state';
import { watch, watching, type Ask } from '../watch';
import { listed, num, say, t } from '../words';
import { Help } from './calls';
import { Effect, takeFocus } from './effect';
import { SentOrders } from './sent';
import { Sums } from './sums';

export function Journey({ orderId }: { orderId: string }) {
  return (
    <Frame orderId={orderId} Details={Details}>
      <button type="button" class="b alt" onClick={() => go('table')}>
        {t.callOrPay}
      </button>
    </Frame>
  );
}

interface FrameProps {
  orderId: string;
  how?: Ask;
  Details: ComponentType<{ order: Order }>;
  children?: ComponentChildren;
}

/** An order that is followed while it is shown; `children` are what else can be done. */
export function Frame({ orderId, how, Details, children }: FrameProps) {
  const order = orders.value.get(orderId);
  const owes = tableCode !== null && menu.value?.payments === true && order !== undefined && isOwed(order);
  const state = watching.value;
  return (
    <main class="wrap">
      <Effect run={() => watch(orderId, how)} key={orderId} />
      {state.is === 'gone' ? <p class="note" role="alert">{t.notYours}</p> : null}
      {state.is === 'stale' ? <p class="note" role="status">{say(t.lastKnown, { time: clock(state.since) })}</p> : null}
      {order && menu.value ? <Details order={order} key={order.id} /> : state.is === 'gone' ? null : <p class="quiet">{t.connecting}</p>}
      <div class="stack">
        {owes ? <PayHere /> : null}
        <button type="button" class={owes ? 'b alt' : 'b'} onClick={() => go('')}>
          <span>{order && !hasEnded(order) ? t.orderMore : t.backToMenu}</span>
        </button>
        {children}
      </div>
      <SentOrders except={orderId} />
      <Help />
    </main>
  );
}

/** Money is still to be paid for it. */
export function isOwed({ payment, status, held, totalMinor }: Order): boolean {
  return payment === 'unpaid' && status !== 'cancelled' && !held && totalMinor > 0;
}

/** The way to the table's bill: where one is open, it is the button that stands out. */
export function PayHere({ isOpen = true }) {
  return (
    <button type="button" class={isOpen ? 'b' : 'b alt'} onClick={() => go('bill', view.value.is === 'table' ? 'replace' : 'push')}>
      <span>{t.payHere}</span>
    </button>
  );
}

function Details({ order }: { order: Order }) {
  return (
    <>
      <NumberOf order={order} />
      {order.held ? <p class="note" role="status">{t.held}</p> : null}
      {order.status === 'cancelled' ? <p class="note" role="alert">{t.cancelledText}</p> : null}
      <Way steps={journey(order)} order={order} words={wordsOf} />
      <Lines order={order} />
      <Sums totals={order} label={t.toPay} />
    </>
  );
}

export function NumberOf({ order }: { order: Order }) {
  return (
    <>
      <h2 class="no num" tabIndex={-1} ref={takeFocus} aria-label={say(t.orderNumber, { number: order.number })}>
        {order.number}
      </h2>
      <p class="quiet">{t.sayNumber}</p>
    </>
  );
}

/** The order's way, and its last step said aloud. `words` names a step. */
export function Way<Name extends string>({ steps, order, words }: { steps: Step<Name>[]; order: Order; words(step: Step<Name>): string }) {
  const now = steps.findLast((step) => step.state !== 'later');
  return (
    <>
      <ol class="way">
        {steps.map((step) => (
          <StepRow step={step} order={order} isCurrent={step === now} words={words(step)} key={step.name} />
        ))}
      </ol>
      <p class="unseen" role="status">{now ? words(now) : ''}</p>
    </>
  );
}

export function Lines({ order }: { order: Order }) {
  return (
    <ul class="lines">
      {order.lines.map((line, index) => (
        <li key={index}>
          <span>
            <b class="num">{num(line.quantity)}×</b>
            <bdi>{line.name}</bdi>
            <small><bdi>{[...line.choices, ...(line.note ? [`“${line.note}”`] : [])].join(' · ')}</bdi></small>
          </span>
          <span class="num">{price(line.totalMinor)}</span>
        </li>
      ))}
    </ul>
  );
}

export function wordsOf(step: Step): string {
  if (step.name === 'paper' && step.state !== 'done') return t.stepToKitchen;
  return { sent: t.stepSent, paper: t.stepPaper, making: t.stepMaking, ready: t.stepReady, served: t.stepServed, cancelled: t.stepCancelled }[step.name];
}

function StepRow({ step, order, isCurrent, words }: { step: Step<string>; order: Order; isCurrent: boolean; words: string }) {
  return (
    <li class={step.state} aria-current={isCurrent ? 'step' : undefined}>
      <span>
        {words}
        {step.name === 'paper' ? stations(order.tickets).map((words) => <small key={words}>{words}</small>) : null}
      </span>
      <span class="num">{step.at === null ? '' : clock(step.at)}</span>
    </li>
  );
}

/** All on paper: one line. Until then, each station with what is known of it. */
function stations(tickets: Ticket[]): string[] {
  const name = (ticket: Ticket): string => menu.value?.stations.get(ticket.station) ?? ticket.station;
  if (tickets.every((ticket) => ticket.printedAt !== null)) {
    return tickets.length > 0 ? [listed(tickets.map(name))] : [];
  }
  return tickets.map((ticket) => {
    const { state, printedAt } = ticket;
    if (printedAt !== null) return say(t.stationPrinted, { station: name(ticket), time: clock(printedAt) });
    const words: Record<string, string> = { queued: t.stationQueued, accepted: t.stationAccepted };
    return say(words[state] ?? t.stationTrouble, { station: name(ticket) });
  });
}
