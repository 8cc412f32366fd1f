/** `npm start`: chooses a host. The desktop app where its binary can be had, else a browser on this computer. */
import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findBrowser } from './browser/find-browser.ts';
import { hasDisplay } from './browser/launch.ts';
import { fetchElectron, findElectron, runElectron } from './electron/launch.ts';
import { appFolder } from './paths.ts';

const USAGE = 'npm start -- [--host desktop|browser] [--no-open] [PROJECT.ohlol]';

interface StartOptions {
  /** null: the desktop app where it can be had. */
  host: 'desktop' | 'browser' | null;
  open: boolean;
  project: string | null;
}

/** Throws a sentence for what cannot be meant. */
export function readArguments(args: string[]): StartOptions {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { host: { type: 'string' }, 'no-open': { type: 'boolean', default: false } },
  });
  const { host } = values;
  if (host !== undefined && host !== 'desktop' && host !== 'browser') {
    throw new Error(`--host is ${host}, and can be desktop or browser.`);
  }
  if (positionals.length > 1) {
    throw new Error(`One project opens at a start, not ${positionals.length}: ${positionals.join(', ')}.`);
  }
  return {
    host: host ?? null,
    open: !values['no-open'],
    project: positionals[0] === undefined ? null : resolve(positionals[0]),
  };
}

async function start(options: StartOptions): Promise<void> {
  // Without a window to open, only the browser host makes sense: it serves.
  const wantsDesktop = options.host === 'desktop' || (options.host === null && options.open && hasDisplay());
  if (wantsDesktop) {
    const code = await startDesktop(options);
    if (code !== null) process.exit(code);
    if (options.host === 'desktop') {
      console.error("The desktop app's binary could not be had or started; --host browser needs none.");
      process.exit(1);
    }
    const browser = findBrowser();
    const place = browser ? `in a window of ${basename(browser)}` : 'at the address below';
    console.log(`The desktop app's binary could not be had or started, so the lab opens ${place} instead.`);
  }
  const { runBrowserHost } = await import('./browser/host.ts');
  await runBrowserHost({ open: options.open, project: options.project });
}

/** The desktop app's exit code; null where there is no binary that starts. */
async function startDesktop(options: StartOptions): Promise<number | null> {
  const binary = findElectron(appFolder) ?? fetchElectron(appFolder);
  return binary === null ? null : runElectron(binary, appFolder, options.project);
}

let options: StartOptions;
try {
  options = readArguments(process.argv.slice(2));
} catch (error) {
  console.error(`${(error as Error).message}\nUsage: ${USAGE}`);
  process.exit(2);
}
await start(options);
