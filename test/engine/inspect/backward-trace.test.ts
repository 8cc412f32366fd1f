/** Every number of the backward pass, recomputed from the operands that are returned with it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backwardTrace } from '../../../engine/inspect/backward-trace.ts';
import { findGradients } from '../../../engine/inspect/gradients.ts';
import { askInPieces } from '../../../engine/inspect/question.ts';
import { finish } from '../../../engine/kernels/pieces.ts';
import type {
  BackwardTrace,
  BackwardTraceQuestion,
  DirectionBackwardTrace,
  DirectionTrace,
} from '../../../engine/questions.ts';
import { expectSum, type ModelWithSample, modelsWithSamples } from './random-models.ts';
import { train } from './trained.ts';

type Felt = Pick<BackwardTraceQuestion, 'step' | 'loss' | 'batchTokens'>;
const allOf: Felt = { step: null, loss: 'sum' };

function backOf({ trained, pair }: ModelWithSample, felt: Felt = allOf): BackwardTrace {
  const found = backwardTrace(trained, { ...pair, ...felt });
  if (!found.ok) throw new Error(found.problems.map(({ message }) => message).join());
  return found.value;
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** `name[t, i]` of [T, width]. */
const at = (values: Float32Array, t: number, i: number, T: number) => values[(t * values.length) / T + i]!;

function checkLogits({ trained }: ModelWithSample, back: BackwardTrace): void {
  const V = trained.targetVocabulary.length;
  const { probabilities, targetCodes, dLogits, divisor, dFeatures, losses } = back;
  const head = trained.weights['head.weight']?.data;
  const width = back.features.length / losses.length;
  for (const k of range(losses.length)) {
    expect(losses[k]).toBeCloseTo(-Math.log(probabilities[k * V + targetCodes[k]!]!), 4);
    for (const v of range(V)) {
      const one = v === targetCodes[k] ? -1 : 0;
      expectSum(
        dLogits[k * V + v]!,
        [probabilities[k * V + v]! / divisor, one / divisor],
        `dLogits[${k}, ${v}]`,
      );
    }
    for (const j of range(width)) {
      const terms = head
        ? range(V).map((v) => head[v * width + j]! * dLogits[k * V + v]!)
        : [dLogits[k * V + j]!];
      expectSum(dFeatures[k * width + j]!, terms, `dFeatures[${k}, ${j}]`);
    }
  }
  expectSum(
    back.loss,
    [...losses].map((loss) => loss / divisor),
    'loss',
  );
}

/** The gradient that reaches a direction from the loss or from the layer above. */
function arriving(
  { trained }: ModelWithSample,
  back: BackwardTrace,
  i: number,
  t: number,
  j: number,
): number[] {
  const T = back.inputCodes.length;
  const D = trained.model.bidirectional ? 2 : 1;
  const H = trained.model.hiddenSize;
  const above = back.directions.slice((Math.floor(i / D) + 1) * D).slice(0, D);
  const k = i % D;
  if (above.length > 0) return above.map(({ dx }) => at(dx, t, k * H + j, T));
  if (trained.task !== 'label') return [at(back.dFeatures, t, k * H + j, T)];
  return t === (k === 0 ? T - 1 : 0) ? [back.dFeatures[k * H + j]!] : [0];
}

