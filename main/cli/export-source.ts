import type { EpochRow } from '../../engine/api.ts';
import { isSequenceExperiment } from '../../engine/data/check-experiment.ts';
import { type WeightsDocument, weightsDocument } from '../../engine/formats/weights.ts';
import type { ExperimentDocument } from '../../engine/model/experiment.ts';
import { refuse } from './refusal.ts';
import { reportEnd, runTraining } from './run-training.ts';

/** What an export is made from: an experiment, and what training it gave. */
export interface ExportSource {
  experiment: ExperimentDocument;
  /** Trains now, or looks up what a project's run has stored; after an epoch, or, null, as it stands. */
  trained(epoch: number | null): Promise<Trained>;
}

export interface Trained {
  document: WeightsDocument;
  rows: EpochRow[];
  /** 1 where the training failed; what there is is exported all the same. */
  exitCode: number;
}

export function experimentSource(experiment: ExperimentDocument, place: string): ExportSource {
  return {
    experiment,
    async trained(epoch) {
      if (!isSequenceExperiment(experiment)) {
        throw refuse(
          'shapes-experiment',
          `${place} trains nothing: it shows shapes, and has no weights or epochs`,
        );
      }
      const rows: EpochRow[] = [];
      const run = await runTraining(experiment, { place, onRow: (row) => rows.push(row), until: epoch });
      const exitCode = run.epochs === epoch ? 0 : reportEnd(run);
      if (epoch !== null && run.epochs < epoch) {
        throw refuse('epoch-not-there', `${place} ends after ${run.epochs} epochs; --epoch is ${epoch}`);
      }
      const trained = { ...run.trainedBy, seed: experiment.training.seed };
      return { document: weightsDocument(experiment, run.weights, trained), rows, exitCode };
    },
  };
}
