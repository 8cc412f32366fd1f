import type { MenuItemConstructorOptions } from 'electron';
import type { Language } from '../../engine/formats/languages.ts';
import type { LabCommand } from '../api.ts';
import { type HostText, hostText } from './text.ts';

export interface MenuActions {
  command(command: LabCommand): void;
  openWindow(): void;
}

/**
 * The application's menu. The page handles the keys of its own commands, so the menu shows them without registering
 * them (macOS always registers them, but lets the page handle them first).
 */
export function menuTemplate(
  language: Language,
  platform: NodeJS.Platform,
  actions: MenuActions,
): MenuItemConstructorOptions[] {
  const text = hostText(language);
  const command = (label: string, accelerator: string, kind: PlainCommand): MenuItemConstructorOptions => ({
    id: kind,
    label,
    accelerator,
    registerAccelerator: false,
    click: () => actions.command({ kind }),
  });
  const history = (kind: 'undo' | 'redo', accelerator: string): MenuItemConstructorOptions => ({
    ...command(text[kind], accelerator, kind),
    click: (_item, window, event) => {
      // A key that the page left to the menu was typed in a text field, and means that field's own history.
      if (event.triggeredByAccelerator && window && 'webContents' in window) {
        (window as Electron.BrowserWindow).webContents[kind]();
      } else actions.command({ kind });
    },
  });
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const about: MenuItemConstructorOptions = {
    id: 'about',
    label: text.about,
    click: () => actions.command({ kind: 'about' }),
  };
  const quit: MenuItemConstructorOptions = { role: 'quit', label: text.quit };
  const isMac = platform === 'darwin';

  return [
    ...(isMac ? [macAppMenu(text, about, quit)] : []),
    {
      label: text.file,
      submenu: [
        command(text.new, 'CmdOrCtrl+N', 'new'),
        { label: text.newWindow, accelerator: 'CmdOrCtrl+Shift+N', click: () => actions.openWindow() },
        command(text.open, 'CmdOrCtrl+O', 'open'),
        separator,
        command(text.export, 'CmdOrCtrl+E', 'export'),
        separator,
        { id: 'close', label: text.closeProject, click: () => actions.command({ kind: 'close' }) },
        { role: 'close', label: text.closeWindow },
        ...(isMac ? [] : [separator, quit]),
      ],
    },
    {
      label: text.edit,
      submenu: [
        history('undo', 'CmdOrCtrl+Z'),
        history('redo', 'CmdOrCtrl+Shift+Z'),
        separator,
        { role: 'cut', label: text.cut },
        { role: 'copy', label: text.copy },
        { role: 'paste', label: text.paste },
        { role: 'selectAll', label: text.selectAll },
      ],
    },
    {
      label: text.view,
      submenu: [
        { role: 'resetZoom', label: text.actualSize },
        { role: 'zoomIn', label: text.zoomIn },
        { role: 'zoomOut', label: text.zoomOut },
        separator,
        { role: 'togglefullscreen', label: text.fullScreen },
      ],
    },
    isMac ? macWindowMenu(text) : { label: text.help, submenu: [about] },
  ];
}

/** The menu that every Mac app has under its name. */
function macAppMenu(
  text: HostText,
  about: MenuItemConstructorOptions,
  quit: MenuItemConstructorOptions,
): MenuItemConstructorOptions {
  return {
    label: 'Ohlol',
    submenu: [
      about,
      { type: 'separator' },
      { role: 'hide', label: text.hide },
      { role: 'hideOthers', label: text.hideOthers },
      { role: 'unhide', label: text.showAll },
      { type: 'separator' },
      quit,
    ],
  };
}

/** The role makes the system list the open windows in it. */
function macWindowMenu(text: HostText): MenuItemConstructorOptions {
  return {
    role: 'window',
    label: text.window,
    submenu: [
      { role: 'minimize', label: text.minimize },
      { role: 'zoom', label: text.zoom },
      { type: 'separator' },
      { role: 'front', label: text.front },
    ],
  };
}

type PlainCommand = Exclude<LabCommand['kind'], 'open-path' | 'about'>;
