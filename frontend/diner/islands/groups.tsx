// The questions a dish asks: radio buttons where one answer is taken, check boxes where several are, a stepper where one option may be
// taken several times; an option's own questions appear under it once it is chosen.
import { conflicts, possiblyIn } from '../../shared/allergies';
import { countIn, innerOf, isSingle, quantityOf, withInner, withQuantity, type Choice } from '../../shared/choices';
import type { Group, Option } from '../../shared/menu';
import { kept, price } from '../state';
import { say, t } from '../words';
import { allergens } from './allergy';
import { Words } from './foreign';
import { Stepper } from './stepper';

interface Props {
  groups: Group[];
  choices: Choice[];
  path: string;
  /** Groups that were found unanswered, with their sentence. */
  wrong: ReadonlyMap<string, string>;
  /** The dish's own price where its one size question shows whole prices. */
  baseMinor: number | null;
  onChange(choices: Choice[]): void;
}

export function Groups(props: Props) {
  return (
    <>
      {props.groups.map((group) => (
        <GroupField {...props} group={group} key={group.id} />
      ))}
    </>
  );
}

function GroupField(props: Props & { group: Group }) {
  const { group, choices, path, wrong } = props;
  const id = `${path}-${group.id}`;
  const error = wrong.get(id);
  const count = countIn(choices, group);
  const isWanting = count < group.min;
  const counted = count > 0 && !isSingle(group) ? say(t.chosenOf, { n: count, max: group.max }) : '';
  const asked = isWanting || counted === '' ? askedFor(group) : '';
  return (
    <fieldset class="grp" id={id} aria-describedby={error ? `${id}-wrong` : undefined}>
      <legend>
        <Words text={group.name} lang={group.nameLang} /> <small class={isWanting ? 'need' : ''}>{[asked, counted].filter(Boolean).join(' · ')}</small>
      </legend>
      {error ? (
        <p class="wrong" id={`${id}-wrong`}>
          {error}
        </p>
      ) : null}
      {group.options.map((option) => (
        <Answer {...props} option={option} isFull={count >= group.max} key={option.id} />
      ))}
    </fieldset>
  );
}

function askedFor({ min, max }: Group): string {
  if (min === 0) return max === 1 ? t.optional : say(t.upTo, { n: max });
  return min === max ? say(t.choose, { n: min }) : say(t.chooseRange, { min, max });
}

function Answer(props: Props & { group: Group; option: Option; isFull: boolean }) {
  const { group, option, choices, path, onChange } = props;
  const id = `${path}-${group.id}-${option.id}`;
  const quantity = quantityOf(choices, group, option);
  const set = (next: number): void => onChange(withQuantity(choices, group, option, next));
  const several = !isSingle(group) && option.quantityMax > 1;
  const isRadio = isSingle(group) && group.min > 0;
  const isBlocked = !option.available || (quantity === 0 && props.isFull && !isSingle(group));
  const found = conflicts(possiblyIn(option), kept.value.allergies);
  const label = (
    <span>
      <Words text={option.name} lang={option.nameLang} />
      {option.available ? '' : ` · ${t.soldOut}`}
      {found.length > 0 ? <small class="hurts">{say(t.containsYours, { list: allergens(found) })}</small> : null}
    </span>
  );
  return (
    <>
      {several ? (
        <div class={option.available ? 'opt' : 'opt off'}>
          {label}
          <Cost {...props} />
          <Stepper name={option.name} value={quantity} min={0} max={props.isFull ? quantity : option.quantityMax} onChange={set} />
        </div>
      ) : (
        <label class={isBlocked ? 'opt off' : 'opt'}>
          <input
            type={isRadio ? 'radio' : 'checkbox'}
            name={`${path}-${group.id}`}
            checked={quantity > 0}
            disabled={isBlocked}
            onChange={(event) => set(event.currentTarget.checked ? 1 : 0)}
          />
          {label}
          <Cost {...props} />
        </label>
      )}
      {quantity > 0 && option.groups.length > 0 ? (
        <Groups
          {...props}
          groups={option.groups}
          choices={innerOf(choices, group, option)}
          path={id}
          baseMinor={null}
          onChange={(inner) => onChange(withInner(choices, group, option, inner))}
        />
      ) : null}
    </>
  );
}

/** A size shows what the dish costs in it; every other option what it adds. */
function Cost({ group, option, baseMinor }: Props & { group: Group; option: Option }) {
  const isSize = baseMinor !== null && isSingle(group) && group.min === 1;
  const added = option.priceMinor;
  const shown = isSize ? price(baseMinor + added) : added === 0 ? '' : `${added > 0 ? '+' : '−'}\u00a0${price(Math.abs(added))}`;
  return <span class="c num">{shown}</span>;
}
