import { checkExperiment } from '../formats/experiment.ts';
import type { ExperimentDocument } from '../model/experiment.ts';
import brackets from './brackets.json' with { type: 'json' };
import delayedEcho from './delayed-echo.json' with { type: 'json' };
import helloRnn from './hello-rnn.json' with { type: 'json' };
import helloRnncell from './hello-rnncell.json' with { type: 'json' };
import names from './names.json' with { type: 'json' };
import reverseWords from './reverse-words.json' with { type: 'json' };
import rnnShapes from './rnn-shapes.json' with { type: 'json' };
import rnncellShapes from './rnncell-shapes.json' with { type: 'json' };

/** Complete experiments to start from, in the order in which a learner meets them. */
const documents: Record<string, unknown> = {
  'rnncell-shapes': rnncellShapes,
  'rnn-shapes': rnnShapes,
  'hello-rnncell': helloRnncell,
  'hello-rnn': helloRnn,
  'reverse-words': reverseWords,
  'delayed-echo': delayedEcho,
  names,
  brackets,
};

export const templateNames: readonly string[] = Object.keys(documents);

/**
 * The template of this name, with every default filled in; null where there is none. Throws where the template is
 * not a valid document.
 */
export function findTemplate(name: string): ExperimentDocument | null {
  if (!Object.hasOwn(documents, name)) return null;
  const checked = checkExperiment(structuredClone(documents[name]));
  if (!checked.ok) throw new Error(`template ${name}: ${checked.problems.map((p) => p.message).join('; ')}`);
  return checked.value;
}
