/** The questions of an engine as single calls that return their answers directly. */
import type { InspectionApi, WeightsSource } from '../../../engine/api.ts';
import { type Result, success } from '../../../engine/errors.ts';
import type { Question, QuestionKind, Questions } from '../../../engine/questions.ts';

export function withAsks<Engine extends InspectionApi>(engine: Engine) {
  const asking =
    <Kind extends QuestionKind>(kind: Kind) =>
    async (source: WeightsSource, question: Questions[Kind]['question']) => {
      const asked = { kind, ...question } as unknown as Extract<Question, { kind: Kind }>;
      const answered = await engine.ask(source, asked);
      const unwrapped = answered.ok ? success(answered.value.answer, answered.warnings) : answered;
      return unwrapped as Result<Questions[Kind]['answer']>;
    };
  return {
    ...engine,
    predict: asking('predict'),
    trace: asking('trace'),
    findGradients: asking('gradients'),
    mapGradients: asking('gradient-map'),
    generate: asking('generate'),
  };
}
