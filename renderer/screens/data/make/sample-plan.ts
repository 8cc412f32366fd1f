/** Samples by rule: what would be made, and the one edit that adds it. Pure. */
import { type Draft, type DraftEdit, type DraftRow, nextRowId } from '../../../../engine/data/draft.ts';
import { makeArithmetic, type Operation } from '../../../../engine/data/makers/arithmetic.ts';
import { makeBrackets } from '../../../../engine/data/makers/brackets.ts';
import { makeRandomStrings } from '../../../../engine/data/makers/random-strings.ts';
import { makeTargets, type TargetRule } from '../../../../engine/data/makers/target-rules.ts';
import { splitTokens } from '../../../../engine/data/tokens.ts';
import { type Result, success } from '../../../../engine/errors.ts';
import type { Sample, SequenceDataset, TokenUnit } from '../../../../engine/model/experiment.ts';

export const sampleKinds = ['random', 'arithmetic', 'brackets'] as const;
export type SampleKind = (typeof sampleKinds)[number];

/** The fields of all kinds; each kind uses its own. */
export interface SampleFields {
  kind: SampleKind;
  alphabet: string;
  minLength: number;
  maxLength: number;
  distinct: boolean;
  operations: readonly Operation[];
  digits: number;
  pairs: string;
  minPairs: number;
  maxPairs: number;
  maxDepth: number;
  count: number;
  seed: number;
}

export const firstSampleFields: SampleFields = {
  kind: 'random',
  alphabet: 'abc',
  minLength: 3,
  maxLength: 6,
  distinct: true,
  operations: ['+'],
  digits: 1,
  pairs: '() []',
  minPairs: 1,
  maxPairs: 4,
  maxDepth: 4,
  count: 20,
  seed: 0,
};

export const operations: readonly Operation[] = ['+', '-', '*'];

/**
 * The samples in the form that the task needs. For a mapping, strings and brackets get the targets of
 * `rule`; for a label task their targets stay empty, to be typed; a language model has none. Arithmetic
 * brings its own answers.
 */
export function makeSamples(
  fields: SampleFields,
  { task, unit, rule }: { task: SequenceDataset['task']; unit: TokenUnit; rule: TargetRule },
): Result<Sample[]> {
  const { count, seed } = fields;
  if (fields.kind === 'arithmetic') {
    const made = makeArithmetic({ operations: fields.operations, digits: fields.digits, task, count, seed });
    return made.ok ? success(made.value.map((sample) => inTokens(sample, task, unit))) : made;
  }
  const inputs =
    fields.kind === 'random'
      ? makeRandomStrings({ ...fields, unit })
      : makeBrackets({ ...fields, pairs: splitTokens(fields.pairs, 'spaces') });
  if (!inputs.ok) return inputs;
  const texts = fields.kind === 'random' ? inputs.value : inputs.value.map((text) => spaced(text, unit));
  if (task === 'mapping') return makeTargets(texts, rule, unit);
  return success(texts.map((input) => ({ input })));
}

/** Makers write a character per token; where tokens are separated by spaces, spaces are put between them. */
function spaced(text: string, unit: TokenUnit): string {
  return unit === 'spaces' ? splitTokens(text, 'characters').join(' ') : text;
}

function inTokens({ input, target }: Sample, task: SequenceDataset['task'], unit: TokenUnit): Sample {
  if (target === undefined) return { input: spaced(input, unit) };
  // A label is one token, however many characters it has.
  return { input: spaced(input, unit), target: task === 'label' ? target : spaced(target, unit) };
}

/** The number of different random strings; Infinity beyond Number.MAX_SAFE_INTEGER. */
export function differentStrings({ alphabet, minLength, maxLength }: SampleFields, unit: TokenUnit): number {
  const A = new Set(splitTokens(alphabet, unit)).size;
  let total = 0;
  for (let length = minLength; length <= maxLength && total < Number.MAX_SAFE_INTEGER; length++) {
    total += A ** length;
  }
  return total <= Number.MAX_SAFE_INTEGER ? total : Number.POSITIVE_INFINITY;
}

/** What the samples become. While a language model has no data, it may be either. */
export type MadeInto = 'rows' | 'text' | 'either';

/** The new text of a language model: only the samples, or the old text with the samples below it. */
export type TextMode = 'replace' | 'append';

/** The samples as lines of the text, each ending with a line feed. */
export function textOfSamplesEdit({ data }: Draft, samples: readonly Sample[], mode: TextMode): DraftEdit {
  const lines = samples.map(({ input }) => `${input}\n`).join('');
  if (mode === 'replace') return { kind: 'data', patch: { text: lines } };
  const { text } = data;
  const insert = text === '' || text.endsWith('\n') ? lines : `\n${lines}`;
  return { kind: 'text', changes: [{ at: text.length, remove: 0, insert }] };
}

/** The samples as new rows at the end. */
export function addSamplesEdit(draft: Draft, samples: readonly Sample[], note: string): DraftEdit {
  const first = nextRowId(draft);
  const rows = samples.map(
    ({ input, target = '' }, i): DraftRow => ({ id: first + i, input, target, split: 'train', note }),
  );
  return { kind: 'rows.insert', at: draft.rows.length, rows };
}
