import { joinTokens } from '../data/tokens.ts';
import { failure, problem, type Result, success } from '../errors.ts';
import { finish } from '../kernels/pieces.ts';
import type { GenerateQuestion, Generation } from '../questions.ts';
import { argmax, type Floats } from '../tensor/floats.ts';
import { createGenerator } from '../tensor/random.ts';
import { openReader } from './reader.ts';
import { encodeInput, type Reader, type TrainedModel, type TrainedWeights } from './trained.ts';

type MadeToken = Generation['tokens'][number];

/** The most tokens of one request. */
const lengthLimit = 1_000_000;

/** The whole text at once. */
export function generate(trained: TrainedModel, question: GenerateQuestion): Result<Generation> {
  return finish(generateInPieces(trained, question));
}

/** The same, yielding where long work may be interrupted. */
export function* generateInPieces(
  trained: TrainedModel,
  question: GenerateQuestion,
): Generator<void, Result<Generation>> {
  const { length, prompt } = question;
  if (!(Number.isInteger(length) && length >= 1 && length <= lengthLimit)) {
    const message = `length is ${length}; it needs a whole number from 1 to ${lengthLimit}`;
    return failure(problem('generate-length', 'length', message, { length, limit: lengthLimit }));
  }
  const checked = checkQuestion(trained, question);
  if (!checked.ok) return checked;
  const { idle } = trained;
  const opened = idle.reader === null ? openReader(trained) : success(idle.reader);
  idle.reader = null;
  if (!opened.ok) return opened;
  const reader = opened.value;
  reader.restart();
  const makeNext = tokenMaker(trained, question, checked.value, reader);
  const tokens: MadeToken[] = [];
  for (let i = 0; i < length; i++) {
    tokens.push(yield* makeNext());
    yield;
  }
  idle.reader = reader;
  const made = joinTokens(
    tokens.map(({ token }) => token),
    trained.tokens,
  );
  return success({ text: joinTokens(prompt === '' ? [made] : [prompt, made], trained.tokens), tokens });
}

/** A function that makes one token after another, with a reader of its own. */
export function startGenerating(
  trained: TrainedWeights,
  question: Omit<GenerateQuestion, 'length'>,
): Result<() => Generator<void, MadeToken>> {
  const checked = checkQuestion(trained, question);
  if (!checked.ok) return checked;
  const opened = openReader(trained);
  return opened.ok ? success(tokenMaker(trained, question, checked.value, opened.value)) : opened;
}

/** The prompt's tokens, or why there can be no text. */
function checkQuestion(
  trained: TrainedWeights,
  { prompt, temperature }: Omit<GenerateQuestion, 'length'>,
): Result<Int32Array> {
  const { task, model: spec } = trained;
  if (task !== 'language-model' || spec.bidirectional) {
    const found =
      task === 'language-model' ? 'bidirectional: it would have to see what it has not made' : task;
    const message = `the model is ${found}; only a language model of one direction makes text`;
    return failure(problem('generate-model', 'trained', message, { task }));
  }
  if (!(temperature >= 0 && temperature < Infinity)) {
    const message = `temperature is ${temperature}; it needs a finite number from 0`;
    return failure(problem('generate-temperature', 'temperature', message, { temperature }));
  }
  if (prompt === '') return success(new Int32Array(0));
  const encoded = encodeInput(trained, prompt);
  return encoded.ok ? success(encoded.value.codes) : encoded;
}

/**
 * With temperature τ each token is drawn from softmax(logits / τ) by the seed's stream (one double in [0, 1) of PyTorch's
 * generator a token); with 0 it is the first of the likeliest. The model has read the prompt and what it made; before it
 * has read anything, every token is as likely as any other.
 */
function tokenMaker(
  { vocabulary }: TrainedWeights,
  { temperature, seed }: Omit<GenerateQuestion, 'length'>,
  prompt: Int32Array,
  reader: Reader,
): () => Generator<void, MadeToken> {
  const random = createGenerator(seed);
  const V = vocabulary.length;
  const distribution = new Float64Array(V).fill(1 / V);
  let unread: Iterable<number> = prompt;
  return function* makeNext() {
    for (const code of unread) {
      yield* reader.read(code);
      temper(distribution, reader.logits, temperature);
    }
    const next = pick(distribution, random.double());
    unread = [next];
    return { token: vocabulary[next]!, probability: distribution[next]! };
  };
}

/** softmax(logits / temperature); for 0 all on the first of the largest. */
function temper(distribution: Float64Array, logits: Floats, temperature: number): void {
  const V = distribution.length;
  const best = argmax(logits, 0, V);
  if (temperature === 0) {
    distribution.fill(0);
    distribution[best] = 1;
    return;
  }
  let sum = 0;
  for (let v = 0; v < V; v++) {
    distribution[v] = Math.exp((logits[v]! - logits[best]!) / temperature);
    sum += distribution[v]!;
  }
  for (let v = 0; v < V; v++) distribution[v]! /= sum;
}

/** The first token at which the running sum is above u; rounding may leave u above them all, then the last likely one. */
function pick(distribution: Float64Array, u: number): number {
  let sum = 0;
  let last = 0;
  for (let v = 0; v < distribution.length; v++) {
    if (distribution[v] === 0) continue;
    sum += distribution[v]!;
    last = v;
    if (u < sum) return v;
  }
  return last;
}
