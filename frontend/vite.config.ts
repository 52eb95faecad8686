// The diner's script. Its name is fixed, because published menu pages name it and live longer than a build;
// what is not needed for the first view is a second file, fetched once the page stands.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

/** Vite's helper for dynamic imports preloads their style sheets; we have none, and it is a twelfth of the first view's bytes. */
const bareImports: Plugin = {
  name: 'bare-imports',
  enforce: 'pre',
  load: (id) => (id.endsWith('vite/preload-helper.js') ? 'export const __vitePreload = (load) => load();' : null),
};

/** The service worker keeps one build's script as a whole: it is told each file with the hash of what was written. */
const shell: Plugin = {
  name: 'shell',
  writeBundle({ dir = '' }, bundle) {
    const hash = (name: string): string => createHash('sha256').update(readFileSync(join(dir, name))).digest('base64');
    const files = Object.keys(bundle).filter((name) => name !== WORKER);
    const list = files.map((name) => [`/${name}`, `sha256-${hash(name)}`]);
    writeFileSync(join(dir, WORKER), `const SHELL=${JSON.stringify(list)};${readFileSync(join(dir, WORKER), 'utf8')}`);
  },
};
const WORKER = 'assets/sw.js';
const messages = (folder: string, prefix: string) =>
  Object.fromEntries(readdirSync(folder).map((file) => [prefix + file.slice(0, 2), `${folder}/${file}`]));
const words = { ...messages('shared/messages', ''), ...messages('shared/paying/messages', 'paying-') };

export default defineConfig({
  publicDir: false,
  plugins: [bareImports, shell],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    modulePreload: false,
    rolldownOptions: {
      input: { diner: 'diner/main.tsx', sw: 'diner/sw.ts', ...words },
      preserveEntrySignatures: 'exports-only', // or the words, which nothing here imports, would be left empty
      output: {
        format: 'es',
        entryFileNames: 'assets/[name].js',
        chunkFileNames: 'assets/[name].js',
      },
    },
  },
});
