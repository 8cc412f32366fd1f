import type { DraftData, DraftRow, Split } from '../../engine/data/draft.ts';
import type { LabelCount } from '../../engine/data/row-operations.ts';
import { type SequenceTask, targetTokens } from '../../engine/data/samples.ts';
import { splitTokens } from '../../engine/data/tokens.ts';
import { rowChanges } from './row-stretch.ts';

/** Sums over the rows of a draft. */
export interface RowTotals {
  splits: Record<Split, number>;
  /** Token → how often it occurs in the inputs and in the targets of rows that are switched on. */
  input: ReadonlyMap<string, number>;
  target: ReadonlyMap<string, number>;
  /** The number of tokens in the longest input of a row in use; 0: no row is in use. */
  longest: number;
  /** The most token columns that any row takes up, counting targets and rows that are switched off. */
  widest: number;
  /** The number of rows whose text is not in Unicode's composed form (NFC). */
  notComposed: number;
  /** How many rows each label has, whatever their split, in no order that is told; empty where the task has none. */
  labels: readonly LabelCount[];
}

interface RowFacts {
  input: string[];
  target: string[];
  composed: boolean;
}

/** Keeps the sums of a draft's rows while they are edited: only rows that came or went are counted. */
export class RowCounter {
  #rows: readonly DraftRow[] = [];
  #settings = '';
  #splits: Record<Split, number> = { train: 0, validation: 0, off: 0 };
  #input = new Map<string, number>();
  #target = new Map<string, number>();
  /** Length of an input in tokens → number of rows in use with that length. */
  #lengths = new Map<number, number>();
  /** Width of a row in columns → number of rows with that width. */
  #widths = new Map<number, number>();
  #notComposed = 0;
  #labels = new Map<string, LabelCount>();

  totals(rows: readonly DraftRow[], data: DraftData): RowTotals {
    const settings = `${data.task} ${data.tokens}`;
    if (settings !== this.#settings) {
      this.#clear();
      this.#settings = settings;
    }
    const { gone, come } = rowChanges(this.#rows, rows);
    for (const row of gone) this.#count(row, data, -1);
    for (const { row } of come) this.#count(row, data, 1);
    this.#rows = rows;
    return {
      splits: { ...this.#splits },
      input: new Map(this.#input),
      target: new Map(this.#target),
      longest: largest(this.#lengths),
      widest: largest(this.#widths),
      notComposed: this.#notComposed,
      labels: [...this.#labels.values()],
    };
  }

  #count(row: DraftRow, data: DraftData, sign: 1 | -1): void {
    const facts = rowFacts(row, data);
    this.#splits[row.split] += sign;
    if (data.task === 'label' && row.target !== '') this.#countLabel(row, sign);
    if (!facts.composed) this.#notComposed += sign;
    // A label takes up one cell, however long it is.
    const besides = data.task === 'mapping' ? facts.target.length : 0;
    add(this.#widths, Math.max(facts.input.length, besides), sign);
    if (row.split === 'off') return;
    add(this.#lengths, facts.input.length, sign);
    for (const token of facts.input) add(this.#input, token, sign);
    for (const token of facts.target) add(this.#target, token, sign);
  }

  /** Counts that were given out stay as they are. */
  #countLabel({ target: label, split }: DraftRow, sign: 1 | -1): void {
    const before = this.#labels.get(label) ?? { label, train: 0, validation: 0, off: 0 };
    const after = { ...before, [split]: before[split] + sign };
    if (after.train + after.validation + after.off === 0) this.#labels.delete(label);
    else this.#labels.set(label, after);
  }

  #clear(): void {
    this.#labels.clear();
    this.#rows = [];
    this.#splits = { train: 0, validation: 0, off: 0 };
    this.#input.clear();
    this.#target.clear();
    this.#lengths.clear();
    this.#widths.clear();
    this.#notComposed = 0;
  }
}

function rowFacts(row: DraftRow, { task, tokens: unit }: DraftData): RowFacts {
  return {
    input: splitTokens(row.input, unit),
    target: task === 'shapes' ? [] : targetTokens(row.target, task as SequenceTask, unit),
    composed: row.input.normalize('NFC') === row.input && row.target.normalize('NFC') === row.target,
  };
}

function largest(counts: ReadonlyMap<number, number>): number {
  let found = 0;
  for (const number of counts.keys()) found = Math.max(found, number);
  return found;
}

function add<Key>(counts: Map<Key, number>, key: Key, sign: number): void {
  const next = (counts.get(key) ?? 0) + sign;
  if (next === 0) counts.delete(key);
  else counts.set(key, next);
}
