// What is wrong, above the form, each entry leading to its field; focus moves here. After the GOV.UK Design System's "error summary".
import { takeFocus } from './effect';
import { t } from '../words';

export interface Problem {
  /** The id of the field, or null where no field can mend it. */
  target: string | null;
  text: string;
}

export function ErrorSummary({ problems }: { problems: Problem[] }) {
  if (problems.length === 0) return null;
  return (
    <div class="errors" tabIndex={-1} ref={takeFocus}>
      <div role="alert">
        <h3>{t.problem}</h3>
        <ul>
          {problems.map(({ target, text }) => (
            <li key={target}>{target === null ? text : <a href={`#${target}`} onClick={(event) => reach(event, target)}>{text}</a>}</li>
          ))}
        </ul>
      </div>
    </div>
  );
}

/** Focus on the field, without touching the address: the address belongs to the views. */
function reach(event: Event, target: string): void {
  event.preventDefault();
  const place = document.getElementById(target);
  const field = place?.matches('input, button, textarea') ? place : place?.querySelector<HTMLElement>('input:not(:disabled), button:not(:disabled)');
  place?.scrollIntoView({ block: 'center' });
  (field ?? place)?.focus({ preventScroll: true });
}
