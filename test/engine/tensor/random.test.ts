import { describe, expect, it } from 'vitest';
import { createGenerator } from '../../../engine/tensor/random.ts';

describe('generator', () => {
  it('is MT19937: the 10,000th word after seed 5489 is the standard’s', () => {
    const generator = createGenerator(5489);
    for (let i = 1; i < 10_000; i++) generator.next();
    expect(generator.next()).toBe(4123659995);
  });

  it('takes the seed mod 2³²', () => {
    expect(createGenerator(2 ** 32 + 7).next()).toBe(createGenerator(7).next());
    expect(createGenerator(Number.MAX_SAFE_INTEGER).next()).toBe(createGenerator(2 ** 32 - 1).next());
  });

  it.each([0, 1, 5, 623, 624, 700])('goes on from its state after %i words', (words) => {
    const generator = createGenerator(3);
    for (let i = 0; i < words; i++) generator.next();
    generator.normal(new Float32Array(3)); // Leaves a sine for the next call.
    const copy = createGenerator(generator.state());
    const [next, same] = [new Float32Array(9), new Float32Array(9)];
    generator.normal(next);
    copy.normal(same);
    expect(same).toEqual(next);
    expect(copy.permutation(50)).toEqual(generator.permutation(50));
  });

  it('is not changed by one that goes on from its state', () => {
    const generator = createGenerator(3);
    const copy = createGenerator(generator.state());
    for (let i = 0; i < 1000; i++) copy.next();
    expect(generator.next()).toBe(createGenerator(3).next());
  });

  it('permutes nothing and one', () => {
    expect([...createGenerator(0).permutation(0)]).toEqual([]);
    expect([...createGenerator(0).permutation(1)]).toEqual([0]);
  });
});
