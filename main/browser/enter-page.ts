/** The page through which a browser enters the lab: it sends the key and stores the secret that it gets in return. */
import { createHash } from 'node:crypto';

/** The WebSocket's protocol; renderer/lab.ts offers the page's secret beside it. */
export const pageProtocol = 'ohlol';

/**
 * Exchanges the key for the secret. The storage belongs to this origin, port included, and survives a reload. A used
 * key does no harm to a page that has entered already.
 */
const script = `
const storage = globalThis.localStorage;
const key = location.hash.slice(1);
async function enter() {
  if (key !== '' && storage.getItem('ohlol-entered') !== key) {
    const answer = await fetch('/enter', { method: 'POST', body: key });
    const text = await answer.text();
    if (answer.ok) {
      storage.setItem('ohlol-page', text);
      storage.setItem('ohlol-entered', key);
    } else if (storage.getItem('ohlol-page') === null) return say(text);
  } else if (storage.getItem('ohlol-page') === null) {
    return say('Open the address that the lab printed when it started; it carries the key to it.');
  }
  location.replace('/');
}
function say(sentence) {
  document.body.textContent = sentence;
}
enter().catch(() => say('The lab does not answer. Start it again.'));
`;

export const enterPage = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Ohlol</title><link rel="icon" href="data:,"><body></body><script>${script}</script></html>`;

/** Allows only this script, and lets it send requests only to its own server. */
export const enterPolicy = [
  "default-src 'none'",
  `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
