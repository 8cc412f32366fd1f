/**
 * Corrupted inputs for every reader and corrupted messages for the lab's door: each is refused with its
 * sentence, never with a throw.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Draft } from '../../engine/data/draft.ts';
import { applyEdit } from '../../engine/data/draft-edits.ts';
import { experimentToDraft } from '../../engine/data/draft-experiment.ts';
import { LabError, type Result, success } from '../../engine/errors.ts';
import { writeExperiment } from '../../engine/formats/experiment.ts';
import { parseJson } from '../../engine/formats/parse-json.ts';
import { checkResult } from '../../engine/formats/result.ts';
import { writeSafetensors } from '../../engine/formats/safetensors.ts';
import { fileKindNames, sniff } from '../../engine/formats/sniff.ts';
import { parseRows } from '../../engine/formats/table-rows.ts';
import { weightsDocument, writeWeights } from '../../engine/formats/weights.ts';
import type { SequenceExperiment, WeightsJson } from '../../engine/model/experiment.ts';
import { parameterShapes } from '../../engine/model/spec.ts';
import { findTemplate, templateNames } from '../../engine/templates/templates.ts';
import type { LabApi } from '../../main/api.ts';
import { checkRequests } from '../../main/lab/session/requests.ts';
import { doReadJob } from '../../main/reader/read-jobs.ts';

export interface FuzzCounts {
  taken: number;
  refused: number;
}

const hello = findTemplate('hello-rnn') as SequenceExperiment;
const weights: WeightsJson = Object.fromEntries(
  parameterShapes(hello.model, { inputSize: 4, outputSize: 4 }).map(({ key, shape }) => [
    key,
    { shape, data: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i / 8) },
  ]),
);
const document = weightsDocument(hello, weights, { epochs: 20, loss: 0.5, seed: 0 });
const result = {
  format: 'ohlol/result',
  version: 1,
  experiment: hello,
  epochs: [],
  status: 'finished',
  weights,
};

/** Valid files to corrupt. */
const sound: Uint8Array[] = [
  ...templateNames.map((name) => writeExperiment(findTemplate(name)!)).filter((text) => text.length < 20_000),
  writeExperiment({ ...hello, initialWeights: weights }),
  writeWeights(document),
  JSON.stringify(weights),
  JSON.stringify(Object.fromEntries(Object.entries(weights).map(([key, { data }]) => [key, [data, data]]))),
  JSON.stringify(result),
  'input,target,split,note\nhello,ohlol,train,"a ""note"""\nab\tba\n',
  '\ufeffinput\ttarget\r\né床👩‍🚀\tx\r\n',
].map((text) => new TextEncoder().encode(text));
sound.push(writeSafetensors(document), Buffer.from(`\ufeff${writeWeights(document)}`, 'utf16le'));

/** Longer than a token or a name may be. */
const long = 'x'.repeat(100_001);

/** Values that a hand edit, a generator or an attacker may put into JSON. */
const strange = [
  ...['1e999', '-1e999', 'NaN', 'Infinity', 'null', '-0', '1e308', '9007199254740993', '0.1', '-1', 'true'],
  ...[
    '"\\ud800"',
    '"__proto__"',
    '"constructor"',
    '{"__proto__":{"a":1}}',
    '{"a":1,"a":2}',
    '[]',
    '{}',
    '[[[]]]',
    '""',
  ],
  ...[
    '"toString":0,',
    '"__proto__":null,',
    '"hasOwnProperty":1,',
    '[',
    '{',
    '}',
    ']',
    ',',
    ':',
    '"',
    '\\',
    '\0',
    '\ufeff',
    '\ud83d',
  ],
];

const spoiling = fc.record({
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  cut: fc.oneof({ weight: 4, arbitrary: fc.nat(6) }, fc.nat(400)),
  put: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...strange).map((text) => new TextEncoder().encode(text)) },
    fc.uint8Array({ maxLength: 12 }),
    fc.constant(new Uint8Array()),
  ),
});

