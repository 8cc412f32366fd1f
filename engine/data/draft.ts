/**
 * The draft: the experiment as it is being edited. Unlike an experiment document, its rows may still be wrong
 * (unequal lengths, unknown tokens) and some may be switched off; `draftToExperiment` gives the document that a
 * run would freeze. Pure data and pure functions, so that the window can check while the user types and the
 * project file can undo.
 */

import type { ShapesDataset, TaskName, TokenUnit, TrainingSpec, WeightsJson } from '../model/experiment.ts';
import type { ModelSpec } from '../model/spec.ts';

export type Split = 'train' | 'validation' | 'off';

export interface DraftRow {
  /** Never reused within a draft. */
  id: number;
  input: string;
  target: string;
  split: Split;
  note: string;
}

/** What the draft's rows mean; the rows themselves stand beside it because there can be 100,000. */
export interface DraftData {
  task: TaskName;
  tokens: TokenUnit;
  vocabulary: string[];
  /** null: the same as vocabulary. */
  targetVocabulary: string[] | null;
  /** While true, new tokens in rows are problems; while false, the vocabulary follows the rows. */
  vocabularyFrozen: boolean;
  /** Set where task is 'shapes'. */
  shapes: ShapesDataset | null;
  /** Language model over a text. */
  text: string;
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

/** One change of the draft. Each has an exact inverse, so a change is also an undo step. */
export type DraftEdit =
  | { kind: 'name'; name: string }
  | { kind: 'data'; patch: Partial<DraftData> }
  | { kind: 'model'; patch: Partial<ModelSpec> }
  | { kind: 'training'; patch: Partial<TrainingSpec> }
  | { kind: 'initialWeights'; weights: WeightsJson | null }
  | { kind: 'rows.insert'; at: number; rows: DraftRow[] }
  | { kind: 'rows.remove'; ids: number[] }
  | { kind: 'rows.change'; rows: (Pick<DraftRow, 'id'> & Partial<Omit<DraftRow, 'id'>>)[] }
  | { kind: 'rows.move'; id: number; to: number }
  | { kind: 'all'; edits: DraftEdit[] };
