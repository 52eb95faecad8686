// The bill of a table: what the whole party ordered, who has paid or is paying what, and one guest's part of it.
import { Component } from 'preact';
import { stepOf } from '../../shared/money';
import {
  canPay, dueOf, equalShare, linesToPay, othersOf, payable, tipBaseOf, tipBaseOfShare, type Bill as BillOf, type BillLine, type Part, type Reservation,
} from '../../shared/paying/bill';
import { readAmount } from '../../shared/paying/tip';
import { Effect } from '../islands/effect';
import { Sheet } from '../islands/sheet';
import { Stepper } from '../islands/stepper';
import { Row } from '../islands/sums';
import { askForOrders } from '../islands/table';
import { clock, locale } from '../page';
import { kept, menu, orders, price } from '../state';
import { num, say, t } from '../words';
import { askForBill, begun, bill, isEnded, leavePage, payFor } from './at-table';
import { Field, reachFirstMistake } from './field';
import { GoingNote } from './going-note';
import { isGoing } from './going';
import { chosenTip, TipQuestion, tip, withTip } from './tip';
import { p } from './words';

const GUESTS_MAX = 99;

interface State {
  /** Null while the guest has not said: then their own, where there is any. */
  part: Part | null;
  ticked: string[];
  /** How many split it evenly; null while nobody of the party has said. */
  guests: number | null;
  /** An amount as it was typed. */
  typed: string;
  wrong: number;
  /** The guest has been asked about what others ordered: the next press pays it. */
  isSure: boolean;
}

/** What a press on the button pays. */
interface ToPay {
  lines: BillLine[];
  /** Null where what was typed is no amount that can be paid. */
  dueMinor: number | null;
  tipBase: number | null;
  /** What the server is asked for. */
  what: Parameters<typeof payFor>[0];
}

export class Bill extends Component<object, State> {
  override state: State = { part: null, ticked: [], guests: null, typed: '', wrong: 0, isSure: false };

  #pay = ({ lines, dueMinor, tipBase, what }: ToPay): void => {
    const tipMinor = dueMinor === null ? null : chosenTip(tipBase, dueMinor);
    this.setState({ wrong: tipMinor === null ? this.state.wrong + 1 : 0 });
    if (tipMinor === null || !dueMinor) return;
    if (this.#ofOthers(lines).length > 0 && !this.state.isSure) return this.setState({ isSure: true });
    void payFor(what, tipMinor);
  };

  #own = (): string[] => kept.value.sent.map(({ orderId }) => orderId);

  #lines(of: BillOf, part: Part): BillLine[] {
    return linesToPay(of, part, this.#own(), this.state.ticked, begun()?.paymentId ?? null);
  }

