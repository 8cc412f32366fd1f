/** Small models of all kinds with random weights, each with a sample of its task. */
import fc from 'fast-check';
import { type TrainedModel, trainedModel } from '../../../engine/inspect/trained.ts';
import { type CellName, cells } from '../../../engine/layers/cells.ts';
import { defaultModel, directions, type ModelSpec, parameterShapes } from '../../../engine/model/spec.ts';
import { createGenerator } from '../../../engine/tensor/random.ts';

export interface ModelWithSample {
  trained: TrainedModel;
  pair: { input: string; target: string };
}

const small = (max: number) => fc.integer({ min: 1, max });
const letters = [...'abcdefgh'];

export const modelsWithSamples: fc.Arbitrary<ModelWithSample> = fc
  .record({
    cell: fc.constantFrom(...(Object.keys(cells) as CellName[])),
    nonlinearity: fc.constantFrom('tanh' as const, 'relu' as const),
    embedding: fc.option(small(3)),
    hiddenSize: small(4),
    numLayers: small(3),
    bias: fc.boolean(),
    bidirectional: fc.boolean(),
    head: fc.constantFrom('none' as const, 'linear' as const),
    start: fc.constantFrom('zeros' as const, 'learned' as const, 'given' as const),
    inputSize: small(4),
    outputSize: small(4),
    task: fc.constantFrom('mapping' as const, 'label' as const, 'language-model' as const),
    length: small(6),
    seed: fc.nat(),
  })
  .map(({ inputSize, outputSize, task, length, seed, start, ...settings }) => {
    const { cell, nonlinearity } = settings;
    const base: ModelSpec = {
      ...defaultModel(),
      ...settings,
      nonlinearity: cell === 'rnn' ? nonlinearity : 'tanh',
    };
    const generator = createGenerator(seed);
    const draw = (count: number) => {
      const values = new Float32Array(count);
      generator.uniform(values, -1, 1);
      return values;
    };
    const states = base.numLayers * directions(base);
    const given = Array.from({ length: states }, () => [...draw(base.hiddenSize)]);
    const model: ModelSpec = { ...base, initialState: start === 'given' ? { values: given } : start };
    const width = model.hiddenSize * directions(model);
    if (task === 'language-model') model.head = 'linear';
    const V = model.head === 'none' ? width : task === 'language-model' ? inputSize : outputSize;
    const sizes = { inputSize, outputSize: V };
    const weights = Object.fromEntries(
      parameterShapes(model, sizes).map(({ key, shape }) => [
        key,
        { shape, data: draw(shape.reduce((product, size) => product * size, 1)) },
      ]),
    );
    const vocabulary = letters.slice(0, inputSize);
    const targetVocabulary = letters.slice(0, V);
    const text = (from: string[], count: number) =>
      Array.from({ length: count }, () => from[generator.next() % from.length]).join('');
    const trained = trainedModel({
      model,
      task,
      tokens: 'characters',
      vocabulary,
      targetVocabulary,
      weights,
    });
    const input = text(vocabulary, task === 'language-model' ? length + 1 : length);
    const target = task === 'language-model' ? '' : text(targetVocabulary, task === 'label' ? 1 : length);
    return { trained, pair: { input, target } };
  });

/**
 * Throws where a number differs from the sum of its terms by more than 1e-6 of the sum of their absolute
 * values.
 */
export function expectSum(found: number, terms: readonly number[], name: string): void {
  const sum = terms.reduce((total, term) => total + term, 0);
  const size = terms.reduce((total, term) => total + Math.abs(term), 0);
  // Below 1e-37 float32 loses its digits.
  if (Math.abs(found - sum) <= 1e-6 * size + 1e-37) return;
  throw new Error(`${name} is ${found}; its ${terms.length} operands give ${sum}`);
}
