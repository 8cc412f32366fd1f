import type { Answer, Question, WeightsSource } from '../../../engine/api.ts';
import { type Result, success } from '../../../engine/errors.ts';
import type { EngineDoor } from '../../engine-process/engine-door.ts';

/** A question to weights, of whatever kind. */
export async function ask(
  engine: EngineDoor,
  source: WeightsSource,
  { kind, ...question }: Question,
): Promise<Result<Answer>> {
  const asked = question as never;
  switch (kind) {
    case 'predict':
      return as(kind, await engine.predict(source, asked));
    case 'trace':
      return as(kind, await engine.trace(source, asked));
    case 'gradients':
      return as(kind, await engine.findGradients(source, asked));
    case 'gradient-map':
      return as(kind, await engine.mapGradients(source, asked));
    case 'evaluate':
      return as(kind, await engine.evaluate(source, asked));
    case 'generate':
      return as(kind, await engine.generate(source, asked));
  }
}

function as<Kind extends Answer['kind']>(
  kind: Kind,
  result: Result<Extract<Answer, { kind: Kind }>['answer']>,
): Result<Answer> {
  return result.ok ? success({ kind, answer: result.value } as Answer, result.warnings) : result;
}
