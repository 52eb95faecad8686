// The diner's script. Its name is fixed, because published menu pages name it and live longer than a build;
// what is not needed for the first view is a second file, fetched once the page stands.
import { defineConfig, type Plugin } from 'vite';

/** Vite's helper for dynamic imports preloads their style sheets; we have none, and it is a twelfth of the first view's bytes. */
const bareImports: Plugin = {
  name: 'bare-imports',
  enforce: 'pre',
  load: (id) => (id.endsWith('vite/preload-helper.js') ? 'export const __vitePreload = (load) => load();' : null),
};

export default defineConfig({
  publicDir: false,
  plugins: [bareImports],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    modulePreload: false,
    rolldownOptions: {
      input: { diner: 'diner/main.tsx' },
      output: {
        format: 'es',
        entryFileNames: 'assets/[name].js',
        chunkFileNames: 'assets/[name].js',
      },
    },
  },
});
