// What became of the last try to send: in words, with the way on.
import { kept, price, sending } from '../state';
import { sendNow, startAgain } from '../send';
import { say, t } from '../words';
import { ErrorSummary } from './errors';

export function Outcome() {
  const now = sending.value;
  switch (now.is) {
    case 'waiting':
      return (
        <div class="note" role="status">
          <p>{t.noAnswer}</p>
          <button type="button" class="b alt" onClick={sendNow}>
            {t.tryNow}
          </button>
        </div>
      );
    case 'changed':
      return (
        <div class="note" role="alert">
          <h3>{t.changedTitle}</h3>
          <p>{say(t.changedText, { before: price(now.beforeMinor), after: price(now.afterMinor) })}</p>
        </div>
      );
    case 'ended':
      return (
        <div class="note" role="alert">
          <h3>{t.endedTitle}</h3>
          <p>{t.endedText}</p>
          <button type="button" class="b alt" onClick={() => void startAgain()}>
            {t.startAgain}
          </button>
        </div>
      );
    case 'refused':
      return <ErrorSummary problems={[{ target: targetOf(now.field), text: sentence(now) }]} />;
    default:
      return null;
  }
}

/** `lines[2].quantity` is the third line of the cart. */
function targetOf(field: string): string | null {
  const index = /^lines\[(\d+)\]/.exec(field)?.[1];
  const line = index === undefined ? undefined : kept.value.lines[Number(index)];
  if (line) return `line-${line.key}`;
  return field === 'note' ? 'order-note' : field === 'guest' ? 'guest' : null;
}

function sentence({ code, message }: { code: string; message: string }): string {
  const isGone = ['item_unavailable', 'unknown_item', 'unknown_option', 'unknown_option_group', 'option_unavailable'].includes(code);
  return isGone && !document.documentElement.lang.startsWith('en') ? t.goneFromMenu : message || t.cannotSend;
}
