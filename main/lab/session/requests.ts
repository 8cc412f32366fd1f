/** The calls that a window may make, as schemas of their arguments: a window is not trusted. */
import * as v from 'valibot';
import { evaluatedSamples, projectedInputs, unitInputs } from '../../../engine/data/limits.ts';
import { group } from '../../../engine/data/ranges.ts';
import { findUnstorable } from '../../../engine/data/storable.ts';
import { failure, LabError, type Problem, problem, quote, type Result } from '../../../engine/errors.ts';
import { exportFormatNames } from '../../../engine/formats/exports.ts';
import { type ImportChoices, importForms, importTakes } from '../../../engine/formats/importing/choices.ts';
import { columnRoles } from '../../../engine/formats/importing/columns.ts';
import { encodingNames } from '../../../engine/formats/importing/encodings.ts';
import { separators } from '../../../engine/formats/importing/tables.ts';
import { cellNames } from '../../../engine/model/spec.ts';
import type { Question, QuestionKind } from '../../../engine/questions.ts';
import type { LabApi } from '../../api.ts';
import { logDefect } from '../../defects.ts';
import { branchChangeSchema, weightPatches } from '../../project/branch-schema.ts';
import { curveMetrics } from '../../project/curve-store.ts';
import { draftEditSchema, stopRules } from '../../project/draft-schema.ts';
import { runName, runNotes } from '../../project/run-edits.ts';
import { largestFileBytes } from '../../window-message.ts';
import { preferencesSchema } from '../settings.ts';

/** Paths, at most as long as the longest of any system. */
const path = v.pipe(v.string(), v.minLength(1), v.maxLength(32_768));
const runId = v.pipe(v.string(), v.regex(/^\d{1,15}$/));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const fileBytes = v.pipe(v.instance(Uint8Array), v.maxLength(largestFileBytes));
/** Where a request may hold bytes or Float32Arrays. Everything else may end up in files, which hold none. */
const fileBytesPaths = [
  'bytes',
  'source.bytes',
  /^question\.(patches\[\d+\]\.set|basis\.(mean|directions))$/,
];

/** Shortens a label, which is only shown and may contain tokens or names of any length. */
const shortLabel = (text: string) => (text.length > 1000 ? `${text.slice(0, 1000).toWellFormed()}…` : text);

const editLabel = v.strictObject({
  key: v.pipe(v.string(), v.regex(/^[a-z0-9_]{1,64}$/)),
  values: v.record(v.string(), v.union([v.pipe(v.string(), v.transform(shortLabel)), v.number()])),
});

const runCommand = v.variant('kind', [
  v.strictObject({
    kind: v.literal('run'),
    epochsPerSecond: v.nullable(v.pipe(v.number(), v.gtValue(0), v.maxValue(1e6))),
  }),
  v.strictObject({ kind: v.picklist(['pause', 'step-epoch', 'step-batch', 'stop']) }),
  v.strictObject({
    kind: v.literal('change'),
    settings: v.strictObject({
      lr: v.optional(v.number()),
      clipGradNorm: v.optional(v.nullable(v.number())),
      epochs: v.optional(v.number()),
      stopWhen: v.optional(stopRules),
    }),
  }),
]);

const runChange = v.variant('kind', [
  v.strictObject({ kind: v.literal('rename'), name: runName }),
  v.strictObject({ kind: v.literal('notes'), notes: runNotes }),
  v.strictObject({ kind: v.literal('delete') }),
]);

const moment = v.union([count, v.picklist(['best', 'now'])]);
const batchMoment = v.strictObject({ epoch: v.pipe(count, v.minValue(1)), batch: count });

const askedGroup = v.pipe(v.string(), v.maxLength(100));

