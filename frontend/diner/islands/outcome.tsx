// What became of the last try to send: in words, with the way on.
import { obstacles } from '../../shared/cart';
import type { Line } from '../../shared/kept';
import { kept, menu, price, sending } from '../state';
import { refusedLine, sendNow, startAgain } from '../send';
import { say, t } from '../words';
import { allergens } from './allergy';
import { ErrorSummary, type Problem } from './errors';

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
    case 'blocked':
      return <ErrorSummary problems={blocked()} key={now.at} />;
    case 'refused':
      return <ErrorSummary problems={[{ target: targetOf(now.field), text: sentence(now) }]} />;
    default:
      return null;
  }
}

/** What has to be settled before anything is sent. */
function blocked(): Problem[] {
  const current = menu.value;
  if (!current) return [];
  return obstacles(current, kept.value).map(({ line, allergens: found }) =>
    found.length > 0
      ? { target: `ack-${line.key}`, text: confirmation(line, found) }
      : { target: `line-${line.key}`, text: `${nameOf(line)}: ${t.goneFromMenu}` },
  );
}

function nameOf({ itemId }: Line): string {
  return menu.value?.items.get(itemId)?.name ?? itemId;
}

function confirmation(line: Line, found: string[]): string {
  return say(t.confirmFirst, { name: nameOf(line), list: allergens(found) });
}

function targetOf(field: string): string | null {
  const line = refusedLine(null);
  if (line) return `${field.endsWith('.acknowledged') ? 'ack' : 'line'}-${line.key}`;
  return field === 'note' ? 'order-note' : field === 'guest' ? 'guest' : null;
}

function sentence({ code, message }: { code: string; message: string }): string {
  const line = refusedLine('allergen_conflict');
  if (line) return confirmation(line, kept.value.allergies);
  if (code === 'below_minimum') return say(t.takeoutLeast, { amount: price(menu.value?.leastPaymentMinor ?? 0) });
  return message || t.cannotSend;
}
