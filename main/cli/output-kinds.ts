/** The files that a command's output may replace without `--force`: those that such a command has written. */
import { type ExportFormat, exportFormats } from '../../engine/formats/exports.ts';
import type { Replaceable } from '../write-guard.ts';

/** The files that an export may replace. */
export function likeExports(format: ExportFormat): Replaceable {
  const { what, fits } = exportFormats[format];
  return { what, fits: (head) => fits(textOf(head)) };
}

/** The files that `ohlol train --out` may replace. */
export const likeResults: Replaceable = {
  what: 'a result',
  fits: (head) => /^\s*\{\s*"format"\s*:\s*"ohlol\/result"/.test(textOf(head)),
};

/** Decodes bytes, without a byte order mark. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
