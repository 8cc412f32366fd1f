import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkExperiment, parseExperiment, writeExperiment } from '../../../engine/formats/experiment.ts';
import type { ExperimentDocument } from '../../../engine/model/experiment.ts';
import { cellNames } from '../../../engine/model/spec.ts';
import { findTemplate, templateNames } from '../../../engine/templates/templates.ts';

type Part = Record<string, unknown>;
interface SmallDocument extends Part {
  dataset: Part;
  model: Part;
  training: Part;
}

/** The smallest document: every other key has its default. */
function small(): SmallDocument {
  return {
    format: 'ohlol/experiment',
    version: 1,
    dataset: { task: 'mapping', samples: [{ input: 'hello', target: 'ohlol' }] },
    model: { hiddenSize: 4 },
    training: { epochs: 20 },
  };
}

/** The small document with one value put at a path. */
function withValue(path: string, value: unknown): SmallDocument {
  const document = small();
  const keys = path.split('.');
  const last = keys.pop()!;
  const place = keys.reduce<Part>((at, key) => at[key] as Part, document);
  place[last] = value;
  return document;
}

function read(value: unknown): ExperimentDocument {
  const result = checkExperiment(value);
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  return result.value;
}

function messages(value: unknown): string[] {
  const result = typeof value === 'string' ? parseExperiment(value) : checkExperiment(value);
  return result.ok ? [] : result.problems.map(({ message }) => message);
}

describe('what is left out has its default', () => {
  test('everything that can be', () => {
    expect(read(small())).toEqual({
      format: 'ohlol/experiment',
      version: 1,
      name: 'Untitled',
      dataset: {
        task: 'mapping',
        tokens: 'characters',
        vocabulary: ['e', 'h', 'l', 'o'],
        targetVocabulary: ['e', 'h', 'l', 'o'],
        samples: [{ input: 'hello', target: 'ohlol' }],
        validation: [],
      },
      model: {
        embedding: null,
        cell: 'rnn',
        nonlinearity: 'tanh',
        hiddenSize: 4,
        numLayers: 1,
        bias: true,
        bidirectional: false,
        dropout: 0,
        head: 'none',
        initialState: 'zeros',
      },
      training: {
        epochs: 20,
        batchSize: 1,
        shuffle: false,
        seed: 0,
        loss: 'mean',
        optimizer: { name: 'adam', lr: 0.001, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 },
        scheduler: null,
        clipGradNorm: null,
        earlyStopping: null,
        stopWhen: { lossBelow: null, rightFor: null },
      },
      initialWeights: null,
    });
  });

  test.each([
    ['sgd', { lr: 0.001, momentum: 0, nesterov: false, weightDecay: 0 }],
    ['adamw', { lr: 0.001, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0.01 }],
    ['rmsprop', { lr: 0.01, alpha: 0.99, eps: 1e-8, momentum: 0, weightDecay: 0 }],
  ])('%s has those of torch.optim', (name, defaults) => {
    expect(read(withValue('training.optimizer', { name })).training.optimizer).toEqual({ name, ...defaults });
  });

  test('vocabularies come from validation and text too, and from targets only where they are shared', () => {
    const mapping = small();
    mapping.dataset.validation = [{ input: 'x', target: 'y' }];
    mapping.model.head = 'linear';
    expect(read(mapping).dataset).toMatchObject({ vocabulary: ['e', 'h', 'l', 'o', 'x', 'y'] });
    const label = small();
    label.dataset = {
      task: 'label',
      samples: [{ input: 'anna', target: 'f' }],
      targetVocabulary: ['f', 'm'],
    };
    label.model.head = 'linear';
    expect(read(label).dataset).toMatchObject({ vocabulary: ['a', 'n'], targetVocabulary: ['f', 'm'] });
    const text = small();
    text.dataset = { task: 'language-model', text: 'abc', sequenceLength: 2 };
    text.model.head = 'linear';
    expect(read(text).dataset).toMatchObject({ vocabulary: ['a', 'b', 'c'], samples: [] });
  });

  test('a shapes experiment needs no training', () => {
    const { training: _, ...document } = small();
    document.dataset = { task: 'shapes', inputSize: 4, sequenceLength: 3 };
    expect(read(document).dataset).toEqual({ ...document.dataset, batchSize: 1, call: 'sequence' });
    expect(read(document).training.seed).toBe(0);
  });
});

