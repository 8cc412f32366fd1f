/** Experiment documents for tests: the tutorial's hello, changed where a test needs it. */
import { checkExperiment } from '../../engine/formats/experiment.ts';
import { type Backend, bestBackend } from '../../engine/kernels/backend.ts';
import type {
  ExperimentDocument,
  SequenceDataset,
  SequenceExperiment,
  TrainingSpec,
} from '../../engine/model/experiment.ts';
import type { ModelSpec } from '../../engine/model/spec.ts';
import { createTrainer, type Trainer } from '../../engine/training/trainer.ts';

export interface Changes {
  dataset?: Partial<SequenceDataset>;
  model?: Partial<ModelSpec>;
  training?: Partial<TrainingSpec>;
  initialWeights?: ExperimentDocument['initialWeights'];
}

/** hello → ohlol with nn.RNN(4, 4), as returned by the format's reader. */
export function experiment({ dataset, model, training, initialWeights }: Changes = {}): SequenceExperiment {
  const read = checkExperiment({
    format: 'ohlol/experiment',
    version: 1,
    name: 'test',
    dataset: { task: 'mapping', samples: [{ input: 'hello', target: 'ohlol' }], ...dataset },
    model: { hiddenSize: 4, ...model },
    training: { epochs: 20, seed: 2, optimizer: { name: 'adam', lr: 0.05 }, ...training },
    initialWeights: initialWeights ?? null,
  });
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('; '));
  return read.value as SequenceExperiment;
}

/** Words of several lengths and their reversal. */
export const reversal: Partial<SequenceDataset> = {
  task: 'mapping',
  samples: ['abcde', 'bb', 'eadc', 'a', 'cadeb', 'dd', 'bace'].map((input) => ({
    input,
    target: [...input].reverse().join(''),
  })),
};

export const wheat: Partial<SequenceDataset> = {
  task: 'language-model',
  samples: [],
  text: 'the hare and the wheat and the hen that had the tea we need',
  sequenceLength: 7,
};

export function trainer(
  changes: Changes = {},
  checkpoint: Uint8Array | null = null,
  backend: Backend = bestBackend(),
): Trainer {
  const made = createTrainer(experiment(changes), checkpoint, { backend });
  if (!made.ok) throw new Error(made.problems.map(({ message }) => message).join('; '));
  return made.value;
}
