// Paying for an order that stands: the tip, what it comes to, the button.
import type { Order } from '../../shared/order';
import { tipBase } from '../../shared/paying/tip';
import { Component } from 'preact';
import { Effect } from '../islands/effect';
import { Row } from '../islands/sums';
import { price } from '../state';
import { t } from '../words';
import { reachFirstMistake } from './field';
import { GoingNote } from './going-note';
import { isGoing } from './going';
import { goOn, payFor } from './intent';
import { chosenTip, TipQuestion, tip, withTip } from './tip';
import { p } from './words';

export class PayAgain extends Component<{ order: Order }, { wrong: number }> {
  override state = { wrong: 0 };

  #pay = (): void => {
    const { order } = this.props;
    const tipMinor = chosenTip(tipBase(order), order.totalMinor);
    this.setState({ wrong: tipMinor === null ? this.state.wrong + 1 : 0 });
    if (tipMinor !== null) void payFor(order.id, tipMinor);
  };

  render({ order }: { order: Order }, { wrong }: { wrong: number }) {
    const base = tipBase(order);
    const amount = withTip(base, order.totalMinor);
    const isBusy = isGoing();
    return (
      <>
        <Effect run={() => goOn(order.id)} />
        <Effect run={reachFirstMistake} key={wrong} />
        <TipQuestion baseMinor={base} isLocked={isBusy} isWrong={wrong > 0 && chosenTip(base, order.totalMinor) === null} />
        <dl class="sums">
          <Row name={t.yourOrder} minor={order.totalMinor} />
          {tip.value.is === 'open' ? null : <Row name={p.tipOnTop} minor={amount - order.totalMinor} />}
          <Row name={t.total} minor={amount} isTotal />
        </dl>
        <p class="quiet">{p.payNote}</p>
        <GoingNote />
        <div class="stack">
          <button type="button" class="b" aria-disabled={isBusy} aria-busy={isBusy} onClick={this.#pay}>
            <span>{p.pay}</span>
            <span class="num">{price(amount)}</span>
          </button>
        </div>
      </>
    );
  }
}
