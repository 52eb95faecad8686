// Small helpers to make elements. Text always goes in as text, never as HTML.

export function byId<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`#${id} is missing`);
  return found as T;
}

type Attributes = Record<string, string | boolean>;

export function make(tag: string, attributes: Attributes = {}, ...children: (Node | string)[]): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children);
  return element;
}

/** Shows one element per value, in order; what stays is kept as it is, so that focus, scroll and pictures survive an update. */
export function showList<T>(parent: HTMLElement, values: T[], keyOf: (value: T) => string, draw: (value: T) => HTMLElement): void {
  const before = new Map([...parent.children].map((child) => [(child as HTMLElement).dataset['key'] ?? '', child as HTMLElement]));
  const wanted = values.map((value) => {
    const fingerprint = JSON.stringify(value);
    const old = before.get(keyOf(value));
    if (old?.dataset['fingerprint'] === fingerprint) return old;
    const hadFocus = old?.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset['focus'] : undefined;
    const fresh = draw(value);
    fresh.dataset['key'] = keyOf(value);
    fresh.dataset['fingerprint'] = fingerprint;
    if (old) old.replaceWith(fresh);
    if (hadFocus !== undefined) fresh.querySelector<HTMLElement>(`[data-focus="${hadFocus}"]`)?.focus();
    return fresh;
  });
  wanted.forEach((element, index) => {
    if (parent.children[index] !== element) parent.insertBefore(element, parent.children[index] ?? null);
  });
  while (parent.children.length > wanted.length) parent.lastElementChild?.remove();
}
