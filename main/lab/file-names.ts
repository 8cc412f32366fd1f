import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A name as a file may have it on every system: `hello → ohlol` becomes `hello-ohlol`. */
export function fileNameOf(name: string): string {
  const safe = name
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}<>:"/\\|?*→]+/gu, ' ')
    .trim()
    .replace(/\s+/g, '-')
    .replace(/^\.+|[.-]+$/g, '')
    .slice(0, 80);
  return safe === '' || /^(con|prn|aux|nul|com\d|lpt\d)$/i.test(safe) ? `project-${safe}` : safe;
}

/** A path in the folder that nothing has yet: `hello-rnn.ohlol`, `hello-rnn-2.ohlol` … */
export function freePath(folder: string, name: string, ending: string): string {
  for (let number = 1; ; number++) {
    const path = join(folder, `${name}${number === 1 ? '' : `-${number}`}${ending}`);
    if (!existsSync(path)) return path;
  }
}
