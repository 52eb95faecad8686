// Minus, a number, plus. The buttons name what they change.
import { num, say, t } from '../words';

export function Stepper(props: { name: string; value: number; min: number; max: number; onChange(value: number): void }) {
  const { name, value, min, max, onChange } = props;
  return (
    <span class="step">
      <button type="button" aria-label={say(t.lessOf, { name })} disabled={value <= min} onClick={() => onChange(value - 1)}>
        −
      </button>
      <output class="num">{num(value)}</output>
      <button type="button" aria-label={say(t.moreOf, { name })} disabled={value >= max} onClick={() => onChange(value + 1)}>
        +
      </button>
    </span>
  );
}
