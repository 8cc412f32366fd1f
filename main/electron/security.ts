/**
 * Confines windows to the built page under `app://ohlol/`. The page has no Node and no preload script but ours; it
 * cannot open windows or navigate away, and its only permission is to write to the clipboard.
 */
import { app, protocol, type Session, type WebContents } from 'electron';
import { contentSecurityPolicy } from '../content-security.ts';
import { readPageFile } from '../page-files.ts';

export const PAGE_URL = 'app://ohlol/';

/** Registers the page's scheme. Call it before the app is ready. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves the page and restricts permissions. Call it once, when the app is ready. */
export function secureSession(session: Session, rendererFolder: string): void {
  session.protocol.handle('app', (request) => answer(request, rendererFolder));
  session.setPermissionRequestHandler((contents, permission, grant) =>
    grant(isGranted(permission, contents.getURL())),
  );
  session.setPermissionCheckHandler((contents, permission) =>
    isGranted(permission, contents?.getURL() ?? ''),
  );
  session.setDevicePermissionHandler(() => false);
}

/** Confines all web contents; call it before any is created. */
export function confineAllContents(): void {
  app.on('web-contents-created', (_event, contents) => confine(contents));
}

/** Whether a URL is of the built page. */
export function isOurPage(url: string): boolean {
  return url.startsWith(PAGE_URL);
}

function confine(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-attach-webview', (event) => event.preventDefault());
  // Our page stays allowed, because a reload navigates to it.
  for (const navigation of ['will-navigate', 'will-redirect'] as const) {
    contents.on(navigation as 'will-navigate', (event) => {
      if (!isOurPage(event.url)) event.preventDefault();
    });
  }
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame) event.preventDefault();
  });
}

function isGranted(permission: string, url: string): boolean {
  return permission === 'clipboard-sanitized-write' && isOurPage(url);
}

async function answer(request: Request, rendererFolder: string): Promise<Response> {
  const url = new URL(request.url);
  const file = url.host === 'ohlol' ? await readPageFile(rendererFolder, url.pathname) : null;
  const headers = {
    'Content-Security-Policy': contentSecurityPolicy(),
    'X-Content-Type-Options': 'nosniff',
    'Content-Type': file?.contentType ?? 'text/plain; charset=utf-8',
  };
  return new Response(file?.body ?? null, { status: file ? 200 : 404, headers });
}
