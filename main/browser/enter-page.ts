/** The page through which a browser enters the lab: it gives the key and keeps what it gets for it. */
import { createHash } from 'node:crypto';

/** The WebSocket's protocol; the page offers its secret beside it. renderer/lab.ts does. */
export const pageProtocol = 'ohlol';

/**
 * Its storage is of this one origin, port included, and outlives a reload. A key that is used up does no harm to who is
 * in already.
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

/** Only this script, which may ask only its own server. */
export const enterPolicy = [
  "default-src 'none'",
  `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
