// One dish: what it is, what it asks, what it costs as chosen. Opened from the list for a new line, from the cart to change one.
import { Component } from 'preact';
import { conflicts, containedIn } from '../../shared/allergies';
import { LINE_QUANTITY_MAX, NOTE_CHARS_MAX, put, setQuantity } from '../../shared/cart';
import { missing, presets, type Choice, type Missing } from '../../shared/choices';
import type { Kept, Line } from '../../shared/kept';
import type { Item } from '../../shared/menu';
import { unitMinor } from '../../shared/price';
import { refreshMenu } from '../list';
import { locale } from '../page';
import { leave } from '../router';
import { forgetOutcome } from '../send';
import { kept, price, spoken } from '../state';
import { num, say, t } from '../words';
import { Acknowledge, allergens } from './allergy';
import { Effect } from './effect';
import { ErrorSummary } from './errors';
import { Words } from './foreign';
import { Groups } from './groups';
import { Sheet } from './sheet';
import { Stepper } from './stepper';

interface Props {
  item: Item;
  /** The line to change; null for a new one. */
  line: Line | null;
}

interface State {
  choices: Choice[];
  quantity: number;
  note: string;
  acknowledged: string[];
  /** Groups that were found unanswered. */
  wrong: Missing[];
  /** Whether the guest was asked for the tick. */
  isAsked: boolean;
  attempts: number;
}

export class Dish extends Component<Props, State> {
  override state: State = {
    choices: presets(this.props.item.groups), quantity: 1, note: '', acknowledged: [], ...this.props.line, wrong: [], isAsked: false, attempts: 0,
  };