  /** What is paid for others, where it was not chosen line by line. */
  #ofOthers(lines: BillLine[]): BillLine[] {
    return this.#part() === 'all' ? othersOf(lines, this.#own()) : [];
  }

  #part(): Part {
    const now = bill.value;
    return this.state.part ?? (now && this.#lines(now, 'mine').length > 0 ? 'mine' : 'all');
  }

  #guests(): number {
    return this.state.guests ?? bill.value?.equalShares?.guests ?? 2;
  }

  #toPay(of: BillOf): ToPay {
    const part = this.#part();
    const { digits } = menu.value!;
    if (part !== 'even' && part !== 'some') {
      const lines = this.#lines(of, part);
      return { lines, dueMinor: dueOf(lines), tipBase: tipBaseOf(lines, orders.value), what: lines };
    }
    const isEven = part === 'even';
    const typed = isEven ? equalShare(of, this.#guests(), stepOf(digits)) : readAmount(this.state.typed, digits);
    const dueMinor = typed !== null && typed <= of.openMinor && typed % stepOf(digits) === 0 ? typed : null;
    const what = { amount_minor: dueMinor ?? 0, ...(isEven ? { guests: this.#guests() } : {}) };
    return { lines: [], dueMinor, tipBase: tipBaseOfShare(of, dueMinor ?? 0, orders.value), what };
  }

  render(_: unknown, { ticked, wrong, isSure, typed }: State) {
    const now = bill.value;
    const part = this.#part();
    const toPay = now && this.#toPay(now);
    const [lines, due, base] = [toPay?.lines ?? [], toPay?.dueMinor ?? 0, toPay?.tipBase ?? null];
    const isBusy = isGoing();
    const own = begun()?.paymentId ?? null;
    const isDone = now?.lines.every(({ state }) => state === 'paid') ?? false;
    const others = isSure ? dueOf(this.#ofOthers(lines)) : 0;
    const under = now?.reservations.filter(({ paymentId }) => paymentId !== own) ?? [];
    const isTyping = part === 'some';
    const button = (
      <>
        {due === 0 && !isTyping && now && now.openMinor > 0 ? <p class="quiet">{p.what}</p> : null}
        {others > 0 ? <p class="note" role="alert">{say(p.forOthers, { amount: price(others) })}</p> : null}
        <GoingNote />
        <button type="button" class="b" aria-disabled={isBusy || (due === 0 && !isTyping)} aria-busy={isBusy} onClick={() => !isBusy && toPay && this.#pay(toPay)}>
          <span>{others > 0 ? p.payOthers : p.pay}</span>
          <span class="num">{now ? price(withTip(base, due)) : ''}</span>
        </button>
      </>
    );
    return (
      <Sheet title={t.payHere} foot={isDone || isEnded.value ? null : button}>
        <Effect run={askForBill} />
        <Effect run={askForOrders} />
        <Effect run={reachFirstMistake} key={wrong} />
        {isEnded.value ? <p class="note" role="status">{t.endedTitle}</p> : now === null ? <p class="quiet" role="status">{t.connecting}</p> : null}
        {isDone ? <p class="note good" role="status">{now?.lines.length ? p.nothingLeft : t.nothingYet}</p> : null}
        {under.map((one) => <UnderWay reservation={one} key={one.paymentId} />)}
        {now && !isDone ? <What part={part} onPart={(next) => this.setState({ part: next, isSure: false, wrong: 0 })} /> : null}
        {now && !isDone && part === 'even' ? <Evenly of={now} guests={this.#guests()} onGuests={(guests) => this.setState({ guests })} /> : null}
        {now && !isDone && isTyping ? (
          <Field
            id="share"
            label={`${p.amount} (${menu.value!.currency})`}
            mistake={wrong > 0 && !due ? say(p.mShare, { example: (now.openMinor / 2 / 10 ** menu.value!.digits).toLocaleString(locale), amount: price(now.openMinor) }) : undefined}
            inputMode={menu.value!.digits === 0 ? 'numeric' : 'decimal'}
            autocomplete="off"
            value={typed}
            onInput={(event) => this.setState({ typed: event.currentTarget.value })}
          />
        ) : null}
        <ul class="lines">
          {now?.lines.map((line) => (
            <LineRow
              line={line}
              isOwn={this.#own().includes(line.orderId)}
              isOpen={canPay(line, own)}
              isToPay={lines.includes(line)}
              isTicked={part === 'own' ? ticked.includes(line.id) : null}
              onTick={() => this.setState({ ticked: ticked.includes(line.id) ? ticked.filter((id) => id !== line.id) : [...ticked, line.id] })}
              key={line.id}
            />
          ))}
        </ul>
        {now && !isDone ? (
          <>
            <TipQuestion baseMinor={base} isLocked={isBusy} isWrong={wrong > 0 && chosenTip(base, due) === null} />
            <dl class="sums">
              <Row name={t.tableTotal} minor={now.totalMinor} isQuiet />
              {now.paidMinor > 0 ? <Row name={p.linePaid} minor={now.paidMinor} isQuiet /> : null}
              {now.reservedMinor > 0 ? <Row name={p.beingPaid} minor={now.reservedMinor} isQuiet /> : null}
              <Row name={p.part} minor={due} />
              {tip.value.is === 'open' ? null : <Row name={p.tipOnTop} minor={withTip(base, due) - due} />}
              <Row name={t.total} minor={withTip(base, due)} isTotal />
            </dl>
            <p class="quiet">{p.payNote}</p>
          </>
        ) : null}
      </Sheet>
    );
  }
}

/** Between how many; others of the party see what was begun. */
function Evenly({ of: { equalShares }, guests, onGuests }: { of: BillOf; guests: number; onGuests(guests: number): void }) {
  return (
    <>
      <p class="row">
        <span>{p.guests}</span>
        <Stepper name={p.guests} value={guests} min={2} max={GUESTS_MAX} onChange={onGuests} />
      </p>
      {equalShares ? <p class="note" role="status">{say(p.sharesLeft, { guests: equalShares.guests, left: equalShares.left })}</p> : null}
    </>
  );
}

/** What somebody else is paying: until when, and how it is opened again where they have gone. */
function UnderWay({ reservation: { paymentId, amountMinor, until, mayEnd } }: { reservation: Reservation }) {
  const time = until === null ? '' : clock(until);
  return (
    <div class="note" role="status">
      <p>{say(until === null ? p.bankDecides : p.reservedUntil, { amount: price(amountMinor), time })}</p>
      {mayEnd ? (
        <button type="button" class="b alt" onClick={() => void leavePage(paymentId)}>
          {p.openAgain}
        </button>
      ) : null}
    </div>
  );
}

function What({ part, onPart }: { part: Part; onPart(part: Part): void }) {
  return (
    <fieldset class="grp">
      <legend>{p.what}</legend>
      {(['mine', 'all', 'own', 'even', 'some'] as const).map((one) => (
        <label class="opt" key={one}>
          <input type="radio" name="what" checked={part === one} onChange={() => onPart(one)} />
          <span>{p[one]}</span>
        </label>
      ))}
    </fieldset>
  );
}

interface LineRowProps {
  line: BillLine;
  /** This phone ordered it. */
  isOwn: boolean;
  isOpen: boolean;
  /** The press on the button pays it. */
  isToPay: boolean;
  /** Null where lines are not chosen one by one. */
  isTicked: boolean | null;
  onTick(): void;
}

function LineRow({ line, isOwn, isOpen, isToPay, isTicked, onTick }: LineRowProps) {
  const { name, quantity, choices, guest, number, dueMinor, state } = line;
  const taken = dueMinor - payable(line);
  const words = (
    <span>
      <b class="num">{num(quantity)}×</b>
      <bdi>{name}</bdi>
      {choices.length > 0 ? <small><bdi>{choices.join(' · ')}</bdi></small> : null}
      <small>{isOwn ? <b>{p.you}</b> : guest === '' ? say(t.orderNumber, { number }) : <bdi>{guest}</bdi>}</small>
      {isOpen ? null : <small class={state === 'paid' ? 'paid' : 'held'}>{state === 'paid' ? p.linePaid : p.lineReserved}</small>}
      {isOpen && taken > 0 ? <small class="held">{say(p.partPaid, { amount: price(taken) })}</small> : null}
    </span>
  );
  return (
    <li class={isOpen ? (isToPay ? 'pays' : '') : 'out'}>
      {isOpen && isTicked !== null ? (
        <label class="opt">
          <input type="checkbox" checked={isTicked} onChange={onTick} />
          {words}
        </label>
      ) : words}
      <span class="num">{price(isOpen ? payable(line) : dueMinor)}</span>
    </li>
  );
}
