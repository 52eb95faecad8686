// Searching the printed list: rows are hidden and marked, never made again. What is hidden is said, and so is how to get it back.
import { alwaysIn, conflicts, possiblyIn } from '../shared/allergies';
import { hits } from '../shared/filter';
import { allergens } from './islands/allergy';
import { mark, rows } from './list';
import { filter, narrow } from './router';
import { kept, menu, spoken } from './state';
import { follow } from './store';
import { count, named, num, say, t } from './words';

const SPEAK_AFTER_MS = 600; // a screen reader is not told of every letter
const form = document.getElementById('find');
const input = form?.querySelector('input');
const pill = form?.querySelector('button');
const nothing = emptyResult();

export function enhanceFind(): void {
  if (!input || !pill) return;
  const label = pill.textContent;
  const typed = input.value;
  input.addEventListener('input', () => narrow({ ...filter.value, words: input.value }));
  form?.addEventListener('submit', () => input.blur()); // the keyboard goes, the hits come into sight
  if (typed.trim() !== '' && filter.value.words === '') narrow({ ...filter.value, words: typed }); // before we were here
  follow(() => filter.value, ({ words }) => {
    if (input.value.trim() !== words.trim()) input.value = words;
  });
  follow(() => `${filter.value.diets} ${kept.value.allergies}`, () => {
    const chosen = filter.value.diets.length + kept.value.allergies.length;
    pill.textContent = chosen === 0 ? label : `${label} · ${num(chosen)}`;
  });
  follow(() => menu.value, markAllergens);
  follow(() => kept.value.allergies, markAllergens);
  follow(() => menu.value, showHits);
  follow(() => JSON.stringify([filter.value, kept.value.hidesThem && kept.value.allergies]), showHits);
}

/** What contains what the guest stated says so, in words. */
function markAllergens(): void {
  const stated = kept.value.allergies;
  for (const [id, row] of rows) {
    const item = menu.value?.items.get(id);
    const always = item ? conflicts(alwaysIn(item), stated) : [];
    const possibly = item ? conflicts(possiblyIn(item), stated).filter((allergen) => !always.includes(allergen)) : [];
    const line = row.querySelector('.p') ?? row;
    mark(row, 'hurts', always.length > 0 ? say(t.containsYours, { list: allergens(always) }) : null, line);
    mark(row, 'may', possibly.length > 0 ? say(t.mayContain, { list: allergens(possibly) }) : null, line);
  }
}

let speakLater: ReturnType<typeof setTimeout> | undefined;

function showHits(): void {
  if (!menu.value) return;
  const { words, diets } = filter.value;
  const { allergies, hidesThem } = kept.value;
  const avoided = hidesThem ? allergies : [];
  const isNarrow = words.trim() !== '' || diets.length > 0 || avoided.length > 0;
  const found = isNarrow ? hits(menu.value, filter.value, avoided, named) : null;
  const shown = found?.ids ?? null;
  for (const [id, row] of rows) row.hidden = shown !== null && !shown.has(id);
  for (const section of document.querySelectorAll<HTMLElement>('.sec')) {
    // A search shows each dish once.
    section.hidden = section.querySelector('[data-item]:not([hidden])') === null || (isNarrow && section.classList.contains('fav'));
    const link = document.querySelector<HTMLElement>(`.bar a[href="#${CSS.escape(section.id)}"]`)?.parentElement;
    if (link) link.hidden = section.hidden;
  }
  const isExact = shown !== null && shown.size > 0 && !found?.isNear;
  nothing.hidden = shown === null || isExact;
  const none = words.trim() === '' ? t.noHits : say(t.noHitsFor, { words: words.trim() });
  const sentence = shown?.size ? `${none} ${t.similar}` : none;
  nothing.firstElementChild!.textContent = sentence;
  clearTimeout(speakLater);
  if (shown) speakLater = setTimeout(() => (spoken.value = isExact ? count(t.dishes, shown.size) : sentence), SPEAK_AFTER_MS);
}

function emptyResult(): HTMLElement {
  const box = document.createElement('div');
  box.className = 'stack none';
  box.hidden = true;
  box.append(document.createElement('p'));
  const button = box.appendChild(document.createElement('button'));
  button.type = 'button';
  button.className = 'b alt';
  button.textContent = t.showAll;
  button.addEventListener('click', () => {
    kept.value = { ...kept.value, hidesThem: false };
    narrow({ words: '', diets: [] });
    input?.focus();
  });
  document.getElementById('menu')?.prepend(box);
  return box;
}
