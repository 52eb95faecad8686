#!/usr/bin/env node
// Writes crates/core/tabletap-domain/data/languages.tsv from the CLDR data of Node's own Intl: for each language its likely script
// and its own name for itself; then each language with a script or region for which one of the two is another.
// Run it where CLDR has learnt more, with a newer Node: scripts/language-names.mjs
import { writeFileSync } from 'node:fs';

const letters = [...'abcdefghijklmnopqrstuvwxyz'];
const pairs = letters.flatMap((a) => letters.map((b) => a + b));
const codes = [...pairs, ...pairs.flatMap((pair) => letters.map((c) => pair + c))];
const english = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
const regionName = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
const canonical = (code) => Intl.getCanonicalLocales(code)[0] === code;
const languages = codes.filter((code) => canonical(code) && english.of(code) !== undefined && code !== 'und');
const regions = pairs.map((pair) => pair.toUpperCase()).filter((code) => regionName.of(code) !== undefined);
// The scripts that some language is written in besides its likely one, as far as Intl knows words in them.
const scripts = ['Arab', 'Cyrl', 'Deva', 'Hans', 'Hant', 'Latn', 'Tfng', 'Vaii', 'Adlm'];

const scriptOf = (tag) => new Intl.Locale(tag).maximize().script;
/** Capital where the script has capitals, as it stands alone. */
const capital = (text, tag) => text.replace(/^\p{L}/u, (letter) => letter.toLocaleUpperCase(tag));
const nameOf = (tag) => {
  if (Intl.DisplayNames.supportedLocalesOf(tag)[0] !== tag) return '';
  const name = new Intl.DisplayNames(tag, { type: 'language', fallback: 'none' }).of(tag);
  return name === undefined ? '' : capital(name, tag);
};

const isWrittenIn = (text, script) => new RegExp(`^\\p{Script=${script.startsWith('Han') ? 'Han' : script}}`, 'u').test(text);

const rows = [];
for (const language of languages) {
  const script = scriptOf(language);
  const name = nameOf(language);
  if (script === undefined) continue;
  if (script !== 'Latn' || name !== '') rows.push([language, script, name]);
  for (const other of scripts) {
    const named = nameOf(`${language}-${other}`);
    if (named !== '' && isWrittenIn(named, other) && (other !== script || language === 'zh') && (language === 'zh') === other.startsWith('Han')) rows.push([`${language}-${other}`, other, named]);
  }
  for (const region of regions) {
    const there = scriptOf(`${language}-${region}`);
    if (there !== script) rows.push([`${language}-${region}`, there, '']);
  }
}
rows.sort(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(new URL('../crates/core/tabletap-domain/data/languages.tsv', import.meta.url), rows.map((row) => `${row.join('\t')}\n`).join(''));