/** Valid documents with one or two values replaced: their content is corrupted, not their syntax. */
const documents: unknown[] = [hello, { ...hello, initialWeights: weights }, document, weights, result];
const changed = fc
  .tuple(
    fc.constantFrom(...documents),
    fc.array(fc.tuple(fc.nat(200), fc.oneof(fc.constantFrom(...strangeValues()), fc.jsonValue())), {
      maxLength: 2,
    }),
  )
  .map(([value, places]) => places.reduce<unknown>((at, [place, put]) => putAt(at, place, put), value))
  .map((value) => new TextEncoder().encode(JSON.stringify(value)));

const spoiltFile = fc.oneof(
  { weight: 4, arbitrary: changed },
  {
    weight: 12,
    arbitrary: fc
      .tuple(fc.constantFrom(...sound), fc.array(spoiling, { minLength: 1, maxLength: 4 }))
      .map(([bytes, spoilings]) => spoilings.reduce(spoil, bytes)),
  },
  fc.uint8Array({ maxLength: 300 }),
  fc.json().map((text) => new TextEncoder().encode(text)),
);

function spoil(
  bytes: Uint8Array,
  { at, cut, put }: { at: number; cut: number; put: Uint8Array },
): Uint8Array {
  const from = Math.floor(at * bytes.length);
  return Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + cut)]);
}

/** Throws where a reader throws, gives no reason, or returns something that a file could not hold again. */
export function fuzzReaders(seed: number, count: number): FuzzCounts {
  const counts: FuzzCounts = { taken: 0, refused: 0 };
  const look = (read: Result<unknown>) => {
    counts[read.ok ? 'taken' : 'refused'] += 1;
    for (const { code, message, path } of read.ok ? read.warnings : read.problems) {
      assert(
        message.length > 10 && code !== '' && typeof path === 'string',
        `no sentence: ${code}, ${message}`,
      );
    }
    if (!read.ok) assert(read.problems.length > 0);
  };
  fc.assert(
    fc.property(spoiltFile, (bytes) => {
      const source = {
        kind: 'contents',
        fileName: 'f',
        bytes: Buffer.from(bytes),
      } as const;
      assert(Object.hasOwn(fileKindNames, sniff(bytes)));
      for (const kind of ['summary', 'weights', 'draft'] as const) look(doReadJob({ kind, source }));
      const text = Buffer.from(bytes).toString();
      const parsed = parseJson(text, 'the result');
      look(parsed.ok ? checkResult(parsed.value) : parsed);
      assert(Array.isArray(parseRows(text)));
    }),
    { seed, numRuns: count, endOnFailure: true },
  );
  return counts;
}

const label = { key: 'edit_fuzz', values: {} };
const row = { id: 1, input: 'ab', target: 'ba', split: 'train', note: '' };
/** Valid calls to corrupt; every method is called with something. */
const calls: [string, unknown[]][] = [
  ['edit', [{ edit: { kind: 'name', name: 'a' }, label }]],
  ['edit', [{ edit: { kind: 'data', patch: { text: 'a', sequenceLength: 3 } }, label }]],
  ['edit', [{ edit: { kind: 'training', patch: hello.training }, label }]],
  ['edit', [{ edit: { kind: 'model', patch: hello.model }, label }]],
  ['edit', [{ edit: { kind: 'initialWeights', weights }, label }]],
  ['edit', [{ edit: { kind: 'rows.insert', at: 0, rows: [row] }, label }]],
  [
    'edit',
    [{ edit: { kind: 'all', edits: [{ kind: 'rows.change', rows: [{ id: 1, note: 'n' }] }] }, label }],
  ],
  [
    'createProject',
    [{ source: { kind: 'experiment', fileName: 'f', bytes: Uint8Array.of(97) }, path: null }],
  ],
  ['readFile', [{ kind: 'contents', fileName: 'f', bytes: Uint8Array.of(97) }]],
  ['importWeights', [{ kind: 'path', path: '/none' }]],
  ['openImport', [{ kind: 'contents', fileName: 'f.csv', bytes: Uint8Array.of(97, 44, 98) }]],
  ['previewImport', [{ separator: ';', columns: ['input', 'target'], labels: { a: 'b' }, task: null }]],
  ['applyImport', [{ choices: { mode: 'append' }, revision: '3-1' }]],
  ['cancelImport', []],
  ['controlRun', [{ runId: '1', command: { kind: 'change', settings: { lr: 0.1 } } }]],
  ['changeRun', [{ runId: '1', change: { kind: 'rename', name: 'r' }, label }]],
  ['getEpochs', [{ runId: '1', since: 0, limit: 10 }]],
  ['getCurves', [{ runId: '1', metrics: ['loss', 'lr'], from: 1, to: 10, points: 5 }]],
  ['setPreferences', [{ threads: 2 }]],
  ['getRun', ['1']],
  ['getShapes', ['1']],
  ['listFolder', [null]],
];

