import type { EpochRow } from '../../engine/api.ts';
import { isSequenceExperiment } from '../../engine/data/check-experiment.ts';
import { type WeightsDocument, weightsDocument } from '../../engine/formats/weights.ts';
import type { ExperimentDocument } from '../../engine/model/experiment.ts';
import { refuse } from './refusal.ts';
import { reportEnd, runTraining } from './run-training.ts';

/** The source of an export: an experiment and the result of training it. */
export interface ExportSource {
  experiment: ExperimentDocument;
  /**
   * The result after an epoch, or at the end if `epoch` is null. Trains now, or reads what a project's run has stored.
   */
  trained(epoch: number | null): Promise<Trained>;
}

export interface Trained {
  document: WeightsDocument;
  rows: EpochRow[];
  /** 1 if the training failed; its result so far is exported all the same. */
  exitCode: number;
}

/** An experiment that is trained when it is exported. `place` names it in sentences. */
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
