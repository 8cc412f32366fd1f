import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cutName, mostNameBytes } from '../../cut-name.ts';

/**
 * Bytes in a name that we make. Disks count bytes, not characters: most allow 255, and 143 where folders are encrypted
 * (eCryptfs). The limit leaves room for every ending, number and time that is appended.
 */
const mostBytes = 100;

/** Makes a name valid for a file on every system: `hello → ohlol` becomes `hello-ohlol`. */
export function fileNameFor(name: string): string {
  const safe = name
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}<>:"/\\|?*→]+/gu, ' ')
    .trim()
    .replace(/\s+/g, '-')
    .replace(/^\.+/, '');
  const cut = cutName(safe, mostBytes).replace(/[.-]+$/, '');
  return cut === '' || isReserved(cut) ? `project-${cut}` : cut;
}

/** Windows reserves these names for devices, with any ending: `nul.txt` is not usable either. */
const isReserved = (name: string) => /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name);

/** The name of a copy, cut to leave room for a number and an ending. */
export const copyNameOf = (name: string) => `${cutName(name, mostNameBytes - 32)}-copy`;

/** The first path in the folder that does not exist: `hello-rnn.ohlol`, `hello-rnn-2.ohlol` … */
export function freePath(folder: string, name: string, ending: string): string {
  for (let number = 1; ; number++) {
    const behind = `${number === 1 ? '' : `-${number}`}${ending}`;
    const path = join(folder, `${cutName(name, mostNameBytes - Buffer.byteLength(behind))}${behind}`);
    if (!existsSync(path)) return path;
  }
}
