// A dish that holds what the guest stated: said in words, and ordered only by a tick of its own.
import { listed, named, say, t } from '../words';

interface Props {
  /** The id of the tick. */
  id: string;
  /** Ids of the stated allergens that it contains. */
  found: string[];
  isTaken: boolean;
  isLocked?: boolean;
  onTake(isTaken: boolean): void;
}

export function allergens(ids: string[]): string {
  return listed(ids.map(named));
}

export function Acknowledge({ id, found, isTaken, isLocked, onTake }: Props) {
  const list = allergens(found);
  return (
    <div class="note">
      <p>
        <b>{say(t.youToldUs, { list })}</b> {say(t.conflictText, { list })}
      </p>
      <label class="opt">
        <input type="checkbox" id={id} checked={isTaken} disabled={isLocked ?? false} onChange={(event) => onTake(event.currentTarget.checked)} />
        <span>{t.acknowledge}</span>
      </label>
    </div>
  );
}
