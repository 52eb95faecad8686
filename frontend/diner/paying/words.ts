// The words of paying, in the page's language: fetched with the script that needs them.
import type { PayingMessages } from '../../shared/paying/messages/en';

export let p: PayingMessages;

export async function loadPayingWords(): Promise<void> {
  const module = (await import(/* @vite-ignore */ `/assets/paying-${document.documentElement.dataset['words']}.js`)) as { messages: PayingMessages };
  p = module.messages;
}
