/** `npm start`: chooses a host: the desktop app if its binary is available, else a browser on this computer. */
import { basename } from 'node:path';
import { findBrowser } from './browser/find-browser.ts';
import { hasDisplay } from './browser/launch.ts';
import { type ElectronEnd, fetchElectron, findElectron, runElectron } from './electron/launch.ts';
import { threadSettingProblem } from './engine-process/kernel-threads.ts';
import { appFolder } from './paths.ts';
import { readStartArguments, type StartOptions, USAGE } from './start-arguments.ts';

// npm starts this in the app's folder, but a project's path is relative to where npm was called.
const workingFolder = (process.env.npm_lifecycle_event === 'start' && process.env.INIT_CWD) || process.cwd();
let options: StartOptions;
try {
  options = readStartArguments(process.argv.slice(2), workingFolder);
} catch (error) {
  console.error(`${(error as Error).message}\nUsage: ${USAGE}`);
  process.exit(2);
}

const wrongSetting = threadSettingProblem(process.env.OHLOL_THREADS);
if (wrongSetting !== null) {
  console.error(`${wrongSetting}.`);
  process.exit(2);
}

// If no window is wanted or possible, the browser host serves.
if (options.host === 'desktop' || (options.host === null && options.open && hasDisplay())) {
  const binary = findElectron(appFolder) ?? fetchElectron(appFolder);
  const end: ElectronEnd = binary
    ? await runElectron(binary, appFolder, options.project)
    : { kind: 'not-started', why: 'The desktop app’s binary could not be had.' };
  if (end.kind === 'died') console.error(end.why);
  if (end.kind !== 'not-started') process.exit(end.exitCode);
  if (options.host === 'desktop') {
    console.error(`${end.why}\n--host browser works without it.`);
    process.exit(1);
  }
  const browser = findBrowser();
  console.log(`${end.why}\nThe lab opens in ${browser ? basename(browser) : 'a browser'} instead.`);
}

const { runBrowserHost } = await import('./browser/host.ts');
await runBrowserHost({ open: options.open, project: options.project });
