/** Every question that weights can be asked, and who answers it. */
import { type Result, success } from '../errors.ts';
import type { AnswerTo, Question, QuestionKind, Questions } from '../questions.ts';
import { backwardTraceInPieces } from './backward-trace.ts';
import { distributionInPieces } from './distribution.ts';
import { evaluateInPieces } from './evaluate.ts';
import { generateInPieces } from './generate.ts';
import { checkGradientsInPieces } from './gradient-check.ts';
import { influenceInPieces, mapGradientsInPieces } from './gradient-map.ts';
import { findGradientsInPieces } from './gradients.ts';
import { predictInPieces } from './predict.ts';
import { projectStatesInPieces } from './project-states.ts';
import { runningGradientInPieces } from './running-gradient.ts';
import { traceInPieces } from './trace.ts';
import type { TrainedModel } from './trained.ts';
import { unitInPieces } from './unit.ts';
import { unitPatchesInPieces } from './unit-patches.ts';
import { weightSweepInPieces } from './weight-sweep.ts';
import { weightsInPieces } from './weights.ts';

const answerers = {
  predict: predictInPieces,
  trace: traceInPieces,
  gradients: findGradientsInPieces,
  'gradient-map': mapGradientsInPieces,
  influence: influenceInPieces,
  'backward-trace': backwardTraceInPieces,
  'running-gradient': runningGradientInPieces,
  evaluate: evaluateInPieces,
  generate: generateInPieces,
  unit: unitInPieces,
  'unit-patches': unitPatchesInPieces,
  'weight-sweep': weightSweepInPieces,
  'project-states': projectStatesInPieces,
  'gradient-check': checkGradientsInPieces,
  distribution: distributionInPieces,
  weights: weightsInPieces,
} satisfies {
  [Kind in QuestionKind]: (
    trained: TrainedModel,
    question: Questions[Kind]['question'],
  ) => Generator<void, Result<Questions[Kind]['answer']>>;
};

/** The answer, or what is wrong with the question; yields where long work may be interrupted. */
export function* askInPieces<Kind extends QuestionKind>(
  trained: TrainedModel,
  question: Extract<Question, { kind: Kind }>,
): Generator<void, Result<AnswerTo<Kind>>> {
  const { kind } = question;
  const work = answerers[kind] as (
    trained: TrainedModel,
    question: unknown,
  ) => Generator<void, Result<unknown>>;
  const answered = yield* work(trained, question);
  if (!answered.ok) return answered;
  return success({ kind, answer: answered.value } as unknown as AnswerTo<Kind>, answered.warnings);
}
