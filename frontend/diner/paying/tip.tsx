// The question for a tip: nothing chosen beforehand, and "no tip" is an answer like the others.
import { formatRate } from '../../shared/money';
import { PERCENTS, percentOf, tipMinor, type Tip } from '../../shared/paying/tip';
import { locale } from '../page';
import { menu, price } from '../state';
import { signal } from '../store';
import { say } from '../words';
import { Field } from './field';
import { p } from './words';

export const tip = signal<Tip>({ is: 'open' });

/** What was chosen; null where it is no amount. `baseMinor` is null while the price before tax is not known. */
export function chosenTip(baseMinor: number | null, dueMinor: number): number | null {
  return tipMinor(tip.value, baseMinor ?? 0, dueMinor, menu.value!.digits);
}

/** What the button adds up: a tip that is no amount counts nothing yet. */
export function withTip(baseMinor: number | null, dueMinor: number): number {
  return dueMinor + (chosenTip(baseMinor, dueMinor) ?? 0);
}

export function tipMistake(): string {
  const example = menu.value!.digits === 0 ? 300 : 3.5;
  return say(p.mTip, { example: example.toLocaleString(locale) });
}

export function TipQuestion(props: { baseMinor: number | null; isLocked?: boolean; isWrong: boolean }) {
  const { baseMinor, isLocked = false, isWrong } = props;
  const now = tip.value;
  const radio = (label: string, next: Tip, isChosen: boolean, cost = '') => (
    <label class="opt" key={label}>
      <input type="radio" name="tip" checked={isChosen} disabled={isLocked} onChange={() => (tip.value = next)} />
      <span>{label}</span>
      <span class="c num">{cost}</span>
    </label>
  );
  const isPercent = (percent: number): boolean => now.is === 'percent' && now.percent === percent;
  return (
    <fieldset class="grp">
      <legend>{p.tip}</legend>
      <p class="quiet wide">{p.tipHint}</p>
      {radio(p.noTip, { is: 'percent', percent: 0 }, isPercent(0))}
      {baseMinor === null
        ? null
        : PERCENTS.map((percent) =>
            radio(formatRate(percent * 10_000, locale), { is: 'percent', percent }, isPercent(percent), price(percentOf(baseMinor, percent, menu.value!.digits))),
          )}
      {radio(p.ownTip, { is: 'own', text: now.is === 'own' ? now.text : '' }, now.is === 'own')}
      {now.is === 'own' ? (
        <Field
          id="tip-amount"
          label={`${p.amount} (${menu.value!.currency})`}
          mistake={isWrong ? tipMistake() : undefined}
          inputMode={menu.value!.digits === 0 ? 'numeric' : 'decimal'}
          autocomplete="off"
          readOnly={isLocked}
          value={now.text}
          onInput={(event) => (tip.value = { is: 'own', text: event.currentTarget.value })}
        />
      ) : null}
    </fieldset>
  );
}
