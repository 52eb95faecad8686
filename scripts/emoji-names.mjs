#!/usr/bin/env node
// Writes crates/core/tabletap-ticket/data/emoji.tsv: what each emoji is called in the languages of the kitchens. Run it where Unicode has
// named new ones, with the version of CLDR's packages: scripts/emoji-names.mjs 45.0.0
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LANGS = ['en', 'es', 'ja', 'ar', 'de'];
const TONE = /[\u{1F3FB}-\u{1F3FF}]/gu;
const version = process.argv[2] ?? '45.0.0';
const folder = mkdtempSync(join(tmpdir(), 'cldr-'));

function unpack(name) {
  const archive = execFileSync('npm', ['pack', '--silent', `${name}@${version}`], { cwd: folder, encoding: 'utf8' }).trim();
  const into = mkdtempSync(join(folder, 'unpacked-'));
  execFileSync('tar', ['xzf', join(folder, archive), '-C', into]);
  return join(into, 'package');
}

const plain = unpack('cldr-annotations-modern');
const derived = unpack('cldr-annotations-derived-modern');
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));

// A sequence is filed without its variation selectors: phones differ in where they put them.
const bare = (text) => text.replace(/[\uFE0E\uFE0F]/gu, '');
const isEmoji = (text) => /\p{Emoji}/u.test(text) && !/^[#*0-9]$/u.test(text);

function names(lang) {
  const found = new Map();
  for (const annotations of [
    read(join(plain, 'annotations', lang, 'annotations.json')).annotations.annotations,
    read(join(derived, 'annotationsDerived', lang, 'annotations.json')).annotationsDerived.annotations,
  ]) {
    for (const [text, { tts }] of Object.entries(annotations)) {
      if (isEmoji(text) && tts) found.set(bare(text), tts[0].replace(/\s+/gu, ' '));
    }
  }
  return found;
}

const byLang = LANGS.map(names);
const [english] = byLang;

// "waving hand: dark skin tone": the paper's code joins them the same way, so only what is joined otherwise is kept.
function joined(map, text) {
  const base = map.get(text.replace(TONE, ''));
  const tones = [...new Set(text.match(TONE))].map((tone) => map.get(tone));
  return base && `${base}${base.includes(': ') ? ', ' : ': '}${tones.join(', ')}`;
}

const rows = [];
for (const text of english.keys()) {
  const own = byLang.map((map) => map.get(text) ?? english.get(text));
  const hasTone = TONE.test(text);
  TONE.lastIndex = 0;
  const regular = hasTone && text.replace(TONE, '') !== '' && byLang.every((map, at) => joined(map, text) === own[at]);
  if (!regular) rows.push([text, ...own].join('\t'));
}
rows.sort();

const licence = readFileSync(join(plain, 'LICENSE'), 'utf8').trim().split('\n').map((line) => `# ${line}`.trimEnd());
const head = [
  `# Names of emoji: Unicode CLDR ${version}, annotations and derived annotations. Written by scripts/emoji-names.mjs; not edited by hand.`,
  `# Columns: emoji without variation selectors, then ${LANGS.join(', ')}.`,
  '#',
  ...licence,
];
writeFileSync('crates/core/tabletap-ticket/data/emoji.tsv', [...head, ...rows, ''].join('\n'));
rmSync(folder, { recursive: true });
console.log(`${rows.length} of ${english.size} names kept`);