describe('every problem has its sentence', () => {
  const cases: [path: string, value: unknown, sentence: string][] = [
    ['format', 'ohlol/weights', 'this is a weights file; an experiment has "format": "ohlol/experiment"'],
    ['format', undefined, 'format is missing; an experiment has "format": "ohlol/experiment"'],
    ['version', 3, 'version is 3; this program reads versions 1 to 2, a newer one may read it'],
    ['version', '1', 'version is "1"; it must be a whole number from 1 to 2'],
    ['name', 5, 'name is 5; it must be a string'],
    ['dataset', undefined, 'dataset is missing; it must be an object'],
    ['dataset', [], 'dataset is a list of 0; it must be an object'],
    [
      'dataset.task',
      'sort',
      'dataset.task is "sort"; it must be "mapping" or "label" or "language-model" or "shapes"',
    ],
    ['dataset.samples', [], 'dataset.samples is empty; training needs at least 1 sample'],
    ['dataset.samples', ['hello'], 'dataset.samples[0] is "hello"; it must be an object'],
    ['dataset.samples', [{ target: 'a' }], 'dataset.samples[0].input is missing; it must be a string'],
    [
      'dataset.vocabulary',
      ['h', 'h'],
      'dataset.vocabulary[1]: token "h" is already at index 0; each token appears once',
    ],
    [
      'dataset.vocabulary',
      [''],
      'dataset.vocabulary[0] is the empty string; a token needs at least 1 character',
    ],
    ['dataset.vocabulary', [], 'dataset.vocabulary has no tokens; it needs at least 1'],
    ['dataset.vocabulary', ['h', 1], 'dataset.vocabulary[1] is 1; it must be a string'],
    ['dataset.text', 'x', 'dataset.text is given with task mapping; only a language-model reads a text'],
    [
      'dataset.validation',
      { fraction: 1 },
      'dataset.validation.fraction is 1; it must be a finite number of 0 or more and below 1',
    ],
    [
      'dataset.validation',
      { fraction: 0.9 },
      'dataset.validation.fraction is 0.9, which holds back 1 of 1 samples; at least 1 must be left to train on',
    ],
    ['model', null, 'model is null; it must be an object'],
    ['model.hiddenSize', '4', 'model.hiddenSize is "4"; it must be a number'],
    [
      'model.cell',
      'transformer',
      `model.cell is "transformer"; it must be ${cellNames.map((name) => `"${name}"`).join(' or ')}`,
    ],
    [
      'model.initialState',
      { values: [['x']] },
      'model.initialState.values[0] is a list of 1; it must be a list of numbers',
    ],
    ['training.epochs', 0, 'training.epochs is 0; it must be a whole number from 1 to 10,000,000'],
    ['training.epochs', 1e9, 'training.epochs is 1000000000; it must be a whole number from 1 to 10,000,000'],
    ['training.epochs', 2.5, 'training.epochs is 2.5; it must be a whole number from 1 to 10,000,000'],
    ['training.epochs', undefined, 'training.epochs is missing; it must be a number'],
    ['training.seed', -1, 'training.seed is -1; it must be a whole number from 0 to 9,007,199,254,740,991'],
    [
      'training.optimizer',
      { name: 'adam', lr: 0 },
      'training.optimizer.lr is 0; it must be a finite number above 0',
    ],
    [
      'training.optimizer',
      { name: 'adam', lr: -1 },
      'training.optimizer.lr is -1; it must be a finite number above 0',
    ],
    [
      'training.optimizer',
      { name: 'adam', lr: Number.NaN },
      'training.optimizer.lr is NaN; it must be a finite number above 0',
    ],
    [
      'training.optimizer',
      { name: 'adam', betas: [1, 0.9] },
      'training.optimizer.betas[0] is 1; it must be a finite number of 0 or more and below 1',
    ],
    [
      'training.optimizer',
      { name: 'adam', betas: [0.9] },
      'training.optimizer.betas is a list of 1; it must be a list of two numbers',
    ],
    [
      'training.optimizer',
      { name: 'sgd', nesterov: true },
      "training.optimizer.nesterov is true with momentum 0; Nesterov's step needs a momentum above 0",
    ],
    ['training.scheduler', { name: 'step' }, 'training.scheduler.stepSize is missing; it must be a number'],
    ['training.clipGradNorm', 0, 'training.clipGradNorm is 0; it must be a finite number above 0'],
    [
      'training.earlyStopping',
      { metric: 'validationLoss', patience: 3 },
      'training.earlyStopping.metric is validationLoss, but dataset.validation has no samples; give some, or choose loss',
    ],
    [
      'training.stopWhen',
      { rightFor: 0 },
      'training.stopWhen.rightFor is 0; it must be a whole number of 1 or more',
    ],
    [
      'initialWeights',
      { a: 'x' },
      'initialWeights["a"] is "x"; it must be {"shape": […], "data": […]} or nested lists of numbers',
    ],
  ];
  test.each(cases)('%s = %j', (path, value, sentence) => {
    expect(messages(withValue(path, value))).toContain(sentence);
  });

  test('samples that do not fit their task', () => {
    const samples = [
      { input: 'hello', target: 'ohlo' },
      { input: 'help', target: 'pleh' },
      { input: '', target: '' },
    ];
    const document = withValue('dataset', { task: 'mapping', vocabulary: ['e', 'h', 'l', 'o'], samples });
    expect(messages(document)).toEqual([
      'dataset.samples[0]: input has 5 tokens, target has 4; a mapping needs as many',
      'dataset.samples[1].input: token "p" at position 4 is not in the vocabulary of 4 tokens',
      'dataset.samples[1].target: token "p" at position 1 is not in the vocabulary of 4 tokens',
      'dataset.samples[2].input has no tokens; a sample needs at least 1',
    ]);
  });

  test('texts that do not fit their settings', () => {
    const text = { task: 'language-model', text: 'abcab', sequenceLength: 2 };
    const document = { ...withValue('dataset', text), model: { hiddenSize: 3 } };
    expect(messages(document)).toEqual([]);
    expect(messages({ ...document, training: { epochs: 1, batchSize: 5 } })).toEqual([
      'training.batchSize is 5, dataset.text has 5 tokens; each stream needs at least 1 token and the one after it',
    ]);
    expect(messages({ ...document, dataset: { ...text, vocabulary: ['a', 'b', 'd'] } })).toEqual([
      'dataset.text: token "c" at position 3 is not in the vocabulary of 3 tokens',
    ]);
    expect(messages({ ...document, dataset: { ...text, text: 'a', sequenceLength: 0 } }).slice(0, 2)).toEqual(
      [
        'dataset.sequenceLength is 0; it must be a whole number of 1 or more',
        'dataset.text has 1 token; a language model needs 2 or more to predict the next from the one before',
      ],
    );
  });

  test('shapes experiments that their module cannot be', () => {
    const dataset = { task: 'shapes', inputSize: 4, sequenceLength: 3, call: 'cell' };
    const model = { hiddenSize: 2, numLayers: 2, embedding: 3 };
    expect(messages({ ...withValue('dataset', dataset), model })).toEqual([
      'model.embedding is 3; a shapes experiment needs null: its input is numbers, not tokens',
      'model.numLayers is 2; a shapes experiment needs 1 where call is "cell": nn.RNNCell is a single layer',
    ]);
    expect(messages(withValue('dataset', { ...dataset, inputSize: 1e6 }))).toEqual([
      'dataset has 3,000,000 numbers (sequenceLength × batchSize × inputSize); at most 1,000,000 are taken',
    ]);
  });

  test('problems of several parts come at once, without those that only follow from others', () => {
    const document = withValue('dataset.samples', [{ input: 1 }]);
    document.model = { hiddenSize: 3 };
    document.training = { epochs: 0, loss: 'median' };
    expect(messages(document)).toEqual([
      'dataset.samples[0].input is 1; it must be a string',
      'training.loss is "median"; it must be "mean" or "sum"',
      'training.epochs is 0; it must be a whole number from 1 to 10,000,000',
    ]);
  });

  test('past a hundred problems there is only their count', () => {
    const samples = Array.from({ length: 5000 }, () => ({ input: 1 }));
    const found = messages(withValue('dataset.samples', samples));
    expect(found).toHaveLength(101);
    expect(found.at(-1)).toBe('… and 4900 more problems');
  });

  test('initial weights must have the shapes of the model', () => {
    const square = { shape: [4, 4], data: Array(16).fill(0.5) };
    const weights = {
      'rnn.weight_ih_l0': square,
      'rnn.weight_hh_l0': [[1, 2]],
      'rnn.bias_ih_l0': [0, 0, 0, 0],
      extra: [1],
    };
    expect(messages(withValue('initialWeights', weights))).toEqual([
      'initialWeights["rnn.weight_hh_l0"] has shape [1, 2]; the model needs [4, 4]',
      'initialWeights["rnn.bias_hh_l0"] is missing; the model needs [4]',
      'initialWeights["extra"] is no parameter of the model, which has rnn.weight_ih_l0, rnn.weight_hh_l0, rnn.bias_ih_l0, rnn.bias_hh_l0',
    ]);
  });
});

