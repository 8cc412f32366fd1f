/** Which files a command's output may replace without being forced to: those that such a command has written. */
import { metricsHeader } from '../../engine/formats/metrics-csv.ts';
import type { Replaceable } from '../write-guard.ts';

/** Our documents begin with their format; what says so elsewhere was written by another program. */
function document(what: string, format: string): Replaceable {
  const start = new RegExp(`^\\s*\\{\\s*"format"\\s*:\\s*"${format}"`);
  return { what, fits: (head) => start.test(textOf(head)) };
}

export const outputKinds = {
  experiment: document('an experiment', 'ohlol/experiment'),
  weights: document('a weights file', 'ohlol/weights'),
  result: document('a result', 'ohlol/result'),
  safetensors: {
    what: 'a safetensors file with our metadata',
    // After the length of its header.
    fits: (head) => ourSafetensors.test(textOf(head.subarray(8))),
  },
  metrics: {
    what: 'a table of metrics',
    fits: (head) => textOf(head).split(/\r?\n/)[0] === metricsHeader,
  },
} satisfies Record<string, Replaceable>;

const ourSafetensors = /^\{"__metadata__":\{"format":"pt","ohlol":"\{\\"format\\":\\"ohlol\/weights\\"/;

/** A byte order mark aside. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
