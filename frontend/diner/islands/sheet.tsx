// A modal sheet over the menu: the browser's own dialog, so focus stays in it, the page behind is inert and Escape closes it.
import { Component, createRef, type ComponentChildren } from 'preact';
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

export class Sheet extends Component<Props> {
  #dialog = createRef<HTMLDialogElement>();
  #opener: Element | null = null;

  override componentDidMount(): void {
    this.#opener = document.activeElement;
    this.#dialog.current?.showModal();
    this.#dialog.current?.querySelector('h2')?.focus();
  }

  override componentWillUnmount(): void {
    this.#dialog.current?.close(); // before focus moves: while it is open, the page behind takes none
    if (this.#opener instanceof HTMLElement && this.#opener.isConnected) this.#opener.focus({ preventScroll: true });
  }

  render({ title, titleLang = null, hero, children, foot, onLeave = leave }: Props) {
    return (
      <dialog
        ref={this.#dialog}
        aria-labelledby="sheet-title"
        onCancel={(event) => {
          event.preventDefault();
          onLeave();
        }}
        onClick={(event) => event.target === event.currentTarget && onLeave()}
      >
        <button type="button" class="round" aria-label={t.close} onClick={onLeave}>
          ×
        </button>
        {hero}
        <div class="wrap body">
          <h2 id="sheet-title" tabIndex={-1} class={hero ? '' : 'clear'}>
            <Words text={title} lang={titleLang} />
          </h2>
          {children}
          <Help />
        </div>
        <div class="go">
          <div class="wrap">{foot}</div>
        </div>
      </dialog>
    );
  }
}
