/**
 * `npm run dev`: the lab in a browser, reloading as files change. Vite serves the window and replaces its modules in
 * place. It forwards other requests (`/lab`, `/enter`) to the browser host, which restarts with its engine process when
 * a file of main/ or engine/ changes. The page reconnects by itself.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { watch } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer as createNetServer } from 'node:net';
import { join } from 'node:path';
import { createLogger, createServer } from 'vite';
import { appFolder } from './paths.ts';

/** Time without changes before a restart: editors write a file in several steps. */
const QUIET_MS = 100;

const secret = randomBytes(32).toString('base64url');
const hostPort = await findFreePort();
const target = `http://127.0.0.1:${hostPort}`;
const logger = createLogger();
const logError = logger.error;
// While the host restarts, the page's requests fail and are repeated; those errors are not shown.
logger.error = (message, options) => {
  if (!message.includes('ws proxy')) logError(message, options);
};
const vite = await createServer({
  customLogger: logger,
  configFile: join(appFolder, 'vite.config.ts'),
  root: join(appFolder, 'renderer'),
  server: {
    host: '127.0.0.1',
    proxy: {
      // Patterns, because `/lab` would also match renderer/lab.ts, which is `/lab.ts` here.
      '^/lab(\\?.*)?$': { target, ws: true, changeOrigin: true },
      '^/enter$': { target, changeOrigin: true },
    },
  },
});
await vite.listen();
const origin = `http://127.0.0.1:${(vite.httpServer!.address() as AddressInfo).port}`;

let host: ChildProcess | null = null;
let turn = Promise.resolve();
/** Runs starts and ends one after the other. */
function afterwards(step: () => Promise<void>): Promise<void> {
  turn = turn.then(step);
  return turn;
}

/** Resolves when the host is up, or has failed with its reason on the terminal; the next change tries again. */
async function startHost(): Promise<void> {
  const child = fork(
    join(appFolder, 'main', 'browser', 'development-host.ts'),
    [origin, secret, String(hostPort)],
    // Detached, so that the terminal's Ctrl+C does not reach it: it ends when this process disconnects.
    { detached: process.platform !== 'win32' },
  );
  host = child;
  await Promise.race([once(child, 'message'), once(child, 'exit')]);
}

async function stopHost(): Promise<void> {
  if (!host?.connected) return;
  const exited = once(host, 'exit');
  host.disconnect();
  await exited;
}

let quiet: NodeJS.Timeout | undefined;
for (const folder of ['main', 'engine']) {
  watch(join(appFolder, folder), { recursive: true }, (_event, file) => {
    if (file === null || !/\.(ts|json|wasm)$/.test(file)) return;
    clearTimeout(quiet);
    quiet = setTimeout(() => {
      console.log(`${join(folder, file)} changed: main and engine start again.`);
      void afterwards(stopHost);
      void afterwards(startHost);
    }, QUIET_MS);
  });
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, async () => {
    clearTimeout(quiet);
    await afterwards(stopHost);
    await vite.close();
    process.exit(0);
  });
}

await afterwards(startHost);
console.log(`Ohlol is at ${origin}/enter#${secret}\nOpen that address in a browser; Ctrl+C ends it.`);

async function findFreePort(): Promise<number> {
  const server = createNetServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
