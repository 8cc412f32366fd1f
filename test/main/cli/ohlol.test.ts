import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseWeights } from '../../../engine/formats/weights.ts';
import { ohlol } from './run-ohlol.ts';

const launcher = resolve(import.meta.dirname, '../../../main/cli/launch.mjs');
const folder = mkdtempSync(join(tmpdir(), 'ohlol-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

const inFolder = (name: string) => join(folder, name);

const parity = (name: string) =>
  JSON.parse(readFileSync(resolve(import.meta.dirname, `../../fixtures/pytorch/${name}.json`), 'utf8'))
    .pytorch;

describe('train', () => {
  test('prints a line an epoch as the tutorial does, and writes the whole run', async () => {
    const out = inFolder('result.json');
    const { status, lines, stderr } = await ohlol('train', 'hello-rnn', '--out', out);
    const { epochs } = parity('train-hello-rnn-seed2');
    expect(status).toBe(0);
    expect(lines).toEqual(
      epochs.map(
        ({ loss, predictions }: { loss: number; predictions: string[] }, i: number) =>
          `Predicted: ${predictions[0]}, Epoch [${i + 1}/20] loss=${loss.toFixed(3)}`,
      ),
    );
    expect(stderr).toMatch(/^ohlol: finished \(all epochs\) after 20 epochs in \S+ s, loss 0\.58346\d*\n$/);
    const result = JSON.parse(readFileSync(out, 'utf8'));
    expect(result).toMatchObject({
      format: 'ohlol/result',
      status: 'finished',
      experiment: { name: 'hello → ohlol' },
    });
    expect(result.epochs).toHaveLength(20);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('takes a path, and settings in place of the document’s', async () => {
    const path = inFolder('experiment.json');
    expect((await ohlol('export', 'hello-rnn', '--to', 'experiment', '--out', path)).status).toBe(0);
    const { lines, status } = await ohlol('train', path, '--seed', '3', '--epochs', '2');
    const { epochs } = parity('train-hello-rnn-seed3');
    expect(status).toBe(0);
    expect(lines).toEqual([
      `Predicted: ${epochs[0].predictions[0]}, Epoch [1/2] loss=${epochs[0].loss.toFixed(3)}`,
      `Predicted: ${epochs[1].predictions[0]}, Epoch [2/2] loss=${epochs[1].loss.toFixed(3)}`,
    ]);
  });

  test('on any number of threads, with the same numbers', async () => {
    const path = inFolder('large.json');
    const vocabulary = [...'abcdefgh'];
    const text = Array.from({ length: 64 * 50 + 1 }, (_, i) => vocabulary[(i * i) % 8]).join('');
    writeFileSync(
      path,
      JSON.stringify({
        format: 'ohlol/experiment',
        version: 1,
        dataset: { task: 'language-model', vocabulary, text, sequenceLength: 50 },
        model: { cell: 'rnn', hiddenSize: 128, head: 'linear' },
        training: { epochs: 2, batchSize: 64 },
      }),
    );
    const one = await ohlol('train', path, '--threads', '1');
    expect([one.status, one.lines.length]).toEqual([0, 2]);
    expect((await ohlol('train', path, '--threads', '2')).stdout).toBe(one.stdout);
  });

  test('--weights writes the trained weights, the same bytes however often it runs', async () => {
    const path = inFolder('trained.json');
    const first = await ohlol('train', 'hello-rnn', '--quiet', '--weights', path);
    expect([first.status, first.stdout]).toEqual([0, '']);
    const bytes = readFileSync(path);
    const second = await ohlol('train', 'hello-rnn', '--quiet', '--weights', path);
    expect(second.status).toBe(0);
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(JSON.parse(bytes.toString()).trained.epochs).toBe(20);
  });

  test('a loss that is not a number ends it with 1 and says where', async () => {
    const path = inFolder('diverges.json');
    const experiment = JSON.parse(readFileSync(inFolder('experiment.json'), 'utf8'));
    experiment.model.nonlinearity = 'relu';
    experiment.training.optimizer = { name: 'sgd', lr: 1e38 };
    writeFileSync(path, JSON.stringify(experiment));
    const { status, stderr } = await ohlol('train', path, '--out', inFolder('diverged.json'));
    expect(status).toBe(1);
    expect(stderr).toMatch(/^ohlol: diverged after \d+ epochs? .* in epoch \d+/);
    expect(JSON.parse(readFileSync(inFolder('diverged.json'), 'utf8')).status).toBe('diverged');
  });

  test('trains without eps, and ends with 1 where that divides 0 by 0', async () => {
    const path = inFolder('no-eps.json');
    const experiment = JSON.parse(
      readFileSync(join(import.meta.dirname, '../../../engine/templates/hello-rnn.json'), 'utf8'),
    );
    experiment.training.optimizer.eps = 0;
    writeFileSync(path, JSON.stringify(experiment));
    const trained = await ohlol('train', path, '--out', inFolder('no-eps-result.json'));
    expect(trained.status).toBe(0);
    const { epochs } = JSON.parse(readFileSync(inFolder('no-eps-result.json'), 'utf8'));
    expect(epochs.every(({ loss }: { loss: unknown }) => Number.isFinite(loss))).toBe(true);

    experiment.dataset.vocabulary.push('z');
    experiment.model = { ...experiment.model, embedding: 3, head: 'linear' };
    writeFileSync(path, JSON.stringify(experiment));
    const { status, stderr } = await ohlol('train', path);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^ohlol: diverged after 0 epochs .* training\.optimizer\.eps is 0 in float32/);
  });
});

// What PyTorch 2.13 prints for the tutorial's programs after torch.manual_seed(0).
test('the tutorial’s programs 1 and 2 print what they print', async () => {
  expect((await ohlol('train', 'rnncell-shapes')).stdout).toBe(`\
==================== 0 ====================
Input size:  torch.Size([1, 4])
outputs size:  torch.Size([1, 2])
tensor([[-0.6982, -0.2092]])
==================== 1 ====================
Input size:  torch.Size([1, 4])
outputs size:  torch.Size([1, 2])
tensor([[0.0192, 0.2561]])
==================== 2 ====================
Input size:  torch.Size([1, 4])
outputs size:  torch.Size([1, 2])
tensor([[ 0.4844, -0.7970]])
`);
  expect((await ohlol('train', 'rnn-shapes')).stdout).toBe(`\
Output size:  torch.Size([3, 1, 2])
Output:  tensor([[[ 0.3645, -0.2877]],

        [[ 0.3413, -0.4176]],

        [[ 0.2482, -0.4849]]])
Hidden size:  torch.Size([2, 1, 2])
Hidden:  tensor([[[-0.8633,  0.2971]],

        [[ 0.2482, -0.4849]]])
`);
});

test('a document of version 2 trains, its best weights come out, and unknown tokens are read', async () => {
  const [path, out, weights] = ['two.json', 'two.result.json', 'two.weights.json'].map(inFolder) as [
    string,
    string,
    string,
  ];
  const document = {
    format: 'ohlol/experiment',
    version: 2,
    dataset: {
      task: 'mapping',
      samples: [{ input: 'ab', target: 'ba' }],
      unknown: '<unk>',
      validation: [{ input: 'ba', target: 'ba' }],
    },
    model: { hiddenSize: 6, head: 'linear', call: 'cell' },
    training: { epochs: 30, restoreBest: true, optimizer: { name: 'adam', lr: 0.1 } },
  };
  writeFileSync(path, JSON.stringify(document));
  const { status, stderr } = await ohlol('train', path, '--out', out, '--weights', weights, '--quiet');
  expect(status).toBe(0);
  const result = JSON.parse(readFileSync(out, 'utf8'));
  const { restoredEpoch, epochs } = result;
  const losses = epochs.map(({ validationLoss }: { validationLoss: number }) => validationLoss);
  expect(restoredEpoch).toBe(losses.indexOf(Math.min(...losses)) + 1);
  expect(stderr).toContain(`; the weights are those of epoch ${restoredEpoch}, the best`);
  expect(result.experiment.version).toBe(2);
  const written = JSON.parse(readFileSync(weights, 'utf8'));
  expect(written).toMatchObject({ version: 2, unknown: '<unk>', trained: { epochs: restoredEpoch } });
  const [known, other] = [
    await ohlol('predict', out, '--input', '?a'),
    await ohlol('predict', weights, '--input', '床a'),
  ];
  expect([known.status, known.stdout]).toEqual([0, other.stdout]);
  expect((await ohlol('inspect', path)).stdout).toMatch(
    /unknown tokens: read as <unk>[\s\S]*called as a cell/,
  );
});

describe('export, predict, inspect', () => {
  const weights = inFolder('hello.weights.json');

  test('weights come out as PyTorch trained them', async () => {
    const { status, stderr } = await ohlol('export', 'hello-rnn', '--to', 'weights-json', '--out', weights);
    expect([status, stderr]).toEqual([0, expect.stringContaining(`${weights} written`)]);
    const parsed = parseWeights(readFileSync(weights, 'utf8'));
    if (!parsed.ok || parsed.value.kind !== 'document') throw new Error('not a weights document');
    const { finalWeights } = parity('train-hello-rnn-seed2');
    for (const [key, { data }] of Object.entries<{ data: number[] }>(finalWeights)) {
      const off = parsed.value.document.weights[key]!.data.map((value, i) => Math.abs(value - data[i]!));
      expect(Math.max(...off), key).toBeLessThan(5e-6);
    }
  });

  test('they predict, from JSON, safetensors and a result alike', async () => {
    const safetensors = inFolder('hello.safetensors');
    expect((await ohlol('export', 'hello-rnn', '--to', 'safetensors', '--out', safetensors)).status).toBe(0);
    for (const path of [weights, safetensors, inFolder('result.json')]) {
      expect((await ohlol('predict', path, '--input', 'hello')).stdout).toBe('ohlol\n');
    }
    const json = JSON.parse((await ohlol('predict', weights, '--input', 'hell', '--json')).stdout);
    expect(json.predictedTokens).toHaveLength(4);
    expect(json.probabilities).toHaveLength(4);
    expect(json.states[0]).toHaveLength(4);
  });

  test('metrics come out as CSV', async () => {
    const path = inFolder('metrics.csv');
    expect((await ohlol('export', 'hello-rnn', '--to', 'csv', '--out', path)).status).toBe(0);
    expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(21);
  });

  test('inspect says what a file is and what is in it', async () => {
    expect((await ohlol('inspect', weights)).lines).toEqual([
      `${weights}: a weights file`,
      'task: mapping',
      expect.stringMatching(/^trained: 20 epochs, loss 0\.58346\d+, seed 2$/),
      'vocabulary: 4 tokens: e h l o',
      'model: rnn tanh, one-hot input, hiddenSize 4, numLayers 1, head none',
      'parameters: 40',
      '  rnn.weight_ih_l0  [4, 4]',
      '  rnn.weight_hh_l0  [4, 4]',
      '  rnn.bias_ih_l0    [4]',
      '  rnn.bias_hh_l0    [4]',
    ]);
    expect((await ohlol('inspect', 'rnn-shapes')).lines.slice(0, 4)).toEqual([
      'rnn-shapes: a template',
      'name: RNN shapes',
      'task: shapes, called as a sequence',
      'input: [3, 1, 4]',
    ]);
  });
});

describe('a language model', () => {
  test('is trained on a text and makes one', async () => {
    const path = inFolder('text.json');
    const dataset = { task: 'language-model', text: 'abcabcabcabcabc', sequenceLength: 5 };
    const optimizer = { name: 'adam', lr: 0.1 };
    const document = {
      format: 'ohlol/experiment',
      version: 1,
      dataset,
      model: { hiddenSize: 8, head: 'linear' },
      training: { epochs: 60, optimizer },
    };
    writeFileSync(path, JSON.stringify(document));
    const weights = inFolder('text.weights.json');
    expect((await ohlol('train', path, '--quiet', '--weights', weights)).status).toBe(0);
    const made = await ohlol('generate', weights, '--prompt', 'ab', '--length', '7', '--temperature', '0');
    expect([made.status, made.stdout]).toEqual([0, 'abcabcabc\n']);
  });
});

describe('wrong input is refused with 2, a sentence, and nothing on standard output', () => {
  const cutOff = inFolder('cut-off.json');
  writeFileSync(cutOff, '{"format": "ohlol/experiment", "version": 1, "dataset": {"task": "mapp');
  const bad = inFolder('bad.json');
  writeFileSync(
    bad,
    JSON.stringify({
      format: 'ohlol/experiment',
      version: 1,
      dataset: { task: 'mapping', samples: [{ input: 'hello', target: 'ohlo' }] },
      model: { hiddenSize: 4 },
      training: { epochs: 1e9, optimizer: { name: 'adam', lr: -1 } },
    }),
  );
  const cases: [args: string[], sentence: string][] = [
    [['train'], 'ohlol: 1 EXPERIMENT is needed; it is missing (usage: ohlol train'],
    [['train', 'hello-rn'], 'hello-rn is neither a file nor a template; the templates are rnncell-shapes, '],
    [['train', inFolder('none.json')], 'none.json: there is no such file'],
    [['train', folder], 'it is a folder; a file is needed'],
    [
      ['train', cutOff],
      `${cutOff}: the experiment ends in the middle, on line 1, column 71; the file is cut off`,
    ],
    [
      ['train', bad],
      `${bad}: dataset.samples[0]: input has 5 tokens, target has 4; a mapping needs as many\nohlol: `,
    ],
    [['train', bad], `${bad}: training.optimizer.lr is -1; it must be a finite number above 0`],
    [
      ['train', 'hello-rnn', '--epochs', '0'],
      '--epochs is 0; it must be a whole number from 1 to 10,000,000',
    ],
    [['train', 'hello-rnn', '--threads', '0'], '--threads is 0; it must be a whole number from 1 to 8'],
    [['train', 'rnn-shapes', '--threads', '2'], '--threads is given, but rnn-shapes trains nothing'],
    [['train', 'hello-rnn', '--seed', 'x'], '--seed is "x"; it must be a number'],
    [['train', 'hello-rnn', '--fast'], '--fast is no option of ohlol train; it has --out, --weights'],
    [
      ['train', 'hello-rnn', '--out', inFolder('no/result.json')],
      'no/result.json: its folder does not exist',
    ],
    [['train', 'rnn-shapes', '--out', 'x'], '--out is given, but rnn-shapes trains nothing: it shows shapes'],
    [['export', 'hello-rnn', '--to', 'gif', '--out', 'x'], '--to is "gif"; it must be one of weights-json, '],
    [['export', 'hello-rnn', '--to', 'csv'], '--out is missing; it is the file to write'],
    [['predict', cutOff, '--input', 'a'], 'the file is cut off'],
    [['predict', launcher, '--input', 'a'], `${launcher} is a text; weights are needed`],
    [['inspect', cutOff], 'the file is cut off'],
    [
      ['fly'],
      'ohlol: there is no command "fly"; there are train, predict, generate, export, gradcheck, inspect',
    ],
  ];
  test.each(cases)('%j', async (args, sentence) => {
    const { status, stdout, stderr } = await ohlol(...args);
    expect({ status, stdout, stderr }).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining(sentence),
    });
    expect(stderr).not.toContain('    at ');
  });
});

test('help goes to standard output', async () => {
  expect(await ohlol('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('  generate  ') });
  expect(await ohlol('train', '--help')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('Usage: ohlol train EXPERIMENT [--out RESULT.json]'),
  });
});