/** Text in a question; the engine checks the question's own limits. */
const text = v.pipe(v.string(), v.maxLength(1_000_000));
const pair = { input: text, target: text };
const place = { layer: count, reverse: v.boolean() };
/** Numbers in a question; they are never stored. */
const numbers = v.pipe(
  v.instance(Float32Array),
  v.check((values) => values.every(Number.isFinite), 'not all of its numbers are finite'),
);
const statePatch = v.strictObject({
  ...place,
  step: v.nullable(count),
  until: v.optional(count),
  state: v.picklist(['h', 'c']),
  units: v.nullable(v.pipe(v.array(count), v.maxLength(100_000))),
  set: v.union([v.picklist(['zero', 'freeze']), numbers]),
});
const feltLoss = {
  step: v.nullable(count),
  loss: v.picklist(['mean', 'sum']),
  batchTokens: v.optional(count),
};
const question = v.variant('kind', [
  v.strictObject({
    kind: v.literal('weights'),
    keys: v.nullable(v.pipe(v.array(v.string()), v.maxLength(1000))),
  }),
  v.strictObject({
    kind: v.literal('distribution'),
    key: v.string(),
    bins: count,
    range: v.optional(v.strictObject({ from: v.number(), to: v.number() })),
    indices: v.optional(v.pipe(v.array(count), v.maxLength(100_000))),
  }),
  v.strictObject({
    kind: v.picklist(['predict', 'trace']),
    input: text,
    patches: v.optional(v.pipe(v.array(statePatch), v.maxLength(10_000))),
  }),
  v.strictObject({
    kind: v.literal('unit-patches'),
    input: text,
    patches: v.pipe(v.array(statePatch), v.maxLength(10_000)),
    units: v.optional(v.pipe(v.array(count), v.maxLength(100_000))),
    target: count,
    rival: count,
  }),
  v.strictObject({
    kind: v.literal('unit'),
    ...place,
    inputs: v.pipe(v.array(text), v.maxLength(unitInputs)),
    unit: count,
    what: v.string(),
  }),
  v.strictObject({
    kind: v.literal('weight-sweep'),
    ...{ key: v.string(), index: v.number(), from: v.number(), to: v.number(), points: count },
    samples: v.pipe(v.array(v.strictObject(pair)), v.maxLength(evaluatedSamples)),
  }),
  v.strictObject({
    kind: v.literal('project-states'),
    ...place,
    inputs: v.pipe(v.array(text), v.maxLength(projectedInputs)),
    basis: v.optional(v.strictObject({ mean: numbers, directions: numbers })),
  }),
  v.strictObject({
    kind: v.literal('gradient-check'),
    samples: v.pipe(v.array(v.strictObject(pair)), v.maxLength(evaluatedSamples)),
    entries: v.optional(count),
  }),
  v.strictObject({ kind: v.literal('gradients'), ...pair, step: v.nullable(count) }),
  v.strictObject({
    kind: v.picklist(['gradient-map', 'influence']),
    ...pair,
    steps: v.optional(v.pipe(v.array(count), v.maxLength(100_000))),
  }),
  v.strictObject({ kind: v.literal('backward-trace'), ...pair, ...feltLoss }),
  v.strictObject({ kind: v.literal('running-gradient'), ...pair, ...feltLoss, key: v.string(), at: count }),
  v.strictObject({
    kind: v.literal('evaluate'),
    samples: v.pipe(v.array(v.strictObject(pair)), v.maxLength(evaluatedSamples)),
  }),
  v.strictObject({
    kind: v.literal('generate'),
    prompt: text,
    length: count,
    temperature: v.number(),
    topK: v.optional(v.nullable(count)),
    distributions: v.optional(v.boolean()),
    seed: v.number(),
  }),
]) satisfies v.GenericSchema<unknown, Question>;

type Nothing<T extends never> = T;
/** A kind of question that no schema above takes is a type error here. */
export type QuestionWithoutSchema = Nothing<Exclude<QuestionKind, v.InferOutput<typeof question>['kind']>>;

const exportRequest = {
  runId,
  format: v.picklist(exportFormatNames),
  at: v.optional(moment),
  excelMark: v.optional(v.boolean()),
};

const fileSource = v.variant('kind', [
  v.strictObject({ kind: v.literal('path'), path }),
  v.strictObject({ kind: v.literal('contents'), fileName: v.string(), bytes: fileBytes }),
]);

/** The choices of an import. Lists of columns are no longer than a table is wide. */
const importChoices = v.strictObject({
  encoding: v.optional(v.picklist(encodingNames)),
  form: v.optional(v.picklist(importForms)),
  separator: v.optional(v.nullable(v.picklist(separators))),
  quotes: v.optional(v.boolean()),
  comment: v.optional(v.nullable(v.pipe(v.string(), v.minLength(1), v.maxLength(10)))),
  header: v.optional(v.boolean()),
  columns: v.optional(v.pipe(v.array(v.picklist(columnRoles)), v.maxLength(1000))),
  labels: v.optional(v.record(v.string(), v.string())),
  task: v.optional(v.nullable(v.picklist(['mapping', 'label', 'language-model']))),
  split: v.optional(v.picklist(['file', 'train', 'validation'])),
  mode: v.optional(v.picklist(['replace', 'append'])),
  trim: v.optional(v.boolean()),
  take: v.optional(v.picklist(importTakes)),
  seed: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  withoutDoubles: v.optional(v.boolean()),
  withoutPresent: v.optional(v.boolean()),
}) satisfies v.GenericSchema<unknown, ImportChoices>;

