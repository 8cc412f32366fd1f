/** Rules for file names from a window: each must be a plain name that the system takes for exactly that name. */
import { win32 } from 'node:path';

const mostBytes = 255;
/** Device names, with any ending: https://learn.microsoft.com/windows/win32/fileio/naming-a-file. */
const deviceName = /^(?:con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³])\s*(?:\.|$)/i;

/** Why a name is not usable for a file in a folder, as a phrase to follow the name; null if it is usable. */
export function whyNoName(name: string, platform: NodeJS.Platform = process.platform): string | null {
  if (name === '' || name === '.' || name === '..') return 'is no name of a file';
  if (name.startsWith('.')) return 'begins with a dot, as hidden files do';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (/[\u0000-\u001f\u007f]/.test(name)) return 'holds a control character';
  if (name.includes('/')) return 'holds a /';
  if (Buffer.byteLength(name) > mostBytes) return `is longer than ${mostBytes} bytes`;
  if (platform !== 'win32') return null;
  // A colon would name another stream of a file.
  if (/[<>:"|?*\\]/.test(name)) return 'holds one of < > : " | ? * \\, which no name on Windows may';
  if (/[. ]$/.test(name)) return 'ends with a dot or a space, which Windows drops';
  return deviceName.test(name) ? 'is the name of a device on Windows' : null;
}

/** Whether a path leads to another computer or to a device (`\\server\share`, `\\.\COM1`, `\\?\…`). */
export function isFarPath(path: string, platform: NodeJS.Platform = process.platform): boolean {
  return platform === 'win32' && /^[\\/]{2}/.test(win32.normalize(path));
}