const anyCall = fc.tuple(
  fc.constantFrom(...calls),
  fc.option(
    fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, withMap: true, maxDepth: 4 }),
  ),
  fc.array(fc.tuple(fc.nat(30), fc.constantFrom(...strangeValues())), { maxLength: 3 }),
  fc.boolean(),
);

function strangeValues(): unknown[] {
  return [
    ...[0.5, 3, 'tanh', 'ab', 'relu'],
    ...[
      Number.POSITIVE_INFINITY,
      Number.NaN,
      null,
      undefined,
      -1,
      1.5,
      2 ** 60,
      '',
      '\ud800',
      '__proto__',
      true,
      [],
      {},
    ],
    ...[long, JSON.parse('{"__proto__": 1}'), { kind: 'constructor' }, [[[[[]]]]]],
  ];
}

/** Replaces the n-th place of a value, counted from the outside in. */
function putAt(value: unknown, place: number, put: unknown): unknown {
  const copy = structuredClone(value);
  const places: [Record<string, unknown>, string][] = [];
  const visit = (at: unknown) => {
    if (typeof at !== 'object' || at === null) return;
    for (const key of Object.keys(at)) {
      places.push([at as Record<string, unknown>, key]);
      visit((at as Record<string, unknown>)[key]);
    }
  };
  visit(copy);
  const chosen = places[place % Math.max(1, places.length)];
  if (chosen) chosen[0][chosen[1]] = put;
  return copy;
}

/** Throws where the door passes on a throw that is not its own refusal, or an edit that breaks a draft. */
export async function fuzzDoor(seed: number, count: number): Promise<FuzzCounts> {
  const counts: FuzzCounts = { taken: 0, refused: 0 };
  const draft: Draft = experimentToDraft(hello);
  const api = new Proxy({} as LabApi, {
    get: (_, name) => async (request: { edit?: never }) => {
      if (name === 'edit') applyOrRefuse(draft, request.edit!);
      counts.taken += 1;
      return success(null);
    },
  });
  const door = checkRequests(api) as unknown as Record<
    string,
    (...args: unknown[]) => Promise<Result<unknown>>
  >;
  await fc.assert(
    fc.asyncProperty(anyCall, async ([[method, sane], other, spoilings, replace]) => {
      const spoilt = spoilings.reduce<unknown>(
        (args, [place, put]) => putAt(args, place, put),
        sane,
      ) as unknown[];
      const args = replace && other !== null ? [other] : spoilt;
      try {
        const answer = await door[method]!(...args);
        if (answer.ok) return;
        counts.refused += 1;
        assert(answer.problems[0]!.message.length > 10);
      } catch (error) {
        counts.refused += 1;
        const { message } = error as Error;
        assert(message.startsWith(`${method}(`) || message.startsWith(`${method}: `), message);
      }
    }),
    { seed, numRuns: count, endOnFailure: true },
  );
  return counts;
}

function applyOrRefuse(draft: Draft, edit: never): void {
  try {
    applyEdit(draft, edit);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
  }
}