describe('keys that are not of the format', () => {
  const document = withValue('training.optimizer', { name: 'adam', lr: 0.05, fused: true });
  Object.assign(document, { author: { name: 'Ada' }, __proto__x: 1 });
  const text = JSON.stringify(document).replace('__proto__x', '__proto__');

  test('are warnings, and kept', () => {
    const result = parseExperiment(text);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    expect(result.warnings.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'unknown-key training.optimizer.fused',
      'unknown-key author',
      'unknown-key __proto__',
    ]);
    const again = JSON.parse(writeExperiment(result.value));
    expect(again.training.optimizer.fused).toBe(true);
    expect(again.author).toEqual({ name: 'Ada' });
    expect(Object.hasOwn(again, '__proto__')).toBe(true);
    expect(Object.getPrototypeOf(result.value)).toBe(Object.prototype);
  });
});

describe('written and read', () => {
  test.each(templateNames)('template %s comes back, and its text is the same', (name) => {
    const document = findTemplate(name)!;
    const text = writeExperiment(document);
    const back = parseExperiment(text);
    expect(back).toEqual({ ok: true, value: document, warnings: [] });
    expect(back.ok && writeExperiment(back.value)).toBe(text);
  });

  test('a file cut off anywhere is refused and says so', () => {
    const text = writeExperiment(findTemplate('hello-rnn')!).trimEnd();
    for (let length = 1; length < text.length; length++) {
      const result = parseExperiment(text.slice(0, length));
      expect(result.ok ? 'read' : result.problems[0]!.code, text.slice(0, length)).toBe('cut-off');
    }
  });

  test('other texts are refused with their place', () => {
    expect(messages('')).toEqual(['the experiment is empty']);
    expect(messages('\ufeff{"format": NaN}')[0]).toMatch(
      /^the experiment is not valid JSON: "N" cannot stand there/,
    );
    expect(messages('{"a": 1,\n}')).toEqual([
      'the experiment is not valid JSON: "}" on line 2, column 1 cannot stand there',
    ]);
    expect(messages('['.repeat(1_000_000))).toEqual([
      'the experiment has brackets nested deeper than 64; nothing that is read here has',
    ]);
    expect(messages('[]')[0]).toContain('the document is a list of 0');
  });
});