function checkDirection(
  given: ModelWithSample,
  back: BackwardTrace,
  i: number,
  forward: DirectionTrace,
  d: DirectionBackwardTrace,
): void {
  const { weights, model } = given.trained;
  const [T, H, G] = [back.inputCodes.length, model.hiddenSize, d.gateNames.length];
  const suffix = `l${d.layer}${d.reverse ? '_reverse' : ''}`;
  const [wih, whh] = [weights[`rnn.weight_ih_${suffix}`]!, weights[`rnn.weight_hh_${suffix}`]!];
  const I = wih.shape[1]!;
  const dRecurrent = d.dRecurrentSums ?? d.dInputSums;
  for (const t of range(T)) {
    const next = d.reverse ? t - 1 : t + 1;
    const hasNext = next >= 0 && next < T;
    const name = (what: string, j: number) => `${model.cell} ${what}[${t}, ${j}] of ${suffix}`;
    for (const j of range(H)) {
      const of = (values: Float32Array) => at(values, t, j, T);
      const gate = (values: Float32Array, g: number) => at(values, t, g * H + j, T);
      const check = (what: keyof DirectionBackwardTrace, ...terms: number[]) =>
        expectSum(of(d[what] as Float32Array), terms, name(what, j));
      check('fromOutput', ...arriving(given, back, i, t, j));
      expect(of(d.fromNext), name('fromNext', j)).toBe(hasNext ? at(d.dhPrevious, next, j, T) : 0);
      check('dh', of(d.fromOutput), of(d.fromNext));
      check('throughHidden', ...range(G * H).map((r) => whh.data[r * H + j]! * at(dRecurrent, t, r, T)));
      check('dhPrevious', of(d.throughHidden), d.beside ? of(d.beside) : 0);
      if (d.beside) check('beside', of(d.dh) * gate(forward.gates, 1));
      if (d.dc) {
        expect(of(d.dcFromNext!), name('dcFromNext', j)).toBe(hasNext ? at(d.dcPrevious!, next, j, T) : 0);
        const tanhC = Math.tanh(of(forward.c!));
        const dcOfH = of(d.dh) * gate(forward.gates, 3);
        check('dcFromH', dcOfH, -dcOfH * tanhC * tanhC);
        check('dc', of(d.dcFromNext!), of(d.dcFromH!));
        check('dcPrevious', of(d.dc) * gate(forward.gates, 1));
      }
      const factors: Record<string, () => number[]> = {
        h: () => [of(d.dh)],
        r: () => [gate(d.dInputSums, 2) * gate(forward.recurrentSums, 2)],
        z: () => [of(d.dh) * of(forward.hPrevious), -of(d.dh) * gate(forward.gates, 2)],
        n: () => [of(d.dh), -of(d.dh) * gate(forward.gates, 1)],
        i: () => [of(d.dc!) * gate(forward.gates, 2)],
        f: () => [of(d.dc!) * of(forward.cPrevious!)],
        g: () => [of(d.dc!) * gate(forward.gates, 0)],
        o: () => [of(d.dh) * Math.tanh(of(forward.c!))],
      };
      for (const [g, gateName] of d.gateNames.entries()) {
        expectSum(gate(d.dGates, g), factors[gateName]!(), name(`dGates ${gateName}`, j));
        const value = gate(forward.gates, g);
        const slope =
          gateName === 'h' && model.nonlinearity === 'relu'
            ? [value > 0 ? 1 : 0]
            : 'hng'.includes(gateName)
              ? [1, -value * value]
              : [value, -value * value];
        expectSum(gate(d.slopes, g), slope, name(`slopes ${gateName}`, j));
        // The product of the returned factors, each rounded to float32 once.
        expectSum(
          gate(d.dInputSums, g),
          slope.flatMap((part) => factors[gateName]!().map((x) => x * part)),
          name(`dInputSums ${gateName}`, j),
        );
        const behind = gateName === 'n' ? gate(forward.gates, 0) : 1;
        expectSum(
          gate(dRecurrent, g),
          [gate(d.dInputSums, g) * behind],
          name(`dRecurrentSums ${gateName}`, j),
        );
      }
    }
    for (const x of range(I)) {
      const terms = range(G * H).map((r) => wih.data[r * I + x]! * at(d.dInputSums, t, r, T));
      expectSum(at(d.dx, t, x, T), terms, name('dx', x));
    }
  }
}

