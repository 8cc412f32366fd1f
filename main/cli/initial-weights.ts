import { dataSizes } from '../../engine/data/check-experiment.ts';
import type { WeightsDocument } from '../../engine/formats/weights.ts';
import { checkWeights } from '../../engine/model/check-weights.ts';
import type { SequenceExperiment } from '../../engine/model/experiment.ts';
import { parameterShapes } from '../../engine/model/spec.ts';
import { readInput, readTrainedOrMap } from './read-input.ts';
import { Refusal } from './refusal.ts';
import { say } from './terminal.ts';

/**
 * The experiment with a file's weights as initial weights, replacing its own. The file is a weights document, a plain
 * map, a safetensors file, or a result, whose trained weights are taken. Throws a Refusal if they do not fit the model.
 */
export async function withInitialWeights(
  experiment: SequenceExperiment,
  path: string,
): Promise<SequenceExperiment> {
  const file = readTrainedOrMap(await readInput(path));
  const weights = file.kind === 'map' ? file.weights : file.document.weights;
  const shapes = parameterShapes(experiment.model, dataSizes(experiment));
  const problems = checkWeights({ part: 'whole', weights }, shapes, path);
  if (problems.length > 0) throw new Refusal(problems);
  if (file.kind === 'document') {
    for (const difference of differences(file.document, experiment)) {
      say(`${path}: ${difference}; the weights are taken as they are`);
    }
  }
  return { ...experiment, initialWeights: weights };
}

/** Differences that shapes do not show: the weights fit, but were trained to mean something else. */
function differences(document: WeightsDocument, { dataset, model }: SequenceExperiment): string[] {
  const pairs: [name: string, theirs: unknown, ours: unknown][] = [
    ['tokens', document.tokens, dataset.tokens],
    ['vocabulary', document.vocabulary, dataset.vocabulary],
    ['targetVocabulary', document.targetVocabulary, dataset.targetVocabulary],
    ['task', document.task, dataset.task],
    ['model.cell', document.model.cell, model.cell],
    ...(model.cell === 'rnn'
      ? [
          ['model.nonlinearity', document.model.nonlinearity, model.nonlinearity] as [
            string,
            unknown,
            unknown,
          ],
        ]
      : []),
  ];
  return pairs.flatMap(([name, theirs, ours]) => {
    const [found, needed] = [JSON.stringify(theirs), JSON.stringify(ours)];
    return found === needed
      ? []
      : [`${name} is ${shorten(found)} there and ${shorten(needed)} in the experiment`];
  });
}

const shorten = (json: string) => (json.length > 80 ? `${json.slice(0, 80)}…` : json);
