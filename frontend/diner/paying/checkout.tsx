// Takeout before it is sent: when, who, a tip, what it comes to. The press sends the order as the cart does, and then goes to pay.
import { Component } from 'preact';
import { GUEST_CHARS_MAX, obstacles } from '../../shared/cart';
import { leastOf, totalOf } from '../../shared/kept';
import type { Menu } from '../../shared/menu';
import { customerBody, mistakesOf, refusedField, type Mistake, type Mistakes } from '../../shared/paying/customer';
import { tipBase } from '../../shared/paying/tip';
import { leave } from '../router';
import { forgetOutcome, refusedLine, send, shownTotalMinor } from '../send';
import { kept, price, sending } from '../state';
import { t } from '../words';
import { Effect } from '../islands/effect';
import { Outcome } from '../islands/outcome';
import { Sheet } from '../islands/sheet';
import { Row } from '../islands/sums';
import { customer, keepCustomer } from './customer';
import { Field, reachFirstMistake } from './field';
import { chosen, refreshPickup, wishToSend } from './pickup';
import { goOnTo } from './intent';
import { chosenTip, TipQuestion, tip, tipMistake, withTip } from './tip';
import { When } from './when';
import { p } from './words';

interface State {
  /** The fields that were wrong at the last press; what is mended meanwhile is said no more. */
  asked: string[];
  /** How often the button was pressed: each press leads to the first mistake. */
  presses: number;
}

export class Checkout extends Component<{ menu: Menu }, State> {
  override state: State = { asked: [], presses: 0 };

  /** What is wrong as it stands. */
  #mistakes(dueMinor: number): Mistakes {
    const wish = wishToSend();
    const tipMinor = chosenTip(tipBase(totalOf(this.props.menu, kept.value)), dueMinor);
    return {
      ...(typeof wish === 'string' ? { pickup: wish === 'taken' ? 'taken' : 'pickup' } : {}),
      ...mistakesOf(customer.value),
      ...(tipMinor === null ? { tip: 'tip' } : {}),
    };
  }

  #submit = (event: Event): void => {
    event.preventDefault();
    const { menu } = this.props;
    if (kept.value.pending) return;
    if (leastOf(menu, shownTotalMinor()) !== null) return leave(); // the cart says so
    if (obstacles(menu, kept.value).length > 0) {
      send(); // it says what is in the way, in the cart
      return leave();
    }
    const wish = wishToSend();
    const dueMinor = shownTotalMinor();
    const tipMinor = chosenTip(tipBase(totalOf(menu, kept.value)), dueMinor);
    const mistakes = this.#mistakes(dueMinor);
    this.setState({ asked: Object.keys(mistakes), presses: this.state.presses + 1 });
    if (typeof wish === 'string' || tipMinor === null || Object.keys(mistakes).length > 0) return;
    send({ customer: customerBody(customer.value), pickup: wish });
    keepCustomer(kept.value.orderId ?? '');
    goOnTo(kept.value.orderId, tipMinor);
  };

  render({ menu }: { menu: Menu }, { asked, presses }: State) {
    if (kept.value.lines.length === 0) return <Sheet title={t.toCheckout} foot={null}><p class="quiet">{t.nothingYet}</p></Sheet>;
    const isLocked = kept.value.pending !== null;
    const totals = totalOf(menu, kept.value);
    const base = tipBase(totals);
    const due = shownTotalMinor();
    const refused = refusal();
    const away = turnedAway();
    const wrong: Mistakes = { ...Object.fromEntries(Object.entries(this.#mistakes(due)).filter(([field]) => asked.includes(field))), ...refused };
    return (
      <Sheet title={t.toCheckout} foot={<PayButton amountMinor={withTip(base, due)} />}>
        <Effect run={reachFirstMistake} key={`${presses} ${JSON.stringify(refused)}`} />
        {refusedLine(null) ? <Effect run={leave} /> : null}
        {refused?.pickup ? <Effect run={lookAgain} /> : null}
        {away ? <p class="note" role="alert">{away}</p> : refused === null ? <Outcome /> : null}
        <form id="checkout" noValidate onSubmit={this.#submit}>
          <When mistake={wordsOf(wrong.pickup)} isLocked={isLocked} />
          <Who wrong={wrong} isLocked={isLocked} />
          <TipQuestion baseMinor={base} isLocked={isLocked} isWrong={wrong.tip !== undefined} />
        </form>
        <dl class="sums">
          <Row name={t.yourOrder} minor={due} />
          {tip.value.is === 'open' ? null : <Row name={p.tipOnTop} minor={withTip(base, due) - due} />}
          <Row name={t.total} minor={withTip(base, due)} isTotal />
        </dl>
        {hasAlcohol(menu) ? <p class="note">{p.bringId}</p> : null}
        <p class="quiet">{p.payNote} {p.kitchenWaits}</p>
      </Sheet>
    );
  }
}

/** A dish of the cart bears the taxes of alcohol. */
function hasAlcohol(menu: Menu): boolean {
  return kept.value.lines.some(({ itemId }) => menu.items.get(itemId)?.taxCategory === 'alcohol');
}

function Who({ wrong, isLocked }: { wrong: Mistakes; isLocked: boolean }) {
  const field = (name: 'name' | 'email' | 'phone') => ({
    id: `customer-${name}`,
    name,
    label: p[name],
    mistake: wordsOf(wrong[name]),
    readOnly: isLocked,
    value: customer.value[name],
    onInput: ({ currentTarget }: { currentTarget: HTMLInputElement }) => {
      customer.value = { ...customer.value, [name]: currentTarget.value };
      forgetOutcome();
    },
  });
  return (
    <fieldset class="grp">
      <legend>{p.who}</legend>
      <div class="wide">
        <Field {...field('name')} autocomplete="name" maxLength={GUEST_CHARS_MAX} required />
        <Field {...field('email')} type="email" inputMode="email" autocomplete="email" hint={p.emailHint} dir="ltr" maxLength={254} />
        <Field {...field('phone')} type="tel" inputMode="tel" autocomplete="tel" hint={p.phoneHint} dir="ltr" maxLength={40} />
        <p class="quiet">{p.either}</p>
      </div>
    </fieldset>
  );
}

function PayButton({ amountMinor }: { amountMinor: number }) {
  const is = sending.value.is;
  const isBusy = kept.value.pending !== null;
  return (
    <button type="submit" form="checkout" class="b" aria-disabled={isBusy} aria-busy={is === 'sending'}>
      <span>{isBusy ? t.sending : p.pay}</span>
      <span class="num">{price(amountMinor)}</span>
    </button>
  );
}

/** The field that the server refused. */
function refusal(): Mistakes | null {
  const now = sending.value;
  if (now.is !== 'refused') return null;
  return refusedField(now.field, now.code);
}

/** Why nothing can be ordered at all: no takeout any more, so no session for it; a kitchen out of reach; too much that is not paid. */
function turnedAway(): string | undefined {
  const now = sending.value;
  if (now.is !== 'refused') return undefined;
  return { unknown_table: p.unavailable, kitchen_unreachable: p.kitchenOff, too_many_unpaid: now.message }[now.code];
}

/** A time that was refused is not offered twice. */
function lookAgain(): void {
  chosen.value = 'later';
  void refreshPickup().then(reachFirstMistake);
}

function wordsOf(mistake: Mistake | undefined): string | undefined {
  if (mistake === undefined) return undefined;
  return { name: p.mName, reach: p.mReach, email: p.mEmail, phone: p.mPhone, pickup: p.mPickup, taken: p.mTaken, tip: tipMistake() }[mistake];
}
