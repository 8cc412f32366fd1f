import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/** The window: renderer/ → dist/renderer, served as files by both hosts under a strict content security policy. */
export default defineConfig({
  root: 'renderer',
  base: './',
  plugins: [svelte({ configFile: false })],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'chrome140',
    // The policy forbids inline scripts and data: scripts; small assets stay files.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1600,
    // The charts' library changes seldom and is read beside our own code.
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ name: 'echarts', test: /node_modules[\\/](echarts|zrender)[\\/]/ }] },
      },
    },
    // Neither is handed out: notices.config.ts reads the one, a defect's stack is read with the other.
    license: { fileName: '.vite/license.json' },
    sourcemap: 'hidden',
  },
});
