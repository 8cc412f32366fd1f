/** The properties of an import that are found in the file, and that a user may choose differently. */
import type { Split } from '../../data/draft.ts';
import type { SequenceTask } from '../../data/samples.ts';
import type { ColumnRole } from './columns.ts';
import type { EncodingName } from './encodings.ts';
import type { Separator } from './tables.ts';

/** How a file is read: as fields of records, as one row per line, or as one text. */
export const importForms = ['table', 'json', 'json-lines', 'lines', 'text'] as const;
export type ImportForm = (typeof importForms)[number];

/** Which rows are taken of a file that has more than the grid is made for. */
export const importTakes = ['first', 'random', 'all'] as const;
export type ImportTake = (typeof importTakes)[number];

/** Most rows taken of a longer file, unless all are asked for. */
export const takenRows = 100_000;

/** What a user chooses instead of what was found; a missing key uses what was found. */
export interface ImportChoices {
  encoding?: EncodingName;
  form?: ImportForm;
  /** Of a table; null: each line is one field. */
  separator?: Separator | null;
  quotes?: boolean;
  comment?: string | null;
  /** Whether the first record names the columns. */
  header?: boolean;
  /**
   * Whether white space around inputs, targets and notes is removed. By default it is removed for the label task.
   */
  trim?: boolean;
  /** Roles of the columns, from the first; further columns are ignored. */
  columns?: ColumnRole[];
  /** New names of the file's labels; several labels with the same new name become one. */
  labels?: Record<string, string>;
  /** The task that the rows are for; null: the draft's task. */
  task?: SequenceTask | null;
  /**
   * file: the split column decides, and rows without one are for training. Otherwise the whole file gets this split.
   */
  split?: 'file' | 'train' | 'validation';
  /** Whether the rows or the text replace the draft's, or come after them. */
  mode?: 'replace' | 'append';
  /**
   * Of more than `takenRows` rows: the first, as many drawn at random but in file order (torch.randperm of the
   * seed), or all.
   */
  take?: ImportTake;
  seed?: number;
  /** Whether rows are left out whose input and target came before in the file. */
  withoutDoubles?: boolean;
  /** Whether rows are left out that the draft has already; matters in mode `append`. */
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
  /** Number of the record in the file, from 1; the header and blank records count. */
  record: number;
  input: string;
  target: string;
  split: Split;
  note: string;
}