const projectSource = v.variant('kind', [
  v.strictObject({ kind: v.literal('template'), name: v.string() }),
  v.strictObject({ kind: v.literal('empty') }),
  v.strictObject({ kind: v.literal('experiment'), fileName: v.string(), bytes: fileBytes }),
]);

const requestSchemas: Record<keyof LabApi, v.GenericSchema> = {
  describe: v.tuple([]),
  endLab: v.tuple([]),
  getPreferences: v.tuple([]),
  setPreferences: v.tuple([v.partial(v.strictObject(preferencesSchema.entries))]),
  listTemplates: v.tuple([]),
  listRecent: v.tuple([]),
  listFolder: v.tuple([v.nullable(path)]),
  showFileDialog: v.tuple([
    v.strictObject({
      kind: v.picklist(['open', 'save']),
      purpose: v.picklist(['project', 'weights', 'import', 'export']),
      suggestedName: v.nullable(v.pipe(v.string(), v.maxLength(255))),
      folder: v.nullable(path),
    }),
  ]),
  createProject: v.tuple([v.strictObject({ source: projectSource, path: v.nullable(path) })]),
  openProject: v.tuple([v.strictObject({ path })]),
  getProject: v.tuple([]),
  describeClosing: v.tuple([]),
  closeProject: v.union([v.strictTuple([]), v.strictTuple([v.picklist(['pause', 'stop', 'background'])])]),
  saveCopy: v.tuple([v.strictObject({ path, overwrite: v.boolean() })]),
  takeOverProject: v.tuple([]),
  duplicateProject: v.tuple([]),
  edit: v.tuple([v.strictObject({ edit: draftEditSchema, label: editLabel })]),
  undo: v.tuple([]),
  redo: v.tuple([]),
  changeRun: v.tuple([v.strictObject({ runId, change: runChange, label: editLabel })]),
  planRun: v.tuple([]),
  newRun: v.tuple([]),
  controlRun: v.tuple([v.strictObject({ runId, command: runCommand })]),
  getRun: v.tuple([runId]),
  getShapes: v.tuple([runId]),
  getEpochs: v.tuple([
    v.strictObject({ runId, since: count, limit: v.pipe(count, v.minValue(1), v.maxValue(10_000)) }),
  ]),
  listCheckpoints: v.tuple([runId]),
  listChanges: v.tuple([runId]),
  lookAt: v.tuple([v.strictObject({ runId, at: moment })]),
  askRun: v.tuple([
    v.strictObject({
      runId,
      at: v.union([moment, batchMoment]),
      question,
      weights: v.optional(v.pipe(weightPatches, v.maxLength(100_000))),
    }),
  ]),
  askRunOver: v.tuple([
    v.strictObject({
      runId,
      epochs: v.pipe(v.array(count), v.maxLength(100_000)),
      question,
      weights: v.optional(v.pipe(weightPatches, v.maxLength(100_000))),
      group: v.optional(askedGroup),
    }),
  ]),
  cancelAskOver: v.union([v.strictTuple([]), v.strictTuple([askedGroup])]),
  explainBatch: v.tuple([
    v.strictObject({
      runId,
      epoch: v.pipe(count, v.minValue(1)),
      batch: count,
      keys: v.nullable(v.pipe(v.array(v.string()), v.maxLength(1000))),
    }),
  ]),
  cancelLook: v.tuple([]),
  getCurves: v.tuple([
    v.strictObject({
      runId,
      metrics: v.pipe(v.array(v.picklist(curveMetrics)), v.minLength(1), v.maxLength(curveMetrics.length)),
      from: count,
      to: count,
      points: v.pipe(count, v.minValue(2), v.maxValue(4000)),
    }),
  ]),
  getStanding: v.tuple([runId]),
  branchRun: v.tuple([
    v.strictObject({
      runId,
      epoch: count,
      change: branchChangeSchema,
      weights: v.optional(v.pipe(weightPatches, v.maxLength(100_000))),
      label: editLabel,
    }),
  ]),
  createKin: v.tuple([
    v.strictObject({
      runId,
      cells: v.pipe(v.array(v.picklist(cellNames)), v.minLength(1), v.maxLength(cellNames.length)),
      label: editLabel,
    }),
  ]),
  previewExport: v.tuple([v.strictObject(exportRequest)]),
  writeExport: v.tuple([v.strictObject({ ...exportRequest, path, overwrite: v.boolean() })]),
  readFile: v.tuple([fileSource]),
  importWeights: v.tuple([fileSource]),
  openImport: v.tuple([fileSource]),
  previewImport: v.tuple([importChoices]),
  applyImport: v.tuple([
    v.strictObject({ choices: importChoices, revision: v.pipe(v.string(), v.maxLength(100)) }),
  ]),
  cancelImport: v.tuple([]),
};

