// A field with its label above, and below it what is wrong with it; the mistake belongs to the field, so whoever comes to it hears it.
import type { ComponentProps } from 'preact';

type Props = ComponentProps<'input'> & {
  id: string;
  label: string;
  hint?: string;
  /** What is wrong with it, in words. */
  mistake: string | undefined;
};

export function Field({ id, label, hint, mistake, ...input }: Props) {
  const about = [hint === undefined ? '' : `${id}-hint`, mistake === undefined ? '' : `${id}-wrong`].filter((part) => part !== '').join(' ');
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint === undefined ? null : <small id={`${id}-hint`}>{hint}</small>}
      {mistake === undefined ? null : <p class="wrong" id={`${id}-wrong`}>{mistake}</p>}
      <input id={id} aria-invalid={mistake !== undefined} aria-describedby={about === '' ? undefined : about} {...input} />
    </div>
  );
}

/** Focus on the first field that is wrong. */
export function reachFirstMistake(): void {
  const field = document.querySelector<HTMLElement>('dialog [aria-invalid=true], main [aria-invalid=true]');
  (field ?? document.querySelector('.wrong'))?.scrollIntoView({ block: 'center' });
  field?.focus({ preventScroll: true });
}