  #submit(found: string[]): void {
    const { item, line } = this.props;
    const { choices, quantity, note, acknowledged } = this.state;
    const wrong = missing(item.groups, choices);
    const isAsked = !found.every((allergen) => acknowledged.includes(allergen));
    this.setState({ wrong, isAsked, attempts: this.state.attempts + 1 });
    if (wrong.length > 0 || isAsked) return;
    const made = { itemId: item.id, quantity, choices, note: note.trim(), unitMinor: unitMinor(item, choices), acknowledged: found };
    this.#leaveWith(put(kept.value, made, line?.key ?? null), t.added);
  }

  #takeOff = (): void => {
    const { line } = this.props;
    this.#leaveWith(line ? setQuantity(kept.value, line.key, 0) : kept.value, t.removed);
  };

  #leaveWith(cart: Kept, words: string): void {
    kept.value = cart;
    forgetOutcome();
    spoken.value = say(words, { name: this.props.item.name });
    leave();
  }

  #update = (choices: Choice[]): void => {
    const were = this.state.wrong.map(({ path }) => path);
    this.setState({ choices, wrong: missing(this.props.item.groups, choices).filter(({ path }) => were.includes(path)) });
  };

  render({ item, line }: Props, { choices, quantity, note, acknowledged, wrong, isAsked, attempts }: State) {
    const isWaiting = kept.value.pending !== null; // what is being sent does not change until an answer has come
    const sentences = new Map(wrong.map(({ path, group }) => [path, say(t.pickFor, { n: group.min, group: group.name })]));
    const contained = containedIn(item, choices);
    const found = conflicts(contained, kept.value.allergies);
    const isTaken = found.every((allergen) => acknowledged.includes(allergen));
    const sizes = item.groups.filter((group) => group.min === 1 && group.max === 1);
    const problems = [
      ...wrong.map(({ path }) => ({ target: path, text: sentences.get(path) ?? '' })),
      ...(isAsked && !isTaken ? [{ target: 'acknowledge', text: say(t.confirmFirst, { name: item.name, list: allergens(found) }) }] : []),
    ];
    return (
      <Sheet
        title={item.name}
        titleLang={item.nameLang}
        hero={item.image ? <Hero src={item.image} isOut={!item.available} /> : undefined}
        foot={
          <>
            {isWaiting ? <p class="note">{t.noAnswer}</p> : null}
            <button type="button" class="b" aria-disabled={isWaiting || !item.available} onClick={() => !isWaiting && item.available && this.#submit(found)}>
              <span>{item.available ? (line ? t.save : t.add) : t.soldOut}</span>
              <span class="num">{price(unitMinor(item, choices) * quantity)}</span>
            </button>
          </>
        }
      >
        <Effect run={() => void refreshMenu()} />
        {item.available ? null : <p class="badge" role="status">{t.soldOut}</p>}
        {item.description === '' ? null : (
          <p class="quiet">
            <Words text={item.description} lang={item.descriptionLang} />
          </p>
        )}
        {contained.length > 0 ? <p class="quiet">{say(t.contains, { list: allergens([...new Set(contained)]) })}</p> : null}
        <Nutrition of={item} />
        <ErrorSummary key={attempts} problems={problems} />
        {found.length > 0 ? (
          <Acknowledge id="acknowledge" found={found} isTaken={isTaken} onTake={(yes) => this.setState({ acknowledged: yes ? found : [] })} />
        ) : null}
        <Groups
          groups={item.groups}
          choices={choices}
          path="g"
          wrong={sentences}
          baseMinor={sizes.length === 1 && sizes[0]?.options.some((option) => option.priceMinor !== 0) ? item.priceMinor : null}
          onChange={this.#update}
        />
        <div class="field">
          <label for="note">{t.noteForCook}</label>
          <small id="note-hint">{t.noteHint}</small>
          <textarea
            id="note"
            rows={2}
            maxLength={NOTE_CHARS_MAX}
            aria-describedby="note-hint"
            value={note}
            onInput={(event) => this.setState({ note: event.currentTarget.value })}
          />
        </div>
        <div class="row field-row">
          <b>{t.howMany}</b>
          <Stepper name={item.name} value={quantity} min={1} max={LINE_QUANTITY_MAX} onChange={(n) => this.setState({ quantity: n })} />
        </div>
        {line && !isWaiting ? (
          <button type="button" class="link" onClick={this.#takeOff}>
            {t.remove}
          </button>
        ) : null}
      </Sheet>
    );
  }
}

/** What a serving holds. The page has the words where a dish of the menu declares any. */
function Nutrition({ of }: { of: Item }) {
  const words = document.getElementById('nutrients')?.dataset ?? {};
  const grams = new Intl.NumberFormat(locale, { style: 'unit', unit: 'gram', maximumFractionDigits: 1 });
  const amount = (nutrient: string, n: number): string => (nutrient === 'energy_kcal' ? `${num(n)} kcal` : grams.format(n / 1000));
  const said = Object.entries(words).flatMap(([nutrient, word]) => (nutrient in of.nutrition ? [`${word} ${amount(nutrient, Number(of.nutrition[nutrient]))}`.replaceAll(' ', '\u00a0')] : []));
  return said.length > 0 ? <p class="quiet num">{words['serving']} {said.join(' · ')}</p> : null;
}

/** The dish's picture, and at a tap the whole of it. A photograph stands beside itself as AVIF; a drawing is one file. */
class Hero extends Component<{ src: string; isOut: boolean }, { isWhole: boolean }> {
  override state = { isWhole: false };

  render({ src, isOut }: { src: string; isOut: boolean }, { isWhole }: { isWhole: boolean }) {
    return (
      <button type="button" class={isOut ? 'zoom out' : 'zoom'} aria-label={isOut ? `${t.soldOut}. ${t.wholePicture}` : t.wholePicture} aria-pressed={isWhole} onClick={() => this.setState({ isWhole: !isWhole })}>
        <picture>
          {src.endsWith('.jpg') ? <source srcset={src.slice(0, -3) + 'avif'} type="image/avif" /> : null}
          <img class={isWhole ? 'hero whole' : 'hero'} src={src} alt="" />
        </picture>
        {isOut ? <span class="badge">{t.soldOut}</span> : null}
      </button>
    );
  }
}
