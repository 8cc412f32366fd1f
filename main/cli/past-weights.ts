import type { DatabaseSync } from 'node:sqlite';
import type { EpochRow } from '../../engine/api.ts';
import { readSafetensors } from '../../engine/formats/safetensors.ts';
import { type WeightsDocument, weightsDocument } from '../../engine/formats/weights.ts';
import { finish } from '../../engine/kernels/pieces.ts';
import { createReplayInPieces } from '../../engine/training/replay.ts';
import { openBackend } from '../engine-process/kernel-backend.ts';
import { automaticThreads } from '../engine-process/kernel-threads.ts';
import { findMoment } from '../lab/inspecting/past-run.ts';
import { readBlob } from '../project/blob-store.ts';
import { readEpochs } from '../project/run-store.ts';
import { prepareKernels } from './kernel-choice.ts';
import { refuse, unwrap } from './refusal.ts';

/**
 * The weights of a project's run after an epoch: read from the file, or replayed from the nearest state before. The
 * file is read at once; the returned function computes the weights. Throws a Refusal if an epoch's replay differs.
 */
export function readPastWeights(
  database: DatabaseSync,
  runId: string,
  epoch: number,
  place: string,
): () => Promise<WeightsDocument> {
  const { run } = unwrap(
    findMoment(database, runId, epoch, (stored) => stored),
    place,
  );
  const stored = run.states.findLast(
    (state) => state.epoch < epoch || (state.epoch === epoch && state.batch === 0),
  );
  if (stored?.epoch === epoch) {
    const file = unwrap(readSafetensors(readBlob(database, stored.weights)), place);
    if (file.kind === 'document') return async () => file.document;
  }
  const from = stored?.epoch ?? 0;
  const had = new Map(
    readEpochs(database, run.runId, from, epoch - from).map((row) => [row.epoch, row] as const),
  );
  const { experiment, changes } = run;
  const checkpoint = stored ? readBlob(database, stored.state) : null;
  const start = { epoch: stored?.epoch ?? 0, batch: stored?.batch ?? 0 };
  return async () => {
    await prepareKernels();
    const backend = openBackend(() => automaticThreads(0));
    const replay = createReplayInPieces({ experiment, changes, checkpoint, place: start }, backend);
    const { trainer, advance } = unwrap(finish(replay), place);
    const reached = advance(
      { epoch, batch: 0 },
      () => Infinity,
      (row) => refuseOther(had.get(row.epoch), row, place),
    );
    try {
      unwrap(finish(reached), place);
      const { seed } = trainer.experiment.training;
      const trained = epoch === 0 ? null : { ...trainer.trainedBy(), seed };
      return weightsDocument(trainer.experiment, trainer.weights(), trained);
    } finally {
      trainer.close();
    }
  };
}

/** The numbers of an epoch in which a replay must equal the run. */
const compared = {
  loss: 'loss',
  gradNorm: 'gradient norm',
  accuracy: 'accuracy',
  validationLoss: 'validation loss',
  validationAccuracy: 'validation accuracy',
  lr: 'learning rate',
} as const;

function refuseOther(had: EpochRow | undefined, row: EpochRow, place: string): void {
  if (had === undefined) return;
  for (const [name, what] of Object.entries(compared) as [keyof typeof compared, string][]) {
    if (had[name] === row[name]) continue;
    const message = `${place}, epoch ${row.epoch}: the replay comes to a ${what} of ${row[name]}, the run had ${had[name]}; it was trained on a computer that rounds otherwise, or with settings whose changes were not kept`;
    throw refuse('replay-differs', message);
  }
}
