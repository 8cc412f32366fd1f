/** What the text of a language model shows, held against what training reads. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBatch, loadBatch, planWindows } from '../../../engine/data/batches.ts';
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
import { shownParts } from '../../../renderer/screens/data/text/shown-parts.ts';
import { batchLanes, cutText, placeOf, segmentsOf } from '../../../renderer/screens/data/text/text-cuts.ts';
import { breakLines } from '../../../renderer/screens/data/text/text-lines.ts';

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
          const lanes = batchLanes(tokens, cuts, k, 99, 99);
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

describe('lines', () => {
  it('hold all tokens in order, none wider than the window, each new line of the text on its own', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '床', '\r\n', ' '), maxLength: 80 });
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 12 }), (value, columns) => {
        const tokens = textTokens(value, 'characters');
        const { count, starts, numbers } = breakLines(tokens, columns);
        expect(starts[0]).toBe(0);
        expect(starts[count]).toBe(tokens.count);
        for (let line = 0; line < count; line++) {
          const shown = Array.from({ length: starts[line + 1]! - starts[line]! }, (_, i) =>
            tokens.token(starts[line]! + i),
          );
          const isBreak = (token: string) => token === '\n' || token === '\r\n';
          expect(shown.findIndex(isBreak)).toBe(shown.some(isBreak) ? shown.length - 1 : -1);
          const width = shown.reduce((sum, token) => sum + (token === '床' ? 2 : 1), 0);
          expect(width).toBeLessThanOrEqual(columns);
          const before = shown.length === 0 ? value.length : tokens.startOf(starts[line]!);
          expect(numbers[line]).toBe(
            value.slice(0, before).split(/\r\n|\n/).length - +(shown.length === 0 && /\n$/.test(value)),
          );
        }
      }),
    );
  });

  it('of words break at line feeds between them', () => {
    const { starts, numbers } = breakLines(textTokens('one two\n\nthree', 'spaces'), 80);
    expect([[...starts], [...numbers]]).toEqual([
      [0, 2, 3],
      [1, 3],
    ]);
  });
});

describe('what has no ink', () => {
  it('is drawn by a sign: spaces and line feeds on wish, the rest always', () => {
    const text = 'a b\tc\u00a0d\r\n\u200b\n';
    const shown = (on: boolean) =>
      shownParts(text, on).map(({ text: part, title }) => (title ? `${part}=${title}` : part));
    expect(shown(true)).toEqual([
      'a',
      '·',
      'b',
      '⇥=U+0009',
      'c',
      'NB=U+00A0',
      'd',
      '↩⏎=U+000D U+000A',
      'ZW=U+200B',
      '⏎',
    ]);
    expect(shown(false)).toEqual([
      'a',
      ' ',
      'b',
      '⇥=U+0009',
      'c',
      'NB=U+00A0',
      'd',
      '↩⏎=U+000D U+000A',
      'ZW=U+200B',
      '',
    ]);
  });

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
