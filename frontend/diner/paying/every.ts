// Asking again and again while somebody looks, and at once when they look again.

/** Asks now and `pauseMs` after each answer, until the returned function is called. */
export function every(pauseMs: number, ask: () => Promise<void>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const run = async (): Promise<void> => {
    clearTimeout(timer);
    if (!document.hidden) await ask();
    clearTimeout(timer); // whoever came back to the page has asked meanwhile
    if (!isOver) timer = setTimeout(() => void run(), pauseMs);
  };
  const look = (): void => void run();
  document.addEventListener('visibilitychange', look);
  look();
  return () => {
    isOver = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', look);
  };
}
