/** What this window must find again after a reload. The browser forgets it when the window closes. */
interface Session {
  path: string | null;
  screen: string;
}

const KEY = 'ohlol-window';

export function saveSession(session: Session): void {
  sessionStorage.setItem(KEY, JSON.stringify(session));
}

export function loadSession(): Session | null {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
    if (typeof stored !== 'object' || stored === null) return null;
    const { path, screen } = stored as Partial<Session>;
    return {
      path: typeof path === 'string' ? path : null,
      screen: typeof screen === 'string' ? screen : 'data',
    };
  } catch {
    // Storage may be switched off; a reload then begins at the start screen.
    return null;
  }
}
