/** The desktop app: its start and its end, in order. */
import { join } from 'node:path';
import { app, BrowserWindow, dialog, Menu, session } from 'electron';
import { type Language, pickLanguage } from '../../engine/formats/languages.ts';
import { defectProblem, logDefect, onDefect } from '../defects.ts';
import { labFolders } from '../folders.ts';
import type { WindowSession } from '../lab/host.ts';
import { createLab } from '../lab/thread/lab-in-thread.ts';
import { checkerEntry, engineEntry, rendererFolder } from '../paths.ts';
import { forkEngine } from './fork-engine.ts';
import { menuTemplate } from './menu.ts';
import { listenForProjects } from './open-files.ts';
import { confineAllContents, registerPageScheme, secureSession } from './security.ts';
import { hostText } from './text.ts';
import { makeWindows } from './windows.ts';

const folders = labFolders();
// A lab with its own OHLOL_HOME is a separate app, with its own windows and lock.
if (process.env.OHLOL_HOME) app.setPath('userData', join(folders.settings, 'desktop'));

const asked = listenForProjects(process.argv, process.cwd());
if (app.requestSingleInstanceLock({ project: asked.named })) {
  registerPageScheme();
  confineAllContents();
  // Not awaited: the app becomes ready only when this module has been evaluated.
  void app.whenReady().then(start).catch(endAtStart);
} else {
  app.quit();
}

/** Ends an app that cannot start: without a window it would be useless, and nobody could quit it. */
function endAtStart(error: unknown): void {
  logDefect(error);
  endWith(hostText(systemLanguage()).startFailed);
}

/** Shows the sentence and ends, even if it cannot be shown. The system's own error is in the log. */
function endWith(sentence: string, exit = () => app.exit(1)): void {
  try {
    dialog.showErrorBox('Ohlol', sentence);
  } finally {
    exit();
  }
}

const systemLanguage = () => pickLanguage(app.getPreferredSystemLanguages());

function start(): void {
  secureSession(session.defaultSession, rendererFolder);
  let language: Language | null = null;
  const lab = createLab({
    kind: 'desktop',
    folders,
    forkEngine: (flags) => forkEngine(engineEntry, flags),
    forkChecker: () => forkEngine(checkerEntry, []),
    onLabGone({ code, details }) {
      const { labGone, labStuck } = hostText(language ?? systemLanguage());
      console.error(`The lab is gone: ${code}, ${details.reason ?? 'it does not answer'}`);
      if (code !== 'lab-stuck') return endWith(labGone);
      // An exit in order would wait for the stuck thread.
      endWith(labStuck, () => process.kill(process.pid, 'SIGKILL'));
    },
  });
  const windows = makeWindows({
    lab,
    projectsFolder: folders.projects,
    language: () => language ?? 'en',
    onUse: (window) => void followLanguage(window),
  });

  function speak(next: Language): void {
    if (next === language) return;
    language = next;
    const actions = { command: windows.command, openWindow: () => windows.open() };
    Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(next, process.platform, actions)));
  }
  async function followLanguage(window: WindowSession): Promise<void> {
    const asked = await window.api.getPreferences().catch(() => null);
    // If the lab has died, the next one is asked when the window reconnects.
    if (asked) speak(asked.language ?? systemLanguage());
  }
  speak(systemLanguage());

  windows.open();
  asked.forEach((path) => void windows.openProject(path));

  app.on('second-instance', (_event, _argv, _folder, data) => {
    const project = (data as { project?: unknown } | null)?.project;
    if (typeof project === 'string') void windows.openProject(project);
    else windows.show();
  });
  app.on('activate', () => windows.show());
  app.on('window-all-closed', async () => {
    if (process.platform === 'darwin') return;
    // The app first waits for runs that train in the background.
    await lab.idle();
    if (BrowserWindow.getAllWindows().length === 0) app.quit();
  });

  let files: 'open' | 'closing' | 'closed' = 'open';
  app.on('will-quit', (event) => {
    if (files === 'closed') return;
    // The app quits only once its files are closed.
    event.preventDefault();
    if (files === 'closing') return;
    files = 'closing';
    const closed = () => {
      files = 'closed';
      app.quit();
    };
    lab.close().catch(logDefect).then(closed);
  });
  // Set only now, so that an app that cannot start ends with its error.
  onDefect((error) => lab.tellDefect(defectProblem(error)));
}
