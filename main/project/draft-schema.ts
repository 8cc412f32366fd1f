/**
 * Schemas of drafts and their changes, for data from a window or a file. engine/data/check-edit.ts checks their limits,
 * and values that a file cannot hold, with a sentence for each.
 */
import * as v from 'valibot';
import type { Draft, DraftEdit } from '../../engine/data/draft.ts';
import { cellNames } from '../../engine/model/spec.ts';
import { keepingObject, keepingRecord } from './keeping.ts';

const whole = v.pipe(v.number(), v.safeInteger());
const name = v.string();
const tokenList = v.array(v.string());

const row = v.strictObject({
  id: whole,
  input: v.string(),
  target: v.string(),
  split: v.picklist(['train', 'validation', 'off']),
  note: v.string(),
});
const rows = v.array(row);

const shapes = keepingObject({
  task: v.literal('shapes'),
  inputSize: whole,
  sequenceLength: whole,
  batchSize: whole,
  call: v.picklist(['cell', 'sequence']),
});

const dataParts = {
  task: v.picklist(['mapping', 'label', 'language-model', 'shapes']),
  tokens: v.picklist(['characters', 'spaces']),
  vocabulary: tokenList,
  targetVocabulary: v.nullable(tokenList),
  vocabularyFrozen: v.boolean(),
  shapes: v.nullable(shapes),
  text: v.string(),
  sequenceLength: whole,
  // Fields of later versions are absent if they have their default (engine/data/later-fields.ts).
  unknown: v.optional(v.picklist(['refuse', '<unk>'])),
  textValidation: v.optional(
    v.nullable(v.union([keepingObject({ fraction: v.number() }), keepingObject({ text: v.string() })])),
  ),
};

// These objects are loose, because documents may have keys of their own, which are kept.
const modelParts = {
  embedding: v.nullable(v.number()),
  cell: v.picklist(cellNames),
  nonlinearity: v.picklist(['tanh', 'relu']),
  hiddenSize: v.number(),
  numLayers: v.number(),
  bias: v.boolean(),
  bidirectional: v.boolean(),
  dropout: v.number(),
  head: v.picklist(['none', 'linear']),
  initialState: v.union([
    v.picklist(['zeros', 'learned']),
    keepingObject({ values: v.array(v.array(v.number())) }),
  ]),
  call: v.optional(v.picklist(['sequence', 'cell'])),
};

export const optimizer = v.variant('name', [
  keepingObject({
    name: v.literal('sgd'),
    lr: v.number(),
    momentum: v.number(),
    nesterov: v.boolean(),
    weightDecay: v.number(),
  }),
  keepingObject({
    name: v.picklist(['adam', 'adamw']),
    lr: v.number(),
    betas: v.tuple([v.number(), v.number()]),
    eps: v.number(),
    weightDecay: v.number(),
  }),
  keepingObject({
    name: v.literal('rmsprop'),
    lr: v.number(),
    alpha: v.number(),
    eps: v.number(),
    momentum: v.number(),
    weightDecay: v.number(),
  }),
]);

const scheduler = v.variant('name', [
  keepingObject({ name: v.literal('step'), stepSize: v.number(), gamma: v.number() }),
  keepingObject({ name: v.literal('exponential'), gamma: v.number() }),
  keepingObject({ name: v.literal('cosine'), tMax: v.number(), etaMin: v.number() }),
]);

export const stopRules = keepingObject({
  lossBelow: v.nullable(v.number()),
  rightFor: v.nullable(v.number()),
});

const trainingParts = {
  epochs: v.number(),
  batchSize: v.number(),
  shuffle: v.boolean(),
  seed: v.number(),
  loss: v.picklist(['mean', 'sum']),
  optimizer,
  scheduler: v.nullable(scheduler),
  clipGradNorm: v.nullable(v.number()),
  earlyStopping: v.nullable(
    keepingObject({
      metric: v.picklist(['loss', 'validationLoss']),
      patience: v.number(),
      minDelta: v.number(),
    }),
  ),
  stopWhen: stopRules,
  carryState: v.optional(v.boolean()),
  restoreBest: v.optional(v.boolean()),
};

const weights = keepingRecord(keepingObject({ shape: v.array(whole), data: v.array(v.number()) }));

export const draftSchema: v.GenericSchema<unknown, Draft> = v.object({
  name,
  data: keepingObject(dataParts),
  rows,
  model: keepingObject(modelParts),
  training: keepingObject(trainingParts),
  initialWeights: v.nullable(weights),
}) as v.GenericSchema<unknown, Draft>;

/** The deepest nesting of `all` inside `all`. */
const deepestEdit = 4;

function editSchema(depth: number): v.GenericSchema<unknown, DraftEdit> {
  const simple = [
    v.strictObject({ kind: v.literal('name'), name }),
    v.strictObject({ kind: v.literal('data'), patch: v.partial(v.strictObject(dataParts)) }),
    v.strictObject({
      kind: v.literal('text'),
      changes: v.array(v.strictObject({ at: whole, remove: whole, insert: v.string() })),
    }),
    v.strictObject({ kind: v.literal('model'), patch: v.partial(v.strictObject(modelParts)) }),
    v.strictObject({ kind: v.literal('training'), patch: v.partial(v.strictObject(trainingParts)) }),
    v.strictObject({ kind: v.literal('initialWeights'), weights: v.nullable(weights) }),
    v.strictObject({ kind: v.literal('rows.insert'), at: whole, rows }),
    v.strictObject({ kind: v.literal('rows.remove'), ids: v.array(whole) }),
    v.strictObject({
      kind: v.literal('rows.restore'),
      places: v.array(v.strictObject({ at: whole, row })),
    }),
    v.strictObject({
      kind: v.literal('rows.change'),
      rows: v.array(v.strictObject({ ...v.partial(row).entries, id: whole })),
    }),
    v.strictObject({ kind: v.literal('rows.move'), id: whole, to: whole }),
    v.strictObject({ kind: v.literal('rows.order'), ids: v.array(whole) }),
  ] as const;
  if (depth === 0) return v.variant('kind', simple) as v.GenericSchema<unknown, DraftEdit>;
  const several = v.strictObject({ kind: v.literal('all'), edits: v.array(editSchema(depth - 1)) });
  return v.variant('kind', [...simple, several]) as v.GenericSchema<unknown, DraftEdit>;
}

export const draftEditSchema = editSchema(deepestEdit);
