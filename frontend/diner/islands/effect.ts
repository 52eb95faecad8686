// What is done when a part appears and undone when it goes. Classes do what hooks would: the library of hooks is a twelfth of the first
// view's bytes.
import { Component } from 'preact';
import { onChange } from '../store';

export class Effect extends Component<{ run(): (() => void) | void }> {
  #undo: (() => void) | void = undefined;

  override componentDidMount(): void {
    this.#undo = this.props.run();
  }

  override componentWillUnmount(): void {
    this.#undo?.();
  }

  render(): null {
    return null;
  }
}

/** An island: it is rendered again after any change, for as long as the page stands. */
export abstract class Island extends Component {
  override componentDidMount(): void {
    onChange(() => this.setState({}));
  }
}

/** As a `ref`: the element takes focus when it appears. */
export function takeFocus(element: HTMLElement | null): void {
  element?.focus();
}
