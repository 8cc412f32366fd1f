/** All windows of the app, and the choice of a window for a project. */
import { BrowserWindow } from 'electron';
import type { Language } from '../../engine/formats/languages.ts';
import type { LabCommand } from '../api.ts';
import type { Lab, WindowSession } from '../lab/host.ts';
import { showFileDialog } from './dialogs.ts';
import { connectWindows } from './ipc.ts';
import { makeWindow } from './window.ts';

export interface Windows {
  /** Opens a new window, with a project if one is given. */
  open(project?: string): void;
  /** Brings a window forward, or opens one if there is none. */
  show(): void;
  /** Opens a project in the window that shows it already, else in one that shows none, else in a new one. */
  openProject(path: string): Promise<void>;
  /** Sends a command to the focused window. */
  command(command: LabCommand): void;
}

export interface WindowsOptions {
  lab: Lab;
  projectsFolder: string;
  language(): Language;
  /** Called when a window's page listens, and when the window gets the focus again. */
  onUse(session: WindowSession): void;
}

export function makeWindows(options: WindowsOptions): Windows {
  /** Windows whose page does not listen yet, each with the project it will open. */
  const waiting = new Map<BrowserWindow, string | null>();
  const all = () => BrowserWindow.getAllWindows();

  const lines = connectWindows({
    lab: options.lab,
    showFileDialog: (window, request) =>
      showFileDialog(window, request, options.projectsFolder, options.language()),
    onConnect(window, session) {
      const project = waiting.get(window) ?? null;
      waiting.delete(window);
      if (project !== null) session.events.command({ kind: 'open-path', path: project });
      options.onUse(session);
    },
  });

  function open(project?: string): void {
    const window = makeWindow();
    waiting.set(window, project ?? null);
    window.once('closed', () => waiting.delete(window));
    window.on('focus', () => {
      const session = lines.sessionOf(window);
      if (session) options.onUse(session);
    });
  }

  async function openProject(path: string): Promise<void> {
    for (const [window, project] of waiting) {
      if (project === null) {
        waiting.set(window, path);
        return;
      }
    }
    const connected = all().flatMap((window) => {
      const session = lines.sessionOf(window);
      return session ? [{ window, session }] : [];
    });
    const shown = await Promise.all(
      connected.map(async (entry) => ({
        ...entry,
        // A window whose lab has just died reopens its project by itself.
        path: await entry.session.api.getProject().then(
          (project) => project?.path ?? null,
          () => 'unknown',
        ),
      })),
    );
    const target = shown.find((entry) => entry.path === path) ?? shown.find((entry) => entry.path === null);
    if (!target) return open(path);
    if (target.path === null) target.session.events.command({ kind: 'open-path', path });
    bringForward(target.window);
  }

  return {
    open,
    openProject,
    show() {
      const window = BrowserWindow.getFocusedWindow() ?? all()[0];
      if (window) bringForward(window);
      else open();
    },
    command(command) {
      const window = BrowserWindow.getFocusedWindow();
      // On macOS the menu exists even without windows.
      if (all().length === 0) open();
      else if (window) lines.sessionOf(window)?.events.command(command);
    },
  };
}

function bringForward(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.focus();
}
