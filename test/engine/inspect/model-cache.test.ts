import { describe, expect, it } from 'vitest';
import { createModelCache, type WeightsKey } from '../../../engine/inspect/model-cache.ts';
import { predict } from '../../../engine/inspect/predict.ts';
import { type TrainedModel, trainedModel, valuesHeld } from '../../../engine/inspect/trained.ts';
import { finish } from '../../../engine/kernels/pieces.ts';
import { train } from './trained.ts';

const weights = train({}, 1);
const fresh = () => trainedModel(weights);
const run = (opening: symbol, standing: string): WeightsKey => ({ kind: 'run', opening, standing });
const file = (...bytes: number[]): WeightsKey => ({ kind: 'file', bytes: Uint8Array.from(bytes) });

function found(cache: ReturnType<typeof createModelCache>, key: WeightsKey): TrainedModel | null {
  const kept = finish(cache.find(key));
  return kept?.ok ? kept.value : null;
}

describe('weights that were asked lately', () => {
  it('are known by a run’s standing, by all of their bytes, by what they patch', () => {
    const cache = createModelCache();
    const [opening, other] = [Symbol('a'), Symbol('a')];
    const [ofRun, ofFile, patched] = [fresh(), fresh(), fresh()];
    const values = [{ key: 'k', index: 0, value: 0 }];
    cache.keep(run(opening, '3'), ofRun);
    cache.keep(file(1, 2, 3), ofFile);
    cache.keep({ kind: 'patched', from: ofRun, values }, patched);
    expect(found(cache, run(opening, '3'))).toBe(ofRun);
    expect(found(cache, run(opening, '4'))).toBeNull();
    expect(found(cache, run(other, '3'))).toBeNull();
    expect(found(cache, file(1, 2, 3))).toBe(ofFile);
    expect(found(cache, file(1, 2, 4))).toBeNull();
    expect(found(cache, file(1, 2))).toBeNull();
    expect(found(cache, { kind: 'patched', from: ofRun, values: structuredClone(values) })).toBe(patched);
    expect(found(cache, { kind: 'patched', from: ofFile, values })).toBeNull();
    const negative = [{ key: 'k', index: 0, value: -0 }];
    expect(found(cache, { kind: 'patched', from: ofRun, values: negative })).toBeNull();
  });

  it('are told from those that differ in their last byte alone, however long', () => {
    const cache = createModelCache();
    const bytes = new Uint8Array(2 ** 20 + 1);
    const key = (last: number): WeightsKey => ({ kind: 'file', bytes: bytes.with(-1, last) });
    const trained = fresh();
    cache.keep(key(1), trained);
    expect(found(cache, key(2))).toBeNull();
    expect(found(cache, key(1))).toBe(trained);
  });

  it('count with their file’s own bytes', () => {
    const trained = fresh();
    const bytes = new Uint8Array(4 * 1000);
    const cache = createModelCache({ entries: 9, values: valuesHeld(trained) + 999 });
    cache.keep({ kind: 'file', bytes }, trained);
    expect(found(cache, { kind: 'file', bytes })).toBeNull();
  });

  it('are given up, the longest unasked first, beyond so many', () => {
    const cache = createModelCache({ entries: 2, values: 2 ** 20 });
    cache.keep(file(1), fresh());
    cache.keep(file(2), fresh());
    found(cache, file(1));
    cache.keep(file(3), fresh());
    expect([1, 2, 3].map((byte) => found(cache, file(byte)) !== null)).toEqual([true, false, true]);
  });

  it('are given up beyond so many numbers, with the models made of them', () => {
    const trained = fresh();
    const alone = valuesHeld(trained);
    const cache = createModelCache({ entries: 9, values: 3 * alone });
    cache.keep(file(1), trained);
    cache.keep(file(2), fresh());
    expect(found(cache, file(1))).toBe(trained);
    expect(predict(trained, { input: 'hello' }).ok).toBe(true);
    expect(valuesHeld(trained)).toBeGreaterThan(3 * alone);
    cache.trim();
    expect(found(cache, file(1))).toBeNull();
    expect(found(cache, file(2))).toBeNull();
  });

  it('of a run go when it trains on or is closed, with those patched of them', () => {
    const cache = createModelCache();
    const opening = Symbol('a');
    const patch = (from: TrainedModel): WeightsKey => ({ kind: 'patched', from, values: [] });
    const [early, patched, twice, late, ofFile] = [fresh(), fresh(), fresh(), fresh(), fresh()];
    cache.keep(file(1), ofFile);
    cache.keep(run(opening, '1'), early);
    cache.keep(patch(early), patched);
    cache.keep(patch(patched), twice);
    // Asked once more, the run's own weights come after those patched of them.
    expect(found(cache, run(opening, '1'))).toBe(early);
    cache.keep(run(opening, '2'), late);
    expect([run(opening, '1'), patch(early), patch(patched)].map((key) => found(cache, key))).toEqual([
      null,
      null,
      null,
    ]);
    expect(found(cache, run(opening, '2'))).toBe(late);
    cache.forgetRun(opening);
    expect(found(cache, run(opening, '2'))).toBeNull();
    expect(found(cache, file(1))).toBe(ofFile);
  });
});

describe('a model that was made', () => {
  it('answers again, also of longer inputs while it has room', () => {
    const trained = fresh();
    predict(trained, { input: 'hello' });
    const { model } = trained.idle.reading!;
    predict(trained, { input: 'hellohello' });
    expect(trained.idle.reading!.model).toBe(model);
    predict(trained, { input: 'hello'.repeat(20) });
    const larger = trained.idle.reading!.model;
    expect(larger).not.toBe(model);
    expect(predict(trained, { input: 'hello' })).toEqual(predict(fresh(), { input: 'hello' }));
    expect(trained.idle.reading!.model).toBe(larger);
  });
});
