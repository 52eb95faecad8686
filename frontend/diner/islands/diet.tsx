// Diet and allergies: what to show, and what the guest states once. An allergy counts from its tick on; the list is narrowed on leaving.
import { Component } from 'preact';
import { ALLERGENS } from '../../shared/allergies';
import { DIETS, fits, hits } from '../../shared/filter';
import type { Menu } from '../../shared/menu';
import { filter, leaveTo } from '../router';
import { kept } from '../state';
import { count, named, t } from '../words';
import { Sheet } from './sheet';

type Props = { menu: Menu };
const toggled = (all: string[], one: string): string[] => (all.includes(one) ? all.filter((other) => other !== one) : [...all, one]);

export class Diet extends Component<Props, { diets: string[] }> {
  override state = { diets: filter.value.diets };

  render({ menu }: Props, { diets }: { diets: string[] }) {
    const { allergies, hidesThem } = kept.value;
    const wanted = { ...filter.value, diets };
    const offered = DIETS.filter((diet) => diets.includes(diet) || [...menu.items.values()].some((item) => fits(item, diet)));
    const shown = hits(menu, wanted, hidesThem ? allergies : [], named).ids.size;
    const done = (): void => leaveTo(wanted);
    return (
      <Sheet
        title={t.dietTitle}
        onLeave={done}
        foot={<button type="button" class="b" onClick={done}><span>{count(t.showDishes, shown)}</span></button>}
      >
        {offered.length > 0 ? <Ticks title={t.onlyDiets} ids={offered} chosen={diets} onTick={(diet) => this.setState({ diets: toggled(diets, diet) })} /> : null}
        <Ticks
          title={t.myAllergies}
          hint={t.allergiesHint}
          ids={ALLERGENS}
          chosen={allergies}
          onTick={(allergen) => (kept.value = { ...kept.value, allergies: toggled(allergies, allergen) })}
        />
        <label class="opt grp">
          <input type="checkbox" checked={hidesThem} onChange={() => (kept.value = { ...kept.value, hidesThem: !hidesThem })} />
          <span>{t.hideThem}</span>
        </label>
      </Sheet>
    );
  }
}

function Ticks(props: { title: string; hint?: string; ids: readonly string[]; chosen: string[]; onTick(id: string): void }) {
  return (
    <fieldset class="grp">
      <legend>{props.title}</legend>
      {props.hint ? <p class="quiet wide">{props.hint}</p> : null}
      <div class="cols">
        {props.ids.map((id) => (
          <label class="opt" key={id}>
            <input type="checkbox" checked={props.chosen.includes(id)} onChange={() => props.onTick(id)} />
            <span>{named(id)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
