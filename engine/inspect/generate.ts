import { joinTokens } from '../data/tokens.ts';
import { failure, problem, type Result, success } from '../errors.ts';
import { finish } from '../kernels/pieces.ts';
import type { GenerateQuestion, Generation } from '../questions.ts';
import { argmax, type Floats } from '../tensor/floats.ts';
import { createGenerator } from '../tensor/random.ts';
import { openReader } from './reader.ts';
import { encodeInput, type Reader, type TrainedModel, type TrainedWeights } from './trained.ts';

type MadeToken = Generation['tokens'][number];

/** What the newest token was drawn from; the next token overwrites it. */
interface Draw {
  raw: Float64Array; // [V]
  used: Float64Array; // [V]
  u: number;
}

/** Most numbers of each distribution that is answered, over all tokens: 8 MiB. */
const distributionLimit = 2 ** 21;

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
  const V = trained.vocabulary.length;
  const draw: Draw = { raw: new Float64Array(V), used: new Float64Array(V), u: 0 };
  const makeNext = tokenMaker(trained, question, checked.value, reader, draw);
  const wanted = question.distributions === true && length * V <= distributionLimit;
  const distributions = wanted
    ? { raw: new Float32Array(length * V), used: new Float32Array(length * V), u: new Float64Array(length) }
    : null;
  const tokens: MadeToken[] = [];
  for (let i = 0; i < length; i++) {
    tokens.push(yield* makeNext());
    distributions?.raw.set(draw.raw, i * V);
    distributions?.used.set(draw.used, i * V);
    if (distributions !== null) distributions.u[i] = draw.u;
    yield;
  }
  idle.reader = reader;
  const made = joinTokens(
    tokens.map(({ token }) => token),
    trained.tokens,
  );
  const text = joinTokens(prompt === '' ? [made] : [prompt, made], trained.tokens);
  return success({ distributions, text, tokens });
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
  { prompt, temperature, topK = null }: Omit<GenerateQuestion, 'length'>,
): Result<Int32Array> {
  const { task, model: spec, vocabulary } = trained;
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
  const V = vocabulary.length;
  if (topK !== null && !(Number.isInteger(topK) && topK >= 1 && topK <= V)) {
    const message = `topK is ${topK}; it needs a whole number from 1 to the vocabulary's ${V} tokens`;
    return failure(problem('generate-top-k', 'topK', message, { topK, vocabularySize: V }));
  }
  if (prompt === '') return success(new Int32Array(0));
  const encoded = encodeInput(trained, prompt);
  return encoded.ok ? success(encoded.value.codes) : encoded;
}

/**
 * With temperature τ each token is drawn from softmax(logits / τ) by the seed's stream (one double in [0, 1) of PyTorch's
 * generator a token); with 0 it is the first of the likeliest. The model has read the prompt and what it made; before it
 * has read anything, every token is as likely as any other. With topK k it is drawn among the k of the largest logits, of equal
 * ones the first, as if no others were there.
 */
function tokenMaker(
  { vocabulary }: TrainedWeights,
  { temperature, topK, seed }: Omit<GenerateQuestion, 'length'>,
  prompt: Int32Array,
  reader: Reader,
  draw?: Draw,
): () => Generator<void, MadeToken> {
  const random = createGenerator(seed);
  const V = vocabulary.length;
  const distribution = new Float64Array(V).fill(1 / V);
  draw?.raw.fill(1 / V);
  let unread: Iterable<number> = prompt;
  return function* makeNext() {
    for (const code of unread) {
      yield* reader.read(code);
      if (draw !== undefined) temper(draw.raw, reader.logits, 1);
      temper(distribution, reader.logits, temperature);
    }
    if (topK) keepLikeliest(distribution, topK);
    const u = random.double();
    const next = pick(distribution, u);
    if (draw !== undefined) {
      draw.u = u;
      draw.used.set(distribution);
    }
    unread = [next];
    return { token: vocabulary[next]!, probability: distribution[next]! };
  };
}

/** Sets `distribution` to softmax(logits / temperature); for temperature 0 to 1 at the first of the largest, else 0. */
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

/** Sets all but the `count` likeliest to 0 and scales those to sum 1. */
function keepLikeliest(distribution: Float64Array, count: number): void {
  if (count >= distribution.length) return;
  // Sorting is stable: of equal ones the first stay.
  const order = Array.from(distribution.keys()).sort((a, b) => distribution[b]! - distribution[a]!);
  for (const v of order.slice(count)) distribution[v] = 0;
  const sum = distribution.reduce((total, value) => total + value, 0);
  for (let v = 0; v < distribution.length; v++) distribution[v]! /= sum;
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
