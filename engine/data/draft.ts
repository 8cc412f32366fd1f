/**
 * The draft: the experiment as it is being edited. Unlike an experiment document, its rows may still be wrong
 * (unequal lengths, unknown tokens) and some may be switched off; `draftToExperiment` gives the document that a
 * run would freeze. Pure data and pure functions, so that the window can check while the user types and the
 * project file can undo.
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

/** What the draft's rows mean; the rows themselves stand beside it because there can be 100,000. */
export interface DraftData {
  task: TaskName;
  tokens: TokenUnit;
  /** Holds while frozen; while not, the rows give the vocabulary (`draftVocabulary`) and this is not looked at. */
  vocabulary: string[];
  /** null: the same as vocabulary. While not frozen, any list only says that targets have tokens of their own. */
  targetVocabulary: string[] | null;
  /** While true, new tokens in rows are problems; while false, the vocabulary follows the rows. */
  vocabularyFrozen: boolean;
  /** Set where task is 'shapes'. */
  shapes: ShapesDataset | null;
  /** What becomes of tokens outside the vocabulary; absent: refuse, they are problems. */
  unknown?: UnknownRule;
  /** Language model over a text. */
  text: string;
  /** What is held back of the text: its last part, or a text of its own; absent or null: nothing. */
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

/** One change of the draft. Each has an exact inverse, so a change is also an undo step. */
export type DraftEdit =
  | { kind: 'name'; name: string }
  | { kind: 'data'; patch: Partial<DraftData> }
  /** Of a language model's text: in order, none over another; a key typed into a long text is a small edit. */
  | { kind: 'text'; changes: TextChange[] }
  | { kind: 'model'; patch: Partial<ModelSpec> }
  | { kind: 'training'; patch: Partial<TrainingSpec> }
  | { kind: 'initialWeights'; weights: WeightsJson | null }
  | { kind: 'rows.insert'; at: number; rows: DraftRow[] }
  | { kind: 'rows.remove'; ids: number[] }
  /** Puts rows back at the places that they are to have afterwards, ascending: what undoes a removal here and there. */
  | { kind: 'rows.restore'; places: { at: number; row: DraftRow }[] }
  | { kind: 'rows.change'; rows: (Pick<DraftRow, 'id'> & Partial<Omit<DraftRow, 'id'>>)[] }
  /** `to` is the row's index afterwards. */
  | { kind: 'rows.move'; id: number; to: number }
  /** The ids of all rows as they are to follow each other. */
  | { kind: 'rows.order'; ids: number[] }
  | { kind: 'all'; edits: DraftEdit[] };

/** A draft to start from: a mapping without rows, the defaults of everything else. */
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

/** What a new project starts from: it learns as soon as it has rows, whatever their vocabulary is. */
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
