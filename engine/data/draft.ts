/**
 * The draft: the experiment while it is being edited. Unlike in an experiment document, its rows may be wrong
 * (unequal lengths, unknown tokens) and some may be switched off; `draftToExperiment` gives the document that a run
 * would freeze. Everything is pure data and pure functions, so that the window can check while the user types and
 * the project file can undo.
 */

import type { ShapesDataset, TaskName, TokenUnit, TrainingSpec, WeightsJson } from '../model/experiment.ts';
import { defaultModel, type ModelSpec } from '../model/spec.ts';
import { optimizerDefaults, trainingDefaults } from './defaults.ts';
import type { TextChange } from './text-changes.ts';
import type { UnknownRule } from './vocabulary.ts';

export type Split = 'train' | 'validation' | 'off';

export interface DraftRow {
  /** Never reused within a draft. */
  id: number;
  input: string;
  target: string;
  split: Split;
  note: string;
}

export type TextValidation = { fraction: number } | { text: string };

/** The meaning of the draft's rows. The rows themselves are kept apart from it because there can be 100,000. */
export interface DraftData {
  task: TaskName;
  tokens: TokenUnit;
  /**
   * Used while frozen. While not frozen, the vocabulary comes from the rows (`draftVocabulary`) and this list is
   * ignored.
   */
  vocabulary: string[];
  /** null: the same as vocabulary. While not frozen, any list only means that targets have tokens of their own. */
  targetVocabulary: string[] | null;
  /** While true, new tokens in rows are problems; while false, the vocabulary follows the rows. */
  vocabularyFrozen: boolean;
  /** Set only where task is 'shapes'. */
  shapes: ShapesDataset | null;
  /** What happens to tokens outside the vocabulary. Absent: `refuse`, they are problems. */
  unknown?: UnknownRule;
  /** The text of a language model; empty where it reads rows. */
  text: string;
  /** The held-back part of the text: its last part, or a text of its own. Absent or null: nothing is held back. */
  textValidation?: TextValidation | null;
  sequenceLength: number;
}

export interface Draft {
  name: string;
  data: DraftData;
  rows: DraftRow[];
  model: ModelSpec;
  training: TrainingSpec;
  initialWeights: WeightsJson | null;
}

/** One change of the draft. Each change has an exact inverse, so it is also an undo step. */
export type DraftEdit =
  | { kind: 'name'; name: string }
  | { kind: 'data'; patch: Partial<DraftData> }
  /**
   * Changes of a language model's text, in order and without overlap; a key typed into a long text is a small edit.
   */
  | { kind: 'text'; changes: TextChange[] }
  | { kind: 'model'; patch: Partial<ModelSpec> }
  | { kind: 'training'; patch: Partial<TrainingSpec> }
  | { kind: 'initialWeights'; weights: WeightsJson | null }
  | { kind: 'rows.insert'; at: number; rows: DraftRow[] }
  | { kind: 'rows.remove'; ids: number[] }
  /** Puts rows back at the indices that they had, in ascending order; it undoes a removal of scattered rows. */
  | { kind: 'rows.restore'; places: { at: number; row: DraftRow }[] }
  | { kind: 'rows.change'; rows: (Pick<DraftRow, 'id'> & Partial<Omit<DraftRow, 'id'>>)[] }
  /** Moves a row; `to` is its index afterwards. */
  | { kind: 'rows.move'; id: number; to: number }
  /** The ids of all rows in their new order. */
  | { kind: 'rows.order'; ids: number[] }
  | { kind: 'all'; edits: DraftEdit[] };

/** A draft to start from: a mapping without rows, with defaults for everything else. */
export function emptyDraft(): Draft {
  return {
    name: 'Untitled',
    data: {
      task: 'mapping',
      tokens: 'characters',
      vocabulary: [],
      targetVocabulary: null,
      vocabularyFrozen: false,
      shapes: null,
      text: '',
      sequenceLength: 32,
    },
    rows: [],
    model: defaultModel(),
    training: structuredClone(trainingDefaults),
    initialWeights: null,
  };
}

/** The draft of a new project. Its model can learn as soon as there are rows, whatever their vocabulary. */
export function newDraft(): Draft {
  const draft = emptyDraft();
  return {
    ...draft,
    model: { ...draft.model, head: 'linear', hiddenSize: 16 },
    training: { ...draft.training, epochs: 200, optimizer: { ...optimizerDefaults.adam, lr: 0.01 } },
  };
}

/** An id that no row of the draft has. */
export function nextRowId(draft: Draft): number {
  return draft.rows.reduce((highest, row) => Math.max(highest, row.id), 0) + 1;
}
