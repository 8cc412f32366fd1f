/** What of an import is found, and may be chosen otherwise. */
import type { Split } from '../../data/draft.ts';
import type { SequenceTask } from '../../data/samples.ts';
import type { ColumnRole } from './columns.ts';
import type { EncodingName } from './encodings.ts';
import type { Separator } from './tables.ts';

/** How a text is taken: as fields of records, or as it stands, a row a line or as one text. */
export const importForms = ['table', 'json', 'json-lines', 'lines', 'text'] as const;
export type ImportForm = (typeof importForms)[number];

/** Which rows of a file that has more than the grid is made for. */
export const importTakes = ['first', 'random', 'all'] as const;
export type ImportTake = (typeof importTakes)[number];

/** As many rows are taken of a longer file, unless all are asked for. */
export const takenRows = 100_000;

/** What a user may say instead of what was found; a key that is left out is found. */
export interface ImportChoices {
  encoding?: EncodingName;
  form?: ImportForm;
  /** Of a table. */
  separator?: Separator | null;
  quotes?: boolean;
  comment?: string | null;
  /** Whether the first record names the columns. */
  header?: boolean;
  /** Whether white space around inputs, targets and notes is cut off; found: around labels and their inputs. */
  trim?: boolean;
  /** By column, from the first; others are ignored. */
  columns?: ColumnRole[];
  /** Labels as the file has them, and as they are to be: to rename some, or to make several one. */
  labels?: Record<string, string>;
  /** What the rows are learned as; null: as the draft's are. */
  task?: SequenceTask | null;
  /** file: as the split column says, else training; or the whole file as one. */
  split?: 'file' | 'train' | 'validation';
  /** Instead of the draft's rows or text, or after them. */
  mode?: 'replace' | 'append';
  /** Of more than `takenRows`: the first, as many by chance in their order (torch.randperm of the seed), or all. */
  take?: ImportTake;
  seed?: number;
  /** Whether rows stay out whose input and target came before in the file. */
  withoutDoubles?: boolean;
  /** Whether rows stay out that are in the draft already; where they come after its rows. */
  withoutPresent?: boolean;
}

export const importDefaults: Required<ImportChoices> = {
  encoding: 'utf-8',
  form: 'text',
  separator: null,
  quotes: true,
  comment: null,
  header: false,
  trim: false,
  columns: [],
  labels: {},
  task: null,
  split: 'file',
  mode: 'replace',
  take: 'first',
  seed: 0,
  withoutDoubles: false,
  withoutPresent: false,
};

export interface ImportedRow {
  /** Its number in the file, from 1, the header and blank ones counted. */
  record: number;
  input: string;
  target: string;
  split: Split;
  note: string;
}
