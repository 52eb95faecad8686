// One dish: what it is, what it asks, what it costs as chosen. Opened from the list for a new line, from the cart to change one.
import { useRef, useState } from 'preact/hooks';
import { conflicts, containedIn } from '../../shared/allergies';
import { LINE_QUANTITY_MAX, NOTE_CHARS_MAX, put, setQuantity } from '../../shared/cart';
import { missing, presets, type Missing } from '../../shared/choices';
import type { Line } from '../../shared/kept';
import type { Item } from '../../shared/menu';
import { unitMinor } from '../../shared/price';
import { leave } from '../router';
import { forgetOutcome } from '../send';
import { kept, price, spoken } from '../state';
import { say, t } from '../words';
import { Acknowledge, allergens } from './allergy';
import { ErrorSummary } from './errors';
import { Words } from './foreign';
import { Groups } from './groups';
import { Sheet } from './sheet';
import { Stepper } from './stepper';

export function Dish({ item, line }: { item: Item; line: Line | null }) {
  const [choices, setChoices] = useState(line?.choices ?? presets(item.groups));
  const [quantity, setHowMany] = useState(line?.quantity ?? 1);
  const [note, setNote] = useState(line?.note ?? '');
  const [acknowledged, setAcknowledged] = useState(line?.acknowledged ?? []);
  const [wrong, setWrong] = useState<Missing[]>([]);
  const [isAsked, setAsked] = useState(false);
  const attempts = useRef(0);
  const isWaiting = kept.value.pending !== null; // what is being sent does not change until an answer has come
  const sentences = new Map(wrong.map(({ path, group }) => [path, say(t.pickFor, { n: group.min, group: group.name })]));
  const found = conflicts(containedIn(item, choices), kept.value.allergies);
  const isTaken = found.every((allergen) => acknowledged.includes(allergen));
  const sizes = item.groups.filter((group) => group.min === 1 && group.max === 1);

  const submit = (): void => {
    const lacking = missing(item.groups, choices);
    attempts.current += 1;
    setWrong(lacking);
    setAsked(!isTaken);
    if (lacking.length > 0 || !isTaken) return;
    const made = { itemId: item.id, quantity, choices, note: note.trim(), unitMinor: unitMinor(item, choices), acknowledged: found };
    kept.value = put(kept.value, made, line?.key ?? null);
    forgetOutcome();
    spoken.value = say(t.added, { name: item.name });
    leave();
  };
  const takeOff = (): void => {
    if (line) kept.value = setQuantity(kept.value, line.key, 0);
    forgetOutcome();
    spoken.value = say(t.removed, { name: item.name });
    leave();
  };
  const update = (next: typeof choices): void => {
    setChoices(next);
    if (wrong.length > 0) setWrong(missing(item.groups, next).filter(({ path }) => sentences.has(path)));
  };

  const problems = [
    ...wrong.map(({ path }) => ({ target: path, text: sentences.get(path) ?? '' })),
    ...(isAsked && !isTaken ? [{ target: 'acknowledge', text: say(t.confirmFirst, { name: item.name, list: allergens(found) }) }] : []),
  ];
  return (
    <Sheet
      title={item.name}
      titleLang={item.nameLang}
      hero={item.image ? <img class="hero" src={item.image} alt="" /> : undefined}
      foot={
        <>
          {isWaiting ? <p class="note">{t.noAnswer}</p> : null}
          <button type="button" class="b" aria-disabled={isWaiting || !item.available} onClick={() => !isWaiting && item.available && submit()}>
            <span>{item.available ? (line ? t.save : t.add) : t.soldOut}</span>
            <span class="num">{price(unitMinor(item, choices) * quantity)}</span>
          </button>
        </>
      }
    >
      {item.description === '' ? null : (
        <p class="quiet">
          <Words text={item.description} lang={item.descriptionLang} />
        </p>
      )}
      {item.allergens.length > 0 ? <p class="quiet">{say(t.contains, { list: allergens(item.allergens) })}</p> : null}
      <ErrorSummary key={attempts.current} problems={problems} />
      {found.length > 0 ? (
        <Acknowledge id="acknowledge" found={found} isTaken={isTaken} onTake={(yes) => setAcknowledged(yes ? found : [])} />
      ) : null}
      <Groups
        groups={item.groups}
        choices={choices}
        path="g"
        wrong={sentences}
        baseMinor={sizes.length === 1 && sizes[0]?.options.some((option) => option.priceMinor !== 0) ? item.priceMinor : null}
        onChange={update}
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
          onInput={(event) => setNote(event.currentTarget.value)}
        />
      </div>
      <div class="row field-row">
        <b>{t.howMany}</b>
        <Stepper name={item.name} value={quantity} min={1} max={LINE_QUANTITY_MAX} onChange={setHowMany} />
      </div>
      {line && !isWaiting ? (
        <button type="button" class="link" onClick={takeOff}>
          {t.remove}
        </button>
      ) : null}
    </Sheet>
  );
}
