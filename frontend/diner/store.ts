// What the page watches, in its smallest form: after any change every watcher runs, and the islands are rendered again from the top.
// They are few and small, so nothing finer is worth its bytes.
export interface Signal<T> {
  value: T;
}

const watchers = new Set<() => void>();

export function signal<T>(first: T): Signal<T> {
  let current = first;
  return {
    get value() {
      return current;
    },
    set value(next) {
      if (Object.is(next, current)) return;
      current = next;
      for (const run of watchers) run();
    },
  };
}

/** Runs `run` after every change, until the returned function is called. */
export function onChange(run: () => void): () => void {
  watchers.add(run);
  return () => watchers.delete(run);
}

/** Runs `run` now and whenever what `read` gives has changed. */
export function follow<T>(read: () => T, run: (value: T) => void): void {
  let last = read();
  run(last);
  onChange(() => {
    const now = read();
    if (Object.is(now, last)) return;
    last = now;
    run(now);
  });
}
