/** What torch.manual_seed(seed) draws first, each row of the fixture from a fresh seed. */
import { describe, expect, it } from 'vitest';
import type { TensorJson } from '../../engine/model/experiment.ts';
import { createGenerator, type RandomGenerator } from '../../engine/tensor/random.ts';
import { expectAgreement, readFixture } from './agree.ts';

interface RandomFixture {
  seed: number;
  rand5: TensorJson;
  uniform20: TensorJson;
  randn5: TensorJson;
  randn16: TensorJson;
  randn40: TensorJson;
  randperm10: number[];
  linear: { weight: TensorJson; bias: TensorJson };
  embedding: TensorJson;
  embeddingLarge: TensorJson;
}

const fixtures = readFixture<RandomFixture[]>('random.json');
const exact = { absolute: 0, relative: 0 };

function drawn(
  count: number,
  draw: (generator: RandomGenerator, values: Float32Array) => void,
  seed: number,
) {
  const values = new Float32Array(count);
  draw(createGenerator(seed), values);
  return values;
}

describe.each(fixtures)('torch.manual_seed($seed)', (fixture) => {
  const { seed } = fixture;
  const normal = (count: number) => drawn(count, (generator, values) => generator.normal(values), seed);
  const uniform = (count: number, bound: number) =>
    drawn(count, (generator, values) => generator.uniform(values, -bound, bound), seed);

  it('rand', () => {
    const values = drawn(5, (generator, to) => generator.uniform(to, 0, 1), seed);
    expectAgreement(values, fixture.rand5.data, exact, 'rand');
  });

  it('uniform_', () => expectAgreement(uniform(20, 0.5), fixture.uniform20.data, exact, 'uniform'));

  it.each(['randn5', 'randn16', 'randn40'] as const)('%s', (name) => {
    const { data } = fixture[name];
    expectAgreement(normal(data.length), data, exact, name);
  });

  it('randperm', () => expect([...createGenerator(seed).permutation(10)]).toEqual(fixture.randperm10));

  it.each(['embedding', 'embeddingLarge'] as const)('%s', (name) => {
    const { data } = fixture[name];
    expectAgreement(normal(data.length), data, exact, name);
  });

  it('nn.Linear', () => {
    const { weight, bias } = fixture.linear;
    const both = uniform(8, 1 / Math.sqrt(3));
    expectAgreement(both, [...weight.data, ...bias.data], exact, 'linear');
  });
});
