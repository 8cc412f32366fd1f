/** The one list of export formats of a run, used by the command line, the lab and the window's cards. */
import type { EpochRow } from '../api.ts';
import { type Result, success } from '../errors.ts';
import type { ExperimentDocument } from '../model/experiment.ts';
import { decodeText } from './decode-text.ts';
import { parseExperiment, writeExperiment } from './experiment.ts';
import { type CsvOptions, metricsHeader, writeMetricsCsv } from './metrics-csv.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';
import { parseWeights, type WeightsDocument, writeWeights } from './weights.ts';

/** The parts of a run that can be exported. */
export interface ExportedRun {
  experiment: ExperimentDocument;
  /** The exported checkpoint's weights; null where nothing was trained. */
  weights: WeightsDocument | null;
  /** All rows from the first epoch on. */
  epochs: readonly EpochRow[];
}

/** The part of a run that a format is written from. */
export type ExportNeed = keyof ExportedRun;

/** The options of all formats; each format uses those that it lists. */
export type ExportOptions = CsvOptions;

export interface Exporter<Need extends ExportNeed = ExportNeed> {
  /** Ending of its files' names: `.weights.json`. */
  ending: string;
  needs: Need;
  /** The options that affect this format. */
  options: readonly (keyof ExportOptions)[];
  /** Whether the lab can read such a file back; the window offers to open what it has just written. */
  opensHere: boolean;
  /** What a message calls such a file, with its article. */
  what: string;
  write(part: NonNullable<ExportedRun[Need]>, options: ExportOptions): string | Uint8Array;
  /** Whether the format's reader accepts the written bytes, read back from the disk. */
  check(written: Uint8Array): Result<unknown>;
  /**
   * Whether a file begins like a file of this format, so that a new one may replace it. `head` is its first 4 KB,
   * without a byte order mark.
   */
  fits(head: string): boolean;
  /** The written file as text: all of it, or the part that text can show. */
  preview(written: string | Uint8Array): string;
}

const defineExporter = <Need extends ExportNeed>(exporter: Exporter<Need>): Exporter<Need> => exporter;

/** Documents of Ohlol begin with their format; a file that states it elsewhere was written by another program. */
const beginsWithFormat = (format: string) => {
  const start = new RegExp(`^\\s*\\{\\s*"format"\\s*:\\s*"${format}"`);
  return (head: string) => start.test(head);
};

const asText = (written: string | Uint8Array) =>
  typeof written === 'string' ? written : new TextDecoder().decode(written);

function readText<T>(read: (text: string) => Result<T>, what: string): (written: Uint8Array) => Result<T> {
  return (written) => {
    const text = decodeText(written, what);
    return text.ok ? read(text.value) : text;
  };
}

/** A safetensors header of Ohlol, after the eight bytes of the header's length, whatever those are as text. */
const ourSafetensors =
  /^[\s\S]{1,8}?\{"__metadata__":\{"format":"pt","ohlol":"\{\\"format\\":\\"ohlol\/weights\\"/;

export const exportFormats = {
  'weights-json': defineExporter({
    ending: '.weights.json',
    needs: 'weights',
    opensHere: true,
    options: [],
    what: 'a weights file',
    write: (weights) => writeWeights(weights),
    check: readText(parseWeights, 'the weights file'),
    fits: beginsWithFormat('ohlol/weights'),
    preview: asText,
  }),
  safetensors: defineExporter({
    ending: '.safetensors',
    needs: 'weights',
    opensHere: true,
    options: [],
    what: 'a safetensors file with our metadata',
    write: (weights) => writeSafetensors(weights),
    check: readSafetensors,
    fits: (head) => ourSafetensors.test(head),
    preview: headerOfSafetensors,
  }),
  experiment: defineExporter({
    ending: '.experiment.json',
    needs: 'experiment',
    opensHere: true,
    options: [],
    what: 'an experiment',
    write: (experiment) => writeExperiment(experiment),
    check: readText(parseExperiment, 'the experiment'),
    fits: beginsWithFormat('ohlol/experiment'),
    preview: asText,
  }),
  'metrics-csv': defineExporter({
    ending: '.csv',
    needs: 'epochs',
    opensHere: false,
    options: ['excelMark'],
    what: 'a table of metrics',
    write: (epochs, options) => writeMetricsCsv(epochs, options),
    check: readText((text) => success(text), 'the table of metrics'),
    fits: (head) => head.split(/\r?\n/)[0] === metricsHeader,
    preview: asText,
  }),
} satisfies Record<string, Exporter<'experiment'> | Exporter<'weights'> | Exporter<'epochs'>>;

export type ExportFormat = keyof typeof exportFormats;

/** The formats that hold weights. */
export type WeightsFormat = {
  [Format in ExportFormat]: (typeof exportFormats)[Format] extends Exporter<'weights'> ? Format : never;
}[ExportFormat];

export const exportFormatNames = Object.keys(exportFormats) as ExportFormat[];

/** Earlier names of formats, which commands still accept. */
export const exportAliases: Readonly<Record<string, ExportFormat>> = { csv: 'metrics-csv' };

/** The exporter of a format, whichever part of a run it needs. */
export function findExporter(format: ExportFormat): Exporter {
  return exportFormats[format] as Exporter;
}

export function isWeightsFormat(format: ExportFormat): format is WeightsFormat {
  return findExporter(format).needs === 'weights';
}

/** Writes the run in a format. Throws where the run lacks the part that the format needs. */
export function writeExport(
  format: ExportFormat,
  run: ExportedRun,
  options: ExportOptions = {},
): string | Uint8Array {
  const exporter = findExporter(format);
  const part = run[exporter.needs];
  if (part === null) throw new Error(`${format} needs ${exporter.needs}, and the run has none`);
  return exporter.write(part, options);
}

/** The JSON header of a safetensors file (names, types, shapes, metadata), indented for reading. */
function headerOfSafetensors(written: string | Uint8Array): string {
  const bytes = typeof written === 'string' ? new TextEncoder().encode(written) : written;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = bytes.subarray(8, 8 + Number(view.getBigUint64(0, true)));
  return JSON.stringify(JSON.parse(new TextDecoder().decode(header)), null, 2);
}
