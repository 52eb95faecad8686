// A modal sheet over the menu: the browser's own dialog, so focus stays in it, the page behind is inert and Escape closes it.
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { leave } from '../router';
import { t } from '../words';

export function Sheet(props: { title: string; hero?: ComponentChildren; children: ComponentChildren; foot: ComponentChildren }) {
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
        leave();
      }}
      onClick={(event) => event.target === dialog.current && leave()}
    >
      <button type="button" class="round" aria-label={t.close} onClick={leave}>
        ×
      </button>
      {props.hero}
      <div class="wrap body">
        <h2 id="sheet-title" tabIndex={-1} ref={heading} class={props.hero ? '' : 'clear'}>
          {props.title}
        </h2>
        {props.children}
      </div>
      <div class="go">
        <div class="wrap">{props.foot}</div>
      </div>
    </dialog>
  );
}
