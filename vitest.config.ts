import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/package/**', 'test/e2e/**', 'node_modules/**'],
          // What is known of V8's flags is kept there, not in the settings of whoever runs the tests.
          env: { OHLOL_HOME: join(import.meta.dirname, 'node_modules', '.cache', 'ohlol-home') },
          // More than one wait of test/patience.ts.
          testTimeout: 150_000,
          hookTimeout: 150_000,
        },
      },
      {
        // Needs the build; builds a package and runs it.
        extends: true,
        test: {
          name: 'package',
          include: ['test/package/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
