// The start page of the local program. A build of its own: nothing of it may reach a diner.
import { defineConfig } from 'vite';

export default defineConfig({
  root: 'console',
  base: '/console/',
  publicDir: false,
  build: {
    target: 'es2022',
    outDir: '../dist/console',
    emptyOutDir: true,
    modulePreload: false,
    rolldownOptions: {
      input: { console: 'console/index.html', mail: 'console/mail.html' },
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: 'shared.js',
        assetFileNames: '[name].[ext]',
      },
    },
  },
});
