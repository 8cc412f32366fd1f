/** One intervention on each unit alone, compared with asking for each of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { predict } from '../../../engine/inspect/predict.ts';
import { askInPieces } from '../../../engine/inspect/question.ts';
import type { TrainedModel } from '../../../engine/inspect/trained.ts';
import { finish } from '../../../engine/kernels/pieces.ts';
import type { StatePatch, UnitPatchesQuestion } from '../../../engine/questions.ts';
import { modelsWithSamples } from './random-models.ts';
import { train } from './trained.ts';

function ask(trained: TrainedModel, question: UnitPatchesQuestion) {
  const found = finish(askInPieces<'unit-patches'>(trained, { kind: 'unit-patches', ...question }));
  if (!found.ok) throw new Error(found.problems.map(({ message }) => message).join('; '));
  return found.value.answer;
}

describe('an intervention on each unit', () => {
  it('moves the margin of two tokens as the same patch of that unit does', () => {
    const kinds = fc.constantFrom('zero' as const, 'freeze' as const, 'swap' as const);
    fc.assert(
      fc.property(modelsWithSamples, kinds, fc.nat(), ({ trained, pair: { input } }, kind, chosen) => {
        const { hiddenSize: H, bidirectional, numLayers } = trained.model;
        const T = input.length;
        const set = kind === 'swap' ? Float32Array.from({ length: H }, (_, j) => j / 7 - 0.3) : kind;
        const place = { layer: chosen % numLayers, reverse: bidirectional && chosen % 2 === 0 };
        const first = chosen % T;
        const patches: StatePatch[] = [
          { ...place, step: first, until: T - 1, state: 'h', units: null, set },
          { ...place, step: 0, state: 'h', units: null, set: 'zero' },
        ];
        const V = trained.targetVocabulary.length;
        const [target, rival] = [chosen % V, (chosen + 1) % V];
        const margins = (own: readonly StatePatch[]) => {
          const found = predict(trained, { input, patches: own });
          if (!found.ok) throw new Error('refused');
          const { logits } = found.value;
          return Array.from({ length: logits.length / V }, (_, k) =>
            Math.fround(logits[k * V + target]! - logits[k * V + rival]!),
          );
        };
        const { units, before, together, after } = ask(trained, { input, patches, target, rival });
        expect([...units]).toEqual(Array.from({ length: H }, (_, unit) => unit));
        expect([...before]).toEqual(margins([]));
        expect([...together]).toEqual(margins(patches));
        const K = before.length;
        for (let unit = 0; unit < H; unit++) {
          const alone = patches.map((patch) => ({
            ...patch,
            units: [unit],
            set: typeof patch.set === 'string' ? patch.set : Float32Array.of(patch.set[unit]!),
          }));
          expect([...after.subarray(unit * K, (unit + 1) * K)]).toEqual(margins(alone));
        }
        const some = ask(trained, { input, patches, target, rival, units: [H - 1] });
        expect(some.after).toEqual(after.subarray((H - 1) * K));
      }),
      { numRuns: 100 },
    );
  });

  it('says what cannot be tried', () => {
    const trained = train({}, 1);
    const place = { layer: 0, reverse: false, step: 1, state: 'h' } as const;
    const patch: StatePatch = { ...place, units: null, set: 'zero' };
    const question = { input: 'hello', patches: [patch], target: 0, rival: 1 };
    const refused = (change: Partial<UnitPatchesQuestion>) =>
      expect(() => ask(trained, { ...question, ...change }));
    refused({ rival: 4 }).toThrow('token 4 is compared; the output vocabulary has tokens 0 to 3');
    refused({ units: [4] }).toThrow('units holds 4; the layer has units 0 to 3');
    refused({ patches: [] }).toThrow('patches must be one or more');
    refused({ patches: [{ ...patch, units: [1] }] }).toThrow('all of them of all units of one layer');
    refused({ patches: [{ ...patch, step: 9 }] }).toThrow('patches[0].step is 9');
    refused({ input: 'hello'.repeat(30_000), units: new Array(1000).fill(0) }).toThrow(
      /fewer units or a shorter input take less$/,
    );
  });
});
