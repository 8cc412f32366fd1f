/**
 * The content security policy of the window, the same in both hosts: its own scripts, and nothing from elsewhere. Style
 * attributes are allowed because charts and virtual lists position their parts with them.
 *
 * @param connections where the window may connect besides its own origin, such as `ws://127.0.0.1:1234`.
 */
export function contentSecurityPolicy(connections: string[] = []): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src ${["'self'", ...connections].join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
