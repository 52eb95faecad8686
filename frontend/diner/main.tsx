// The diner's script. The page reads without it; it adds the islands: cart bar, dish, cart, the order's journey.
import { render } from 'preact';
import { App, fetchViews } from './islands/app';
import { enhanceList, followMenu } from './list';
import { applyAccent } from './page';
import { followHistory } from './router';
import { join } from './session';
import { followOtherTabs, kept } from './state';
import { loadWords } from './words';

async function start(): Promise<void> {
  applyAccent();
  await loadWords();
  followOtherTabs();
  followHistory();
  enhanceList();
  const app = document.getElementById('app');
  if (app) render(<App />, app);
  void followMenu();
  // What was sent and not answered goes first, with the session it was sent with.
  if (kept.value.pending) await (await fetchViews()).resume();
  await join();
}

void start();
