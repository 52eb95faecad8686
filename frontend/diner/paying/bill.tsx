// The bill of a table: what the whole party ordered, who has paid or is paying what, and one guest's part of it.
import { Component } from 'preact';
import type { Menu } from '../../shared/menu';
import { canPay, dueOf, linesToPay, othersOf, tipBaseOf, type Bill as BillOf, type BillLine, type Part, type Reservation } from '../../shared/paying/bill';
import { Effect } from '../islands/effect';
import { Sheet } from '../islands/sheet';
import { Row } from '../islands/sums';
import { askForOrders } from '../islands/table';
import { locale } from '../page';
import { kept, orders, price } from '../state';
import { num, say, t } from '../words';
import { askForBill, begun, bill, isEnded, leavePage, payLines } from './at-table';
import { reachFirstMistake } from './field';
import { GoingNote } from './going-note';
import { isGoing } from './going';
import { chosenTip, TipQuestion, tip, withTip } from './tip';
import { p } from './words';

interface State {
  /** Null while the guest has not said: then their own, where there is any. */
  part: Part | null;
  ticked: string[];
  wrong: number;
  /** The guest has been asked about what others ordered: the next press pays it. */
  isSure: boolean;
}

export class Bill extends Component<{ menu: Menu }, State> {
  override state: State = { part: null, ticked: [], wrong: 0, isSure: false };

  #pay = (lines: BillLine[]): void => {
    const tipMinor = chosenTip(tipBaseOf(lines, orders.value), dueOf(lines));
    this.setState({ wrong: tipMinor === null ? this.state.wrong + 1 : 0 });
    if (tipMinor === null || lines.length === 0) return;
    if (this.#ofOthers(lines).length > 0 && !this.state.isSure) return this.setState({ isSure: true });
    void payLines(lines, tipMinor);
  };

  #own = (): string[] => kept.value.sent.map(({ orderId }) => orderId);

  #toPay(of: BillOf, part: Part): BillLine[] {
    return linesToPay(of, part, this.#own(), this.state.ticked, begun()?.paymentId ?? null);
  }

  /** What is paid for others, where it was not chosen line by line. */
  #ofOthers(lines: BillLine[]): BillLine[] {
    return this.#part() === 'all' ? othersOf(lines, this.#own()) : [];
  }

  #part(): Part {
    const now = bill.value;
    return this.state.part ?? (now && this.#toPay(now, 'mine').length > 0 ? 'mine' : 'all');
  }

  render(_: unknown, { ticked, wrong, isSure }: State) {
    const now = bill.value;
    const part = this.#part();
    const lines = now ? this.#toPay(now, part) : [];
    const due = dueOf(lines);
    const base = tipBaseOf(lines, orders.value);
    const isBusy = isGoing();
    const own = begun()?.paymentId ?? null;
    const isDone = now?.lines.every(({ state }) => state === 'paid') ?? false;
    const others = isSure ? dueOf(this.#ofOthers(lines)) : 0;
    const under = now?.reservations.filter(({ paymentId }) => paymentId !== own) ?? [];
    const button = (
      <>
        {lines.length === 0 && now && now.openMinor > 0 ? <p class="quiet">{p.pick}</p> : null}
        {others > 0 ? <p class="note" role="alert">{say(p.forOthers, { amount: price(others) })}</p> : null}
        <GoingNote />
        <button type="button" class="b" aria-disabled={isBusy || lines.length === 0} aria-busy={isBusy} onClick={() => !isBusy && this.#pay(lines)}>
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
        {now && !isDone ? <What part={part} onPart={(next) => this.setState({ part: next, isSure: false })} /> : null}
        <ul class="lines">
          {now?.lines.map((line) => (
            <LineRow
              line={line}
              isOpen={canPay(line, own)}
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
          </>
        ) : null}
      </Sheet>
    );
  }
}

/** What somebody else is paying: until when, and how it is opened again where they have gone. */
function UnderWay({ reservation: { paymentId, amountMinor, until, mayEnd } }: { reservation: Reservation }) {
  const time = until === null ? '' : new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).format(new Date(until));
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
      {(['mine', 'all', 'own'] as const).map((one) => (
        <label class="opt" key={one}>
          <input type="radio" name="what" checked={part === one} onChange={() => onPart(one)} />
          <span>{p[one]}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** `isTicked` is null where lines are not chosen one by one. */
function LineRow({ line, isOpen, isTicked, onTick }: { line: BillLine; isOpen: boolean; isTicked: boolean | null; onTick(): void }) {
  const { name, quantity, choices, guest, dueMinor } = line;
  const words = (
    <span>
      <b class="num">{num(quantity)}×</b>
      <bdi>{name}</bdi>
      {choices.length > 0 ? <small><bdi>{choices.join(' · ')}</bdi></small> : null}
      {guest === '' ? null : <small dir="auto">{guest}</small>}
      {isOpen ? null : <small class="changed">{line.state === 'paid' ? p.linePaid : p.lineReserved}</small>}
    </span>
  );
  return (
    <li class={isOpen ? '' : 'out'}>
      {isOpen && isTicked !== null ? (
        <label class="opt">
          <input type="checkbox" checked={isTicked} onChange={onTick} />
          {words}
        </label>
      ) : words}
      <span class="num">{price(dueMinor)}</span>
    </li>
  );
}
