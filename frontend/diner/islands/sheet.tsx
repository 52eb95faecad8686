// A modal sheet over the menu: the browser's own dialog, so focus stays in it, the page behind is inert and Escape closes it.
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Foreign } from '../../shared/menu';
import { leave } from '../router';
import { t } from '../words';
import { Help } from './calls';
import { Words } from './foreign';

interface Props {
  title: string;
  titleLang?: Foreign;
  hero?: ComponentChildren;
  children: ComponentChildren;
  foot: ComponentChildren;
  onLeave?: () => void;
}

export function Sheet(props: Props) {
  const { onLeave = leave } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    const [opener, sheet] = [document.activeElement, dialog.current];
    sheet?.showModal();
    heading.current?.focus();
    return () => {
      sheet?.close(); // before focus moves: while it is open, the page behind takes none
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby="sheet-title"
      onCancel={(event) => {
        event.preventDefault();
        onLeave();
      }}
      onClick={(event) => event.target === dialog.current && onLeave()}
    >
      <button type="button" class="round" aria-label={t.close} onClick={onLeave}>
        ×
      </button>
      {props.hero}
      <div class="wrap body">
        <h2 id="sheet-title" tabIndex={-1} ref={heading} class={props.hero ? '' : 'clear'}>
          <Words text={props.title} lang={props.titleLang ?? null} />
        </h2>
        {props.children}
        <Help />
      </div>
      <div class="go">
        <div class="wrap">{props.foot}</div>
      </div>
    </dialog>
  );
}
