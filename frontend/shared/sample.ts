// The published menu that the tests of `tabletap-menu` hold to the letter: the tests here read the same one.
import { readFileSync } from 'node:fs';
import { readMenu, type Menu } from './menu';

export function sampleMenu(lang: 'en' | 'ja'): Menu {
  const file = new URL(`../../crates/core/tabletap-menu/tests/snapshots/publish__small_menu_${lang}.snap`, import.meta.url);
  const [, , json = ''] = readFileSync(file, 'utf8').split(/^---$/m);
  return readMenu(JSON.parse(json));
}
