import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['shared/**/*.test.ts', 'diner/**/*.test.ts', 'console/**/*.test.ts'], environment: 'node', isolate: false },
});