describe('the way back', () => {
  it('is made of the operands that are answered, in models of all kinds', () => {
    fc.assert(
      fc.property(modelsWithSamples, (given) => {
        const back = backOf(given);
        checkLogits(given, back);
        for (const [i, d] of back.directions.entries())
          checkDirection(given, back, i, back.trace.directions[i]!, d);
      }),
      { numRuns: 150 },
    );
  });

  it('adds up to the gradients, one step’s addition after another', () => {
    fc.assert(
      fc.property(modelsWithSamples, (given) => {
        const { trained, pair } = given;
        const back = backOf(given);
        const gradients = findGradients(trained, { ...pair, step: null });
        if (!gradients.ok) throw new Error('refused');
        const T = back.inputCodes.length;
        for (const [key, { data, shape }] of Object.entries(gradients.value.parameters)) {
          expect(back.gradients[key]).toEqual({ shape, data });
          const order = key.endsWith('_reverse') ? range(T) : range(T).reverse();
          let before = new Float32Array(data.length);
          for (const step of order) {
            const question = { kind: 'running-gradient', ...pair, ...allOf, key, at: step } as const;
            const found = finish(askInPieces(trained, question));
            if (!found.ok) throw new Error(found.problems[0]!.message);
            const { answer } = found.value;
            expect(answer.shape).toEqual(shape);
            // In a reverse direction, the gradient of h0 is reached last, at the end of time.
            if (!/^[hc]0$/.test(key)) expect(answer.before).toEqual(before);
            before = Float32Array.from(answer.after);
          }
          if (/^[hc]0$/.test(key) && trained.model.bidirectional) continue;
          for (const [n, value] of data.entries())
            expect(Math.abs(before[n]! - value), `${key}[${n}]`).toBeLessThan(3e-6);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('is divided by the tokens of the sample’s batch, and told of one step alone', () => {
    const trained = train({}, 3);
    const given = { trained, pair: { input: 'hello', target: 'ohlol' } };
    const sum = backOf(given);
    const mean = backOf(given, { step: null, loss: 'mean' });
    const inBatch = backOf(given, { step: null, loss: 'mean', batchTokens: 20 });
    expect([sum.divisor, mean.divisor, inBatch.divisor]).toEqual([1, 5, 20]);
    expect(inBatch.loss).toBeCloseTo(sum.loss / 20, 6);
    for (const [i, value] of sum.directions[0]!.dh.entries()) {
      expect(mean.directions[0]!.dh[i]).toBeCloseTo(value / 5, 6);
      expect(inBatch.directions[0]!.dh[i]).toBeCloseTo(value / 20, 6);
    }
    const third = backOf(given, { step: 2, loss: 'sum' });
    expect(third.loss).toBeCloseTo(sum.losses[2]!, 6);
    expect(
      [...third.dLogits.subarray(0, 8), ...third.dLogits.subarray(12)].every((value) => value === 0),
    ).toBe(true);
    expect([...third.directions[0]!.dh.subarray(12)].every((value) => value === 0)).toBe(true);
  });

  it('refuses what is not there', () => {
    const trained = train({}, 1);
    const pair = { input: 'hello', target: 'ohlol', loss: 'mean' } as const;
    const message = (question: Parameters<typeof backwardTrace>[1]) => {
      const found = backwardTrace(trained, question);
      return found.ok ? '' : found.problems.map((problem) => problem.message).join();
    };
    expect(message({ ...pair, step: 5 })).toBe('step is 5; this sequence has steps 0 to 4');
    expect(message({ ...pair, step: null, batchTokens: 0 })).toMatch(/^batchTokens is 0; /);
    expect(message({ ...pair, input: 'he'.repeat(90_000), target: 'ol'.repeat(90_000), step: null })).toMatch(
      /^a trace of 180000 tokens/,
    );
    const running = { kind: 'running-gradient', ...pair, step: null } as const;
    const ask = (key: string, at: number) => {
      const found = finish(askInPieces(trained, { ...running, key, at }));
      return found.ok ? '' : found.problems[0]!.message;
    };
    expect(ask('rnn.weight', 0)).toMatch(
      /^key is "rnn.weight", which the model does not have; it has rnn.weight_ih_l0, /,
    );
    expect(ask('rnn.weight_hh_l0', 5)).toBe('at is 5; this sequence has steps 0 to 4');
  });
});