type CallsWithResults = {
  [Name in keyof LabApi]: Awaited<ReturnType<LabApi[Name]>> extends Result<unknown> ? Name : never;
}[keyof LabApi];

/** Calls whose answer is no Result: a bad argument of theirs is a defect of the window. */
const plainCalls: Record<Exclude<keyof LabApi, CallsWithResults>, true> = {
  describe: true,
  endLab: true,
  getPreferences: true,
  setPreferences: true,
  listTemplates: true,
  listRecent: true,
  showFileDialog: true,
  getProject: true,
  describeClosing: true,
  closeProject: true,
  cancelImport: true,
  cancelLook: true,
  cancelAskOver: true,
};

/**
 * Wraps all calls with a check of their arguments. A value that a user can cause (something too long, a number that is
 * not finite, half a surrogate pair) comes back as a problem; arguments of another form reject the promise with the
 * place of the fault.
 */
export function checkRequests(api: LabApi): LabApi {
  const checked = Object.entries(requestSchemas).map(([name, schema]) => {
    const call = api[name as keyof LabApi] as (...args: unknown[]) => Promise<unknown>;
    return [
      name,
      async (...args: unknown[]) => {
        const [first] = args;
        const found = findUnstorable(first, hasParts(first) ? '' : name, fileBytesPaths);
        if (found) return refuse(name, found);
        const given = v.safeParse(schema, args);
        if (given.success) return await call.apply(api, given.output as unknown[]).catch(rethrow);
        const [issue] = given.issues;
        const problem = asProblem(issue);
        if (problem) return refuse(name, problem);
        throw new Error(`${name}(${v.getDotPath(issue) ?? ''}): ${issue.message}`);
      },
    ];
  });
  return Object.fromEntries(checked) as LabApi;
}

const hasParts = (value: unknown) => typeof value === 'object' && !ArrayBuffer.isView(value);

/**
 * Logs a defect and passes it to the window. The messages of the system, SQLite, Node and V8 mean nothing to a user and
 * are replaced.
 */
function rethrow(error: unknown): never {
  logDefect(error);
  if (error instanceof LabError || isOwn(error)) throw error;
  throw new Error('the lab met an error of its own; its log holds it', { cause: error });
}

/**
 * Whether the message of an error is our own: a plain Error without a code. Others carry the message of the system or
 * of V8.
 */
function isOwn(error: unknown): boolean {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  return name === 'Error' && code === undefined;
}

function refuse(name: string, found: Problem): Result<never> {
  if (Object.hasOwn(plainCalls, name)) throw new Error(`${name}: ${found.message}`);
  return failure(found);
}

function fileTooLarge(path: string, bytes: number): Problem {
  const limit = largestFileBytes;
  const message = `${path} has ${group(bytes)} bytes; at most ${group(limit)} of a file are taken`;
  return problem('file-too-large', path, message, { bytes, limit });
}

/** The problem of a value that has the right form but is not accepted; null if it has another form. */
function asProblem(issue: v.BaseIssue<unknown>): Problem | null {
  // The first part of the path is the argument's number.
  const path = (v.getDotPath(issue) ?? '').split('.').slice(1).join('.');
  // JSON writes a number that is not finite as null.
  if (issue.type === 'number' && issue.input === null) {
    const message = `${path} is not a finite number; it must be one`;
    return problem('not-finite', path, message, { value: 'NaN or Infinity', needs: 'a finite number' });
  }
  // Only values that a user typed; ids and page limits come from the window itself.
  if (!['max_length', 'min_length', 'safe_integer'].includes(issue.type)) return null;
  const { input, requirement } = issue;
  if (input instanceof Uint8Array) return fileTooLarge(path, input.length);
  if (issue.type === 'max_length' && typeof input === 'string' && typeof requirement === 'number') {
    const message = `${path} has ${input.length} characters; at most ${requirement} are taken`;
    return problem('too-long', path, message, { count: input.length, limit: requirement });
  }
  const found = typeof input === 'string' ? quote(input) : String(input);
  return problem('not-accepted', path, `${path} is ${found}, which is not taken (${issue.message})`, {
    found,
  });
}
