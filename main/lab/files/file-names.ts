import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cutName, mostNameBytes } from '../../cut-name.ts';

/**
 * Of a name that we make. Disks count bytes, not characters: 255 of them on most, 143 where folders are encrypted
 * (eCryptfs). This leaves room for every ending, number and time that goes behind a name.
 */
const mostBytes = 100;

/** A name as a file may have it on every system: `hello → ohlol` becomes `hello-ohlol`. */
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

/** Windows keeps these names for devices, with any ending: `nul.txt` is none either. */
const isReserved = (name: string) => /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name);

/** The name of a copy, cut so that a number and an ending have room. */
export const copyNameOf = (name: string) => `${cutName(name, mostNameBytes - 32)}-copy`;

/** A path in the folder that nothing has yet: `hello-rnn.ohlol`, `hello-rnn-2.ohlol` … */
export function freePath(folder: string, name: string, ending: string): string {
  for (let number = 1; ; number++) {
    const behind = `${number === 1 ? '' : `-${number}`}${ending}`;
    const path = join(folder, `${cutName(name, mostNameBytes - Buffer.byteLength(behind))}${behind}`);
    if (!existsSync(path)) return path;
  }
}