describe('whatever comes in, a result comes out', () => {
  test('any JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseExperiment(text).ok).toBe(false);
      }),
    );
  });

  test('a document with anything put anywhere', () => {
    const paths = [
      ...[
        'name',
        'dataset',
        'dataset.task',
        'dataset.tokens',
        'dataset.vocabulary',
        'dataset.targetVocabulary',
      ],
      ...['dataset.samples', 'dataset.validation', 'dataset.text', 'dataset.sequenceLength', 'model'],
      ...[
        'model.hiddenSize',
        'model.numLayers',
        'model.embedding',
        'model.initialState',
        'model.dropout',
        'training',
      ],
      ...[
        'training.epochs',
        'training.optimizer',
        'training.scheduler',
        'training.earlyStopping',
        'training.seed',
      ],
      ...['training.stopWhen', 'initialWeights'],
    ];
    const path = fc.constantFrom(...paths);
    fc.assert(
      fc.property(path, fc.anything(), (path, value) => {
        const result = checkExperiment(withValue(path, value));
        if (result.ok) return;
        expect(result.problems.length).toBeGreaterThan(0);
        for (const { message } of result.problems) expect(message).not.toMatch(/undefined|\[object/);
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(path, fc.jsonValue(), (path, value) => {
        const result = checkExperiment(withValue(path, value));
        if (!result.ok) return;
        const text = writeExperiment(result.value);
        const back = parseExperiment(text);
        expect(back.ok && writeExperiment(back.value)).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });
});

test('all problems come at once, of parts that are not all readable too, and none of what stands in for them', () => {
  const document = {
    ...JSON.parse(writeExperiment(findTemplate('hello-rnn')!)),
    dataset: {
      task: 'mapping',
      samples: [
        { input: 'hello', target: 'ohlol' },
        { input: 7, target: 'x' },
        { input: 'abc', target: 'ab' },
      ],
    },
    model: { cell: 'xyz', hiddenSize: -1, dropout: 3, numLayers: 'two' },
    training: {
      epochs: -4,
      batchSize: 'all',
      optimizer: { name: 'sgd', lr: 0.1, momentum: 'y', nesterov: true },
      scheduler: { name: 'step', stepSize: 'two' },
    },
  };
  expect(messages(document)).toEqual([
    'dataset.samples[1].input is 7; it must be a string',
    'model.cell is "xyz"; it must be "rnn" or "gru" or "lstm"',
    'model.numLayers is "two"; it must be a number',
    'training.batchSize is "all"; it must be a number',
    'training.optimizer.momentum is "y"; it must be a number',
    'training.scheduler.stepSize is "two"; it must be a number',
    'dataset.samples[2]: input has 3 tokens, target has 2; a mapping needs as many',
    'model.hiddenSize is -1; it needs a whole number from 1 to 4096',
    'model.dropout is 3; it needs a probability from 0 up to but not including 1',
    'training.epochs is -4; it must be a whole number from 1 to 10,000,000',
  ]);
});
