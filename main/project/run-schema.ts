/** Schemas of the JSON cells of runs and epochs. */
import * as v from 'valibot';
import type { RunProgress, RunState, ShapesReport } from '../../engine/api.ts';

const problem = v.object({
  code: v.string(),
  message: v.string(),
  path: v.string(),
  details: v.record(v.string(), v.nullable(v.union([v.string(), v.number(), v.boolean()]))),
});

export const stateSchema: v.GenericSchema<unknown, RunState> = v.variant('status', [
  v.object({ status: v.picklist(['queued', 'running', 'paused', 'stopped']) }),
  v.object({
    status: v.literal('finished'),
    reason: v.picklist(['epochs', 'loss-below', 'right-for', 'patience']),
  }),
  v.object({ status: v.literal('diverged'), problem }),
  v.object({ status: v.literal('interrupted'), reason: v.string(), problem }),
]) as v.GenericSchema<unknown, RunState>;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

export const progressSchema: v.GenericSchema<unknown, RunProgress> = v.object({
  epoch: count,
  batch: count,
  batchesPerEpoch: count,
  trainedMs: v.number(),
  tokensPerSecond: v.nullable(v.number()),
});

/** Float32 values that JSON lacks, as they are written. */
const notInJson = new Set<unknown>(['NaN', 'Infinity', '-Infinity', '-0']);

/** A tensor's values as a JSON cell holds them; values that JSON lacks become texts. */
export const jsonNumbers = (values: Float32Array): (number | string)[] =>
  Array.from(values, (value) => {
    if (Object.is(value, -0)) return '-0';
    return Number.isFinite(value) ? value : String(value);
  });

/** A list of numbers, checked without an issue for each, because there may be millions. */
const numbers = v.pipe(
  v.custom<(number | string)[]>(
    (value) => Array.isArray(value) && value.every((one) => typeof one === 'number' || notInJson.has(one)),
    'a list of numbers is needed',
  ),
  v.transform((list) => Float32Array.from(list, Number)),
);
const tensor = v.object({ name: v.string(), shape: v.array(count), data: numbers });

export const shapesSchema: v.GenericSchema<unknown, ShapesReport> = v.object({
  steps: v.array(v.object({ t: v.nullable(count), tensors: v.array(tensor) })),
  sameNumbers: v.array(v.tuple([v.string(), v.string()])),
});

export const epochCells = {
  predictions: v.array(v.string()),
  probabilities: v.array(v.number()),
};
