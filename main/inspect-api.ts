/** How a window looks inside a run: types only, part of `main/api.ts`. */
import type { WeightPatch } from '../engine/api.ts';
import type { Answer, Question } from '../engine/questions.ts';

/**
 * A moment inside an epoch: the weights with which batch `batch` (from 0) of epoch `epoch` (from 1) was, or will next be,
 * passed forward; `explainBatch` explains the update that follows. Batch 0 has the weights after epoch − 1.
 */
export interface BatchMoment {
  epoch: number;
  batch: number;
}

export interface AskRunOver {
  runId: string;
  /** In any order. */
  epochs: number[];
  question: Question;
  /** Weights set by hand in every epoch, for this question. */
  weights?: WeightPatch[];
  /** A window's questions of one group replace each other; absent: those of one kind. */
  group?: string;
}

export interface AnswersOver {
  /** Ascending, each once. */
  epochs: number[];
  /** The answer of each of these epochs. */
  answers: Answer[];
}

export interface ExplainBatchOfRun {
  runId: string;
  epoch: number;
  batch: number;
  keys: string[] | null;
}
