import { BrowserWindow, nativeTheme } from 'electron';
import { preloadFile } from '../paths.ts';
import { PAGE_URL } from './security.ts';

/** The values of --bg in the light and dark themes, so that nothing flashes before the page is drawn. */
const BACKGROUND = { light: '#f4f5f7', dark: '#111316' };
const MOST_RELOADS = 3;

/** Creates a window on the lab, which is shown once its page has been drawn. The title is the page's. */
export function makeWindow(): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    minWidth: 1024,
    minHeight: 700,
    show: false,
    title: 'Ohlol',
    backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
    webPreferences: {
      preload: preloadFile,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
    },
  });
  window.once('ready-to-show', () => window.show());
  // A page that crashed is reloaded as it was, because its data is main's. After three reloads it stays gone.
  let reloads = 0;
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || reloads === MOST_RELOADS) return;
    reloads += 1;
    window.webContents.reload();
  });
  void window.loadURL(PAGE_URL);
  return window;
}
