import { builtinModules } from 'node:module';
import { defineConfig } from 'vite';

/**
 * Bundles what runs outside the window: the desktop app, the engine process, the browser host and the command
 * line. Everything but Electron and Node is bundled, so the packaged app carries no node_modules.
 */
export default defineConfig({
  publicDir: false,
  build: {
    ssr: true,
    target: 'node24',
    outDir: 'dist/main',
    emptyOutDir: true,
    minify: false,
    sourcemap: true,
    // Read by notices.config.ts.
    license: { fileName: '.vite/license.json' },
    rolldownOptions: {
      input: {
        electron: 'main/electron/main.ts',
        'checker-process': 'main/project/checker-process.ts',
        'engine-process': 'main/engine-process/engine-process.ts',
        'lab-thread': 'main/lab/thread/lab-thread.ts',
        'parent-watch': 'main/project/parent-watch.ts',
        'reader-thread': 'main/reader/reader-thread.ts',
        start: 'main/start.ts',
        ohlol: 'main/cli/ohlol.ts',
      },
      external: ['electron', ...builtinModules, /^node:/],
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
  ssr: { noExternal: true, external: ['electron'] },
});
