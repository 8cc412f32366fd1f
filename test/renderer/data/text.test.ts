/** What is shown of a language model's text, compared with what training reads. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBatch, loadBatch, planWindows } from '../../../engine/data/batches.ts';
import { createTextSearch } from '../../../engine/data/find-text.ts';
import { encodeText } from '../../../engine/data/sequences.ts';
import { textTokens } from '../../../engine/data/text-tokens.ts';
import { splitText } from '../../../engine/data/validation.ts';
import { vocabularyOf } from '../../../engine/data/vocabulary.ts';
import type { SequenceDataset } from '../../../engine/model/experiment.ts';
import { inkless } from '../../../renderer/components/invisible.ts';
import {
  findOdd,
  withLineFeeds,
  withoutNoWidth,
  withPlainSpaces,
} from '../../../renderer/screens/data/text/odd-characters.ts';
import { hitRows, stripBands } from '../../../renderer/screens/data/text/strip-map.ts';
import {
  batchLanes,
  cutText,
  placeOf,
  segmentsOf,
  stretchOf,
} from '../../../renderer/screens/data/text/text-cuts.ts';

function datasetOf(text: string, fraction: number): SequenceDataset {
  const vocabulary = vocabularyOf([textTokensOf(text)]);
  return {
    task: 'language-model',
    tokens: 'characters',
    vocabulary,
    targetVocabulary: vocabulary,
    samples: [],
    validation: fraction === 0 ? [] : { fraction },
    text,
  };
}

const textTokensOf = (text: string) => [...textTokens(text, 'characters').counts.keys()];

const cases = fc.record({
  text: fc.string({ unit: fc.constantFrom('a', 'b', '\n', 'é', '床', '👍'), minLength: 2, maxLength: 60 }),
  fraction: fc.constantFrom(0, 0.1, 0.35),
  batchSize: fc.integer({ min: 1, max: 5 }),
  sequenceLength: fc.integer({ min: 1, max: 9 }),
});

describe('how a text is cut', () => {
  it('is how it is trained on: every batch of every text has the same tokens and targets', () => {
    fc.assert(
      fc.property(cases, ({ text, fraction, batchSize, sequenceLength }) => {
        const tokens = textTokens(text, 'characters');
        const cuts = cutText(tokens.count, { fraction, batchSize, sequenceLength });
        const dataset = datasetOf(text, fraction);
        const { training, validation } = splitText(dataset);
        expect([cuts.trained, cuts.held]).toEqual([training.length, validation.length]);
        fc.pre(cuts.steps > 0);
        const plan = planWindows(encodeText(dataset, training, batchSize), sequenceLength);
        expect(cuts.batches).toBe(plan.batchesPerEpoch);
        const batch = createBatch([plan]);
        for (let k = 0; k < cuts.batches; k++) {
          loadBatch(batch, plan, k, new Int32Array());
          const lanes = batchLanes(tokens, cuts, k, { from: 0, to: 99 }, { from: 0, to: 99 });
          const T = lanes[0]!.input.length;
          const decoded = (codes: Int32Array, b: number) =>
            Array.from({ length: T }, (_, t) => dataset.vocabulary[codes[t * batchSize + b]!]);
          expect(batch.outputs).toBe(T * batchSize);
          for (const lane of lanes) {
            expect(lane.input).toEqual(decoded(batch.tokens, lane.stream));
            expect(lane.target).toEqual(decoded(batch.targets, lane.stream));
          }
        }
      }),
    );
  });

  it('is drawn token by token as it is: stretches join, each mark stands where its place says', () => {
    fc.assert(
      fc.property(cases, fc.nat(10), ({ text, fraction, batchSize, sequenceLength }, from) => {
        const { count } = textTokens(text, 'characters');
        const cuts = cutText(count, { fraction, batchSize, sequenceLength });
        const first = Math.min(from, count);
        const segments = segmentsOf(cuts, first, count);
        expect(
          segments.flatMap((one) => Array.from({ length: one.to - one.from }, (_, i) => one.from + i)),
        ).toEqual(Array.from({ length: count - first }, (_, i) => first + i));
        for (const { from: start, to, kind, begins, isWindowEnd, isOdd } of segments) {
          for (let i = start; i < to; i++) expect(placeOf(cuts, i).kind).toBe(kind);
          const place = placeOf(cuts, start);
          if (place.kind !== 'stream') {
            expect(begins).toBe(place.kind === 'held' && start === cuts.trained ? 'held' : null);
            continue;
          }
          expect(isOdd).toBe(place.stream % 2 === 1);
          expect(begins).toBe(place.step === 0 ? place.stream : null);
          const next = to < count ? placeOf(cuts, to) : { kind: 'unused' as const };
          const goesOn = next.kind === 'stream' && next.stream === place.stream && next.batch === place.batch;
          expect(isWindowEnd).toBe(!goesOn);
        }
      }),
    );
  });

  it('counts what is left over: the last target is used, the rest is not', () => {
    const cuts = cutText(764, { fraction: 0.1, batchSize: 4, sequenceLength: 32 });
    expect(cuts).toMatchObject({ held: 76, trained: 688, steps: 171, batches: 6, lastSteps: 11, unused: 3 });
    expect(cutText(3, { fraction: 0, batchSize: 4, sequenceLength: 32 })).toMatchObject({
      steps: 0,
      batches: 0,
    });
  });
});

describe('what is seen of a batch', () => {
  it('is every lane and step that has a pixel in the room, and few besides', () => {
    fc.assert(
      fc.property(
        fc.nat(5000),
        fc.nat(900),
        fc.integer({ min: 20, max: 60 }),
        fc.nat(200),
        (scrolled, room, size, count) => {
          const { from, to } = stretchOf(scrolled, room, size, count);
          for (let i = 0; i < count; i++) {
            const isSeen = (i + 1) * size > scrolled && i * size < scrolled + room;
            if (isSeen) expect(i >= from && i < to).toBe(true);
          }
          expect(to - from).toBeLessThanOrEqual(Math.ceil(room / size) + 3);
          expect(from).toBeGreaterThanOrEqual(0);
          expect(to).toBeLessThanOrEqual(count);
        },
      ),
    );
  });

  it('is a part of the whole', () => {
    const tokens = textTokens('abcdefghijklmnopqrstuvwxyz', 'characters');
    const cuts = cutText(tokens.count, { fraction: 0, batchSize: 3, sequenceLength: 5 });
    const all = batchLanes(tokens, cuts, 1, { from: 0, to: 3 }, { from: 0, to: 5 });
    expect(all.map(({ input }) => input.join(''))).toEqual(['fgh', 'nop', 'vwx']);
    expect(batchLanes(tokens, cuts, 1, { from: 1, to: 9 }, { from: 1, to: 2 })).toEqual([
      { stream: 1, input: ['o'], target: ['p'] },
      { stream: 2, input: ['w'], target: ['x'] },
    ]);
  });
});

describe('the strip of the whole text', () => {
  it('has a band for each stream, what is not used and what is held back, one behind the other', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 300 }),
        fc.constantFrom(0, 0.1, 0.5),
        (count, batchSize, fraction) => {
          const bands = stripBands(cutText(count, { fraction, batchSize, sequenceLength: 4 }));
          let at = 0;
          for (const { from, to } of bands) {
            expect(from).toBeCloseTo(at, 12);
            expect(to).toBeGreaterThan(from);
            at = to;
          }
          expect(at).toBeCloseTo(1, 12);
          expect(bands.length).toBeLessThanOrEqual(122);
        },
      ),
    );
    const bands = stripBands(cutText(764, { fraction: 0.1, batchSize: 4, sequenceLength: 32 }));
    expect(bands.map(({ name, kind }) => name ?? kind)).toEqual(['b1', 'b2', 'b3', 'b4', 'unused', 'held']);
  });

  it('marks each row of it that something was found in', () => {
    const tokens = textTokens(`${'a'.repeat(100)}b${'a'.repeat(98)}b`, 'characters');
    const made = createTextSearch(tokens, { text: 'b', kind: 'plain', matchCase: true });
    if (!made.ok) throw new Error('not found');
    while (made.value.step(0));
    expect(hitRows(made.value.hits, 200, 10)).toEqual([5, 9]);
    expect(hitRows(made.value.hits, 200, 1)).toEqual([0]);
  });
});

describe('what has no ink', () => {
  it('is found, counted and mended', () => {
    const text = 'a\tb\u00a0\u00a0c\r\nd\u200be\n';
    expect(findOdd(textTokens(text, 'characters'))).toEqual({
      spaces: [
        { token: '\t', count: 1 },
        { token: '\u00a0', count: 2 },
      ],
      noWidth: [{ token: '\u200b', count: 1 }],
      carriageReturns: 1,
    });
    const mended = withLineFeeds(withoutNoWidth(withPlainSpaces(text)));
    expect(mended).toBe('a b  c\nde\n');
    const found = findOdd(textTokens(mended, 'characters'));
    expect(found).toEqual({ spaces: [], noWidth: [], carriageReturns: 0 });
  });

  it('are gone once they are mended, every one that is found; joiners, which spell, stay', () => {
    const all = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).filter((c) =>
      inkless.test(c),
    );
    const found = findOdd(textTokens(all.join('.'), 'characters'));
    expect([found.spaces.length, found.noWidth.length]).toEqual([17, 21]);
    const mended = withoutNoWidth(withPlainSpaces(`${all.join('.')}a\u200cb\u200dc`));
    expect(findOdd(textTokens(mended, 'characters'))).toMatchObject({ spaces: [], noWidth: [] });
    expect(mended.endsWith('a\u200cb\u200dc')).toBe(true);
  });
});
