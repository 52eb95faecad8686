// What became of the last press on "pay": said where the button is.
import { going } from './going';
import { p } from './words';

export function GoingNote() {
  const now = going.value;
  if (now.is === 'refused') return <p class="note" role="alert">{now.words}</p>;
  const words = { idle: '', asking: p.toProvider, waiting: p.waiting }[now.is];
  return <p class={words === '' ? '' : 'quiet'} role="status">{words}</p>;
}
