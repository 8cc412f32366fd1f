import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ohlol } from './run-ohlol.ts';

const two = resolve(import.meta.dirname, '../../fixtures/cases/two.json');
const folder = mkdtempSync(join(tmpdir(), 'ohlol-initial-'));
const inFolder = (name: string) => join(folder, name);
const read = (name: string) => JSON.parse(readFileSync(inFolder(name), 'utf8'));
afterAll(() => rmSync(folder, { recursive: true }));

type Tensor = { shape: number[]; data: number[] };
/** The nested lists that `{k: v.tolist() for k, v in model.state_dict().items()}` gives. */
const nested = ({ shape, data }: Tensor) =>
  shape.length === 1
    ? data
    : Array.from({ length: shape[0]! }, (_, i) => data.slice(i * shape[1]!, (i + 1) * shape[1]!));
const writeMap = (name: string, weights: Record<string, Tensor>, key = (k: string) => k) =>
  writeFileSync(
    inFolder(name),
    JSON.stringify(Object.fromEntries(Object.entries(weights).map(([k, v]) => [key(k), nested(v)]))),
  );

/** Writes weights of another seed in every form. */
beforeAll(async () => {
  const train = ['train', two, '--seed', '7', '--quiet'];
  await ohlol(...train, '--weights', inFolder('document.json'), '--out', inFolder('result.json'));
  const seeded = inFolder('seeded.json');
  writeFileSync(
    seeded,
    JSON.stringify({ ...JSON.parse(readFileSync(two, 'utf8')), training: { epochs: 2, seed: 7 } }),
  );
  await ohlol('export', seeded, '--to', 'safetensors', '--out', inFolder('weights.safetensors'));
  writeMap('sd.json', read('document.json').weights);
});

describe('a run starts from', () => {
  test.each(['document.json', 'weights.safetensors', 'sd.json', 'result.json'])('%s', async (name) => {
    const out = inFolder('out.json');
    const { status, stderr } = await ohlol(
      'train',
      two,
      '--quiet',
      '--initial-weights',
      inFolder(name),
      '--out',
      out,
    );
    expect([status, stderr.split('\n').length]).toEqual([0, 2]);
    const started = read('out.json').initialWeights;
    expect(started).toEqual(read('document.json').weights);
    // The document holds the weights too, so that running it again gives the same run.
    expect(read('out.json').experiment.initialWeights).toEqual(started);
  });
});

test('what predict says of a bare state dict can be followed, and destroys nothing', async () => {
  const before = readFileSync(inFolder('sd.json'));
  const { status, stderr } = await ohlol('predict', inFolder('sd.json'), '--input', 'ab');
  expect(status).toBe(2);
  expect(stderr).toContain('initialWeights');
  const advised = /ohlol (train EXPERIMENT \S+ \S+)/.exec(stderr)![1]!.split(' ');
  expect(advised[2]).toBe('--initial-weights');
  const followed = advised.map((word) => (word === 'EXPERIMENT' ? two : word));
  expect((await ohlol(...followed)).status).toBe(0);
  expect(readFileSync(inFolder('sd.json')).equals(before)).toBe(true);
});

describe('refused with 2', () => {
  const cases: [name: string, weights: unknown, sentence: RegExp][] = [
    [
      'a shape',
      { ...mapOf(), 'rnn.bias_hh_l0': [1, 2, 3] },
      /rnn\.bias_hh_l0.* has shape \[3\]; the model needs \[2\]/,
    ],
    ['a key too few', without('rnn.bias_hh_l0'), /rnn\.bias_hh_l0.* is missing; the model needs \[2\]/],
    [
      'a key too many',
      { ...mapOf(), 'head.bias': [1] },
      /head\.bias.* is no parameter of the model, which has rnn/,
    ],
    [
      'a number',
      { ...mapOf(), 'rnn.bias_hh_l0': [1, null] },
      /rnn\.bias_hh_l0.* null.*finite float32 number/,
    ],
    ['nothing', {}, /has no tensors|JSON of another kind|not/],
  ];
  test.each(cases)('%s', async (_, weights, sentence) => {
    writeFileSync(inFolder('bad.json'), JSON.stringify(weights));
    const { status, stdout, stderr } = await ohlol('train', two, '--initial-weights', inFolder('bad.json'));
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(sentence);
    expect(stderr).toContain(inFolder('bad.json'));
  });

  test('a file that is none, and an experiment that trains nothing', async () => {
    expect(await ohlol('train', two, '--initial-weights', two)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('is an experiment; weights are needed'),
    });
    expect(await ohlol('train', 'rnn-shapes', '--initial-weights', two)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--initial-weights is given, but rnn-shapes trains nothing'),
    });
  });
});

test('weights that were trained to mean something else are taken, and that is said', async () => {
  const document = read('document.json');
  writeFileSync(inFolder('other.json'), JSON.stringify({ ...document, vocabulary: ['b', 'a'] }));
  const { status, stderr } = await ohlol(
    'train',
    two,
    '--quiet',
    '--initial-weights',
    inFolder('other.json'),
  );
  expect(status).toBe(0);
  expect(stderr).toContain('vocabulary is ["b","a"] there and ["a","b"] in the experiment');
});

function mapOf(): Record<string, unknown> {
  const matrix = [
    [1, 0],
    [0, 1],
  ];
  return {
    'rnn.weight_ih_l0': matrix,
    'rnn.weight_hh_l0': matrix,
    'rnn.bias_ih_l0': [0, 0],
    'rnn.bias_hh_l0': [0, 0],
  };
}

function without(key: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(mapOf()).filter(([name]) => name !== key));
}
